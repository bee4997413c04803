using Clones.Settlement.Rules;
using Clones.Solana.Primitives;

namespace Clones.Settlement.Tests;

public sealed class ExpiryDecisionTests
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
        ExpiryDecision.Decide(Attempt, [Sound, Sound]).ShouldBe(new ExpiryDecision.Expired(32));
        ExpiryDecision.Decide(Attempt, [Sound]).ShouldBeOfType<ExpiryDecision.NotProven>();
        ExpiryDecision.Decide(Attempt, [Sound with { FinalizedBlockHeight = 1_149 }]).ShouldBeOfType<ExpiryDecision.NotProven>();
        ExpiryDecision.Decide(Attempt, [Sound with { FinalizedBlockHeight = 1_150 }]).ShouldBe(new ExpiryDecision.Expired(150));
        ExpiryDecision.Decide(Attempt, []).ShouldBeOfType<ExpiryDecision.NotProven>();
    }

    [Fact]
    public void Where_only_the_owner_knows_the_signature_the_history_is_what_certifies()
    {
        var held = Attempt with { Signature = null };

        ExpiryDecision
            .Decide(held, [Sound with { StatusSlot = 0 }, Sound with { StatusSlot = 0 }])
            .ShouldBe(new ExpiryDecision.Expired(32));
        ExpiryDecision.Decide(held, [Sound, Sound with { HistoryReachesAttempt = false }]).ShouldBeOfType<ExpiryDecision.NotProven>();
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
    public void One_weak_node_of_two_is_enough_to_reject_whichever_it_is(string weakness)
    {
        ExpiryDecision.Decide(Attempt, [Sound, Weak[weakness]]).ShouldBeOfType<ExpiryDecision.NotProven>();
        ExpiryDecision.Decide(Attempt, [Weak[weakness], Sound]).ShouldBeOfType<ExpiryDecision.NotProven>();
    }

    [Theory]
    [MemberData(nameof(Weaknesses))]
    public void Of_three_nodes_one_weak_one_is_outvoted_and_two_are_not(string weakness)
    {
        ExpiryDecision.Decide(Attempt, [Weak[weakness], Sound, Sound]).ShouldBe(new ExpiryDecision.Expired(32));
        ExpiryDecision.Decide(Attempt, [Weak[weakness], Sound, Weak[weakness]]).ShouldBeOfType<ExpiryDecision.NotProven>();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(5, 3)]
    public void A_certificate_needs_every_one_of_two_nodes_and_the_majority_of_more(int nodes, int needed) =>
        ExpiryDecision.Quorum(nodes).ShouldBe(needed);

    [Theory]
    [MemberData(nameof(Weaknesses))]
    public void A_sighting_vetoes_whatever_else_is_wrong(string weakness) =>
        ExpiryDecision
            .Decide(Attempt, [Weak[weakness], Weak[weakness] with { Sighting = "signature at slot 950" }])
            .ShouldBeOfType<ExpiryDecision.Seen>();

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
