using System.Text.Json;
using Clones.Settlement.Chain;
using Clones.Settlement.Rules;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Testing.Hosts;

namespace Clones.Settlement.Tests;

/// <summary>What the history of the paying wallet says of an attempt that may have landed.</summary>
public sealed class ExpiryProofCollectorTests : IDisposable
{
    private static readonly Guid Ours = Guid.CreateVersion7();
    private static readonly Blockhash Recent = new(new byte[Blockhash.Length]);

    private readonly Account wallet = Account.Generate();
    private readonly Account stranger = Account.Generate();

    public static TheoryData<bool> Payers => [true, false];

    [Theory]
    [MemberData(nameof(Payers))]
    public async Task A_memo_that_a_stranger_has_written_into_a_payment_to_the_wallet_keeps_no_attempt_alive(bool isHeldByOwner)
    {
        var evidence = await InvestigateAsync(MemoPaidBy(stranger), isHeldByOwner);

        evidence.Sighting.ShouldBeNull();
        evidence.Error.ShouldBeNull();
        evidence.HistoryReachesAttempt.ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Payers))]
    public async Task A_memo_in_what_the_wallet_paid_itself_is_a_sighting(bool isHeldByOwner)
    {
        var seen = MemoPaidBy(wallet);

        var evidence = await InvestigateAsync(seen, isHeldByOwner);

        evidence.Sighting.ShouldNotBeNull().ShouldContain(seen.Id.ToString());
    }

    [Fact]
    public async Task A_node_that_lists_such_a_memo_and_does_not_show_its_transaction_bears_no_witness()
    {
        var evidence = await InvestigateAsync(MemoPaidBy(stranger), isHeldByOwner: true, isShown: false);

        evidence.Sighting.ShouldBeNull();
        evidence.Error.ShouldNotBeNull().ShouldContain("does not show it");
    }

    [Theory]
    [MemberData(nameof(Payers))]
    public async Task A_memo_on_the_third_of_a_nodes_short_pages_is_a_sighting(bool isHeldByOwner)
    {
        var seen = MemoPaidBy(wallet);
        var younger = Enumerable.Range(1, 12).Select(i => CannedEntry.Of(i, 960));

        var evidence = await InvestigateAsync(seen, isHeldByOwner, pageMax: 5, younger: younger);

        evidence.Sighting.ShouldNotBeNull().ShouldContain(seen.Id.ToString());
    }

    [Fact]
    public async Task A_node_that_forgets_where_its_last_page_ended_bears_no_witness()
    {
        var younger = Enumerable.Range(1, 12).Select(i => CannedEntry.Of(i, 960));

        var evidence = await InvestigateAsync(MemoPaidBy(wallet), isHeldByOwner: false, pageMax: 5, younger: younger, forgets: true);

        evidence.Sighting.ShouldBeNull();
        evidence.HistoryReachesAttempt.ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Payers))]
    public async Task A_memo_in_what_cannot_be_read_counts_only_where_the_wallet_may_have_paid_it(bool isHeldByOwner)
    {
        var seen = MemoPaidBy(stranger);

        var ofAnother = await InvestigateAsync(
            seen,
            isHeldByOwner,
            shown: p => CannedTransactions.OfUnknownVersion(p, stranger.PublicKey, wallet.PublicKey)
        );
        var ofWallet = await InvestigateAsync(
            seen,
            isHeldByOwner,
            shown: p => CannedTransactions.OfUnknownVersion(p, wallet.PublicKey, stranger.PublicKey)
        );
        var ofSomebody = await InvestigateAsync(seen, isHeldByOwner, shown: p => CannedTransactions.OfUnknownVersion(p, null));

        (ofAnother.Error, ofAnother.Sighting, ofAnother.HistoryReachesAttempt).ShouldBe((null, null, true));
        ofWallet.Error.ShouldNotBeNull().ShouldContain(seen.Id.ToString());
        ofSomebody.Error.ShouldNotBeNull().ShouldContain(seen.Id.ToString());
    }

    public void Dispose()
    {
        wallet.Dispose();
        stranger.Dispose();
    }

    private Transaction MemoPaidBy(Account payer)
    {
        var message = new TransactionBuilder()
            .SetFeePayer(payer.PublicKey)
            .SetRecentBlockhash(Recent)
            .AddInstruction(SystemProgram.Transfer(payer.PublicKey, wallet.PublicKey, 1))
            .AddInstruction(MemoProgram.Write(TransactionMemo.Of(Ours, 1)))
            .BuildMessage();
        var transaction = new Transaction(message);
        transaction.Sign(payer);
        return transaction;
    }

    private async Task<NodeEvidence> InvestigateAsync(
        Transaction listed,
        bool isHeldByOwner,
        bool isShown = true,
        int pageMax = 1_000,
        IEnumerable<CannedEntry>? younger = null,
        bool forgets = false,
        Func<JsonElement, string>? shown = null
    )
    {
        var node = new CannedNode()
            .Answer("getGenesisHash", _ => $"\"{Recent}\"")
            .Answer("getEpochInfo", _ => """{"absoluteSlot":2000,"blockHeight":2000,"epoch":0,"slotIndex":0,"slotsInEpoch":432000}""")
            .Answer("isBlockhashValid", _ => """{"context":{"slot":2000},"value":false}""")
            .Lists([.. younger ?? [], new CannedEntry(listed.Id, 950, $"[38] {TransactionMemo.Of(Ours, 1)}")], pageMax)
            .Reply("getTransaction", shown ?? (_ => $"\"result\":{(isShown ? CannedTransactions.Detail(listed) : "null")}"))
            .Answer("getFirstAvailableBlock", _ => "0");
        var attempt = new AttemptFacts(
            Ours,
            1,
            isHeldByOwner ? null : default(Signature),
            wallet.PublicKey,
            LastValidBlockHeight: 1_050,
            ContextSlot: 900,
            $"{Recent}",
            Recent,
            isHeldByOwner ? [1, 2, 3] : null
        );

        if (forgets)
        {
            node.Answer("getSignatureStatuses", _ => """{"context":{"slot":2000},"value":[null]}""").Forgets();
        }
        return (
            await new ExpiryProofCollector(node.Endpoints).InvestigateAsync(attempt, TestContext.Current.CancellationToken)
        ).ShouldHaveSingleItem();
    }
}
