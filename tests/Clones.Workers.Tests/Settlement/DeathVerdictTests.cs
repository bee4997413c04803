using Clones.Solana.Primitives;
using Clones.Workers.Settlement;

namespace Clones.Workers.Tests.Settlement;

public sealed class DeathVerdictTests
{
    private static readonly AttemptFacts Attempt = new(
        Guid.NewGuid(),
        1,
        default(Signature),
        default(PublicKey),
        1_000,
        900,
        "genesis",
        default
    );

    private static readonly NodeEvidence Sound = new()
    {
        Endpoint = "http://one",
        GenesisHash = "genesis",
        FinalizedSlot = 2_000,
        FinalizedBlockHeight = 1_032,
        BlockhashValid = false,
        BlockhashValidFinalized = false,
        StatusSlot = 2_031,
        HistoryEntriesScanned = 4,
        HistoryReachesAttempt = true,
        FirstAvailableBlock = 0,
    };

    [Fact]
    public void Two_sound_nodes_certify_at_a_margin_of_32_and_one_alone_at_150()
    {
        DeathVerdict.Decide(Attempt, [Sound, Sound]).ShouldBe(new DeathVerdict.Dead(32));
        DeathVerdict.Decide(Attempt, [Sound]).ShouldBeOfType<DeathVerdict.Refused>();
        DeathVerdict.Decide(Attempt, [Sound with { FinalizedBlockHeight = 1_149 }]).ShouldBeOfType<DeathVerdict.Refused>();
        DeathVerdict.Decide(Attempt, [Sound with { FinalizedBlockHeight = 1_150 }]).ShouldBe(new DeathVerdict.Dead(150));
        DeathVerdict.Decide(Attempt, []).ShouldBeOfType<DeathVerdict.Refused>();
    }

    [Fact]
    public void Where_only_the_owner_knows_the_signature_the_history_is_what_certifies()
    {
        var held = Attempt with { Signature = null };

        DeathVerdict.Decide(held, [Sound with { StatusSlot = 0 }, Sound with { StatusSlot = 0 }]).ShouldBe(new DeathVerdict.Dead(32));
        DeathVerdict.Decide(held, [Sound, Sound with { HistoryReachesAttempt = false }]).ShouldBeOfType<DeathVerdict.Refused>();
    }

    public static TheoryData<string> Weaknesses => [.. Weak.Keys];

    private static readonly Dictionary<string, NodeEvidence> Weak = new()
    {
        ["height"] = Sound with { FinalizedBlockHeight = 1_031 },
        ["blockhash still taken"] = Sound with { BlockhashValid = true },
        ["blockhash not asked for"] = Sound with { BlockhashValid = null },
        ["blockhash still taken at finalized"] = Sound with { BlockhashValidFinalized = true },
        ["blockhash not asked for at finalized"] = Sound with { BlockhashValidFinalized = null },
        ["cluster"] = Sound with { GenesisHash = "other" },
        ["no genesis"] = Sound with { GenesisHash = null },
        ["lag"] = Sound with { StatusSlot = 1_999 },
        ["history"] = Sound with { HistoryReachesAttempt = false },
        ["snapshot"] = Sound with { FirstAvailableBlock = 901 },
        ["error"] = Sound with { Error = "rate limited" },
    };

    [Theory]
    [MemberData(nameof(Weaknesses))]
    public void One_weak_node_of_two_is_enough_to_refuse_whichever_it_is(string weakness)
    {
        DeathVerdict.Decide(Attempt, [Sound, Weak[weakness]]).ShouldBeOfType<DeathVerdict.Refused>();
        DeathVerdict.Decide(Attempt, [Weak[weakness], Sound]).ShouldBeOfType<DeathVerdict.Refused>();
    }

    [Theory]
    [MemberData(nameof(Weaknesses))]
    public void Of_three_nodes_one_weak_one_is_outvoted_and_two_are_not(string weakness)
    {
        DeathVerdict.Decide(Attempt, [Weak[weakness], Sound, Sound]).ShouldBe(new DeathVerdict.Dead(32));
        DeathVerdict.Decide(Attempt, [Weak[weakness], Sound, Weak[weakness]]).ShouldBeOfType<DeathVerdict.Refused>();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(5, 3)]
    public void A_certificate_needs_every_one_of_two_nodes_and_the_majority_of_more(int nodes, int needed) =>
        DeathVerdict.Quorum(nodes).ShouldBe(needed);

    [Theory]
    [MemberData(nameof(Weaknesses))]
    public void A_sighting_vetoes_whatever_else_is_wrong(string weakness) =>
        DeathVerdict
            .Decide(Attempt, [Weak[weakness], Weak[weakness] with { Sighting = "signature at slot 950" }])
            .ShouldBeOfType<DeathVerdict.Seen>();

    [Fact]
    public void The_memo_of_any_attempt_of_the_transaction_is_a_sighting()
    {
        var id = Guid.NewGuid();
        TransactionMemo.Mentions($"[38] {TransactionMemo.Of(id, 1)}", id).ShouldBeTrue();
        TransactionMemo.Mentions($"[5] hello; [38] {TransactionMemo.Of(id, 2)}", id).ShouldBeTrue();
        TransactionMemo.Mentions($"[38] {TransactionMemo.Of(Guid.NewGuid(), 1)}", id).ShouldBeFalse();
        TransactionMemo.Mentions(null, id).ShouldBeFalse();
    }
}
