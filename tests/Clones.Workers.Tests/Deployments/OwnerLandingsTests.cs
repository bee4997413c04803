using Clones.Workers.Deployments;

namespace Clones.Workers.Tests.Deployments;

public sealed class OwnerLandingsTests
{
    private static readonly Guid Ours = Guid.CreateVersion7();

    [Fact]
    public void A_memo_names_a_transaction_wherever_it_stands_in_the_line_that_a_node_writes()
    {
        OwnerLandings.Names($"[38] {Ours:D}:1", new HashSet<Guid> { Ours }).ShouldBeTrue();
        OwnerLandings.Names($"[5] hello; [39] {Ours:D}:12", new HashSet<Guid> { Ours }).ShouldBeTrue();
        OwnerLandings.Names($"[38] {Guid.CreateVersion7():D}:1", new HashSet<Guid> { Ours }).ShouldBeFalse();
        OwnerLandings.Names($"[36] {Ours:D}", new HashSet<Guid> { Ours }).ShouldBeFalse();
        OwnerLandings.Names(null, new HashSet<Guid> { Ours }).ShouldBeFalse();
    }
}
