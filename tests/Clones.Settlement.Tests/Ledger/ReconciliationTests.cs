using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Settlement.Ledger;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Settlement.Tests.Ledger;

public sealed class ReconciliationTests
{
    private readonly Landed landed = new();
    private readonly OnChainTransaction onChain;

    public ReconciliationTests() => onChain = landed.OnChain(7);

    [Fact]
    public void Books_that_agree_with_the_chain_have_no_difference() => Kinds(Facts()).ShouldBeEmpty();

    [Fact]
    public void A_memo_of_a_transaction_that_the_books_do_not_know() =>
        Kinds(Facts() with { Transactions = [], Payments = [] }).ShouldBe([DifferenceKind.UnknownTransaction]);

    [Fact]
    public void A_transaction_signed_without_a_memo_of_ours() =>
        Kinds(Facts() with { OnChainRecords = [onChain, WithoutMemo()] }).ShouldBe([DifferenceKind.NoMemo]);

    [Theory]
    [InlineData(999, false)]
    [InlineData(1_000, true)]
    public void What_a_wallet_signed_before_it_was_imported_is_no_difference(long blockTime, bool isDifference)
    {
        var imported = landed.Wallet with { CreatedAt = DateTimeOffset.FromUnixTimeSeconds(1_000) };
        Kinds(Facts() with { Wallet = imported, OnChainRecords = [onChain, WithoutMemo(blockTime)] })
            .ShouldBe(isDifference ? [DifferenceKind.NoMemo] : []);
    }

    [Theory]
    [InlineData(AttemptStatus.Expired)]
    [InlineData(AttemptStatus.Withdrawn)]
    public void An_attempt_that_the_books_hold_for_dead(AttemptStatus status) =>
        Kinds(Facts(TransactionStatus.Unresolved, Landed.Attempt(1, status, onChain.Signature)))
            .ShouldBe([DifferenceKind.UnexpectedAttempt]);

    [Fact]
    public void An_attempt_that_the_books_have_never_signed() =>
        Kinds(Facts(TransactionStatus.Accepted)).ShouldBe([DifferenceKind.UnexpectedAttempt]);

    [Fact]
    public void Two_successes_of_one_transaction() =>
        Kinds(Facts() with { OnChainRecords = [onChain, landed.OnChain(7, attempt: 2)] })
            .ShouldBe([DifferenceKind.UnexpectedAttempt, DifferenceKind.ExecutedTwice]);

    [Fact]
    public void Final_in_the_books_and_not_on_chain() => Kinds(Facts() with { OnChainRecords = [] }).ShouldBe([DifferenceKind.NotOnChain]);

    [Fact]
    public void Final_in_the_books_after_the_slot_of_the_comparison_is_no_difference() =>
        Kinds(
                Facts(TransactionStatus.Finalized, Landed.Attempt(1, AttemptStatus.Finalized, onChain.Signature, slot: 21)) with
                {
                    OnChainRecords = [],
                }
            )
            .ShouldBeEmpty();

    [Fact]
    public void Failed_in_the_books_and_executed_on_chain() =>
        Kinds(Facts(TransactionStatus.Failed, Landed.Attempt(1, AttemptStatus.Failed, onChain.Signature)))
            .ShouldBe([DifferenceKind.OtherOutcome]);

    [Fact]
    public void Another_amount_or_recipient_than_the_books_were_to_pay()
    {
        Kinds(Facts() with { Payments = [landed.Payment(8)] }).ShouldBe([DifferenceKind.OtherTerms]);
        Kinds(Facts() with { Payments = [landed.Payment(7, Landed.Fresh())] }).ShouldBe([DifferenceKind.OtherTerms]);
    }

    [Fact]
    public void Movements_that_do_not_add_up_to_the_balance() =>
        Kinds(Facts() with { Movements = [Movement(100)] }).ShouldBe([DifferenceKind.BalanceDiffers]);

    [Fact]
    public void Movements_after_the_slot_of_the_balance_do_not_count() =>
        Kinds(Facts() with { Movements = [Movement(90), Movement(5, slot: 21)] }).ShouldBeEmpty();

    [Fact]
    public void A_settled_transaction_with_an_open_reservation() =>
        Kinds(Facts() with { OpenReservations = [Reservation(Landed.TransactionId, 1)] }).ShouldBe([DifferenceKind.OpenReservation]);

    [Theory]
    [InlineData(90, 0)]
    [InlineData(91, 1)]
    public void More_reserved_than_there_is(ulong reserved, int differences) =>
        Kinds(Facts() with { OpenReservations = [Reservation(Guid.NewGuid(), reserved)] })
            .ShouldBe(Enumerable.Repeat(DifferenceKind.ReservedTooMuch, differences));

    private static IEnumerable<DifferenceKind> Kinds(WalletFacts facts) => Reconciliation.Of(facts).Select(d => d.Kind);

    private WalletFacts Facts() => Facts(TransactionStatus.Finalized, Landed.Attempt(1, AttemptStatus.Finalized, onChain.Signature));

    private WalletFacts Facts(TransactionStatus status, params TransactionAttempt[] attempts) =>
        new(
            landed.Wallet,
            new WalletBalance(PublicKey.Parse(landed.Wallet.Address), 20, 90, 0, new Dictionary<PublicKey, ulong>()),
            [Movement(90)],
            [onChain],
            [landed.Intent(status, attempts)],
            [landed.Payment(7)],
            []
        );

    private OnChainTransaction WithoutMemo(long? blockTime = null)
    {
        var wire = landed.Transfer(3, "hello");
        return new OnChainTransaction
        {
            Signature = "foreign",
            WalletId = landed.Wallet.Id,
            Slot = 11,
            BlockTime = blockTime,
            FeeLamports = Landed.Fee,
            WireBytes = wire,
            GenesisHash = "",
            RecordedAt = default,
        };
    }

    private WalletMovement Movement(long delta, ulong slot = 10) =>
        new()
        {
            WalletId = landed.Wallet.Id,
            Signature = $"{delta}",
            Ordinal = 0,
            Kind = MovementKind.Deposit,
            Delta = delta,
            Slot = slot,
            RecordedAt = default,
        };

    private WalletReservation Reservation(Guid transactionId, ulong amount) =>
        new()
        {
            Id = Guid.NewGuid(),
            WalletId = landed.Wallet.Id,
            TransactionId = transactionId,
            Amount = amount,
            CreatedAt = default,
        };
}
