using System.Numerics;
using Clones.Domain.Ledger;
using Clones.Domain.Transactions;
using Clones.Settlement.Ledger;
using Clones.Settlement.Rules;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;

namespace Clones.Settlement.Tests.Ledger;

public sealed class WalletReadingTests
{
    private readonly Landed landed = new();

    [Fact]
    public void A_payment_is_its_transfer_and_its_fee_and_a_landing_by_its_memo()
    {
        var reading = Read(landed.Transfer(70), [100_000, 0, 1, 1], [94_930, 70, 1, 1]);

        Deltas(reading).ShouldBe([(MovementKind.Fee, -5_000), (MovementKind.Payment, -70)]);
        reading.Movements[1].Destination.ShouldBe(landed.Recipient.ToString());
        reading.OnChain.ShouldNotBeNull().TransactionId.ShouldBe(Landed.TransactionId);
        reading.OnChain.AttemptNumber.ShouldBe(1);
    }

    [Fact]
    public void Of_a_rejected_transaction_only_the_fee_moves()
    {
        var reading = Read(landed.Transfer(70), [100_000, 0, 1, 1], [95_000, 0, 1, 1], "\"InsufficientFunds\"");

        Deltas(reading).ShouldBe([(MovementKind.Fee, -5_000)]);
        reading.Movements[0].Failed.ShouldBeTrue();
        reading.OnChain.ShouldNotBeNull().Error.ShouldNotBeNull();
    }

    [Fact]
    public void What_the_instructions_do_not_explain_is_unknown_and_still_adds_up()
    {
        var reading = Read(landed.Transfer(70), [100_000, 0, 1, 1], [94_900, 70, 1, 1]);

        Deltas(reading).ShouldBe([(MovementKind.Fee, -5_000), (MovementKind.Payment, -70), (MovementKind.Unknown, -30)]);
    }

    [Fact]
    public void A_memo_that_somebody_else_writes_names_nothing_of_ours()
    {
        using var stranger = Account.Generate();
        var wallet = PublicKey.Parse(landed.Wallet.Address);
        var transaction = new Transaction(
            new TransactionBuilder()
                .SetFeePayer(stranger.PublicKey)
                .SetRecentBlockhash(new Blockhash(new byte[32]))
                .AddInstruction(SystemProgram.Transfer(stranger.PublicKey, wallet, 5))
                .AddInstruction(MemoProgram.Write(TransactionMemo.Of(Landed.TransactionId, 1)))
                .BuildMessage()
        );
        transaction.Sign(stranger);

        var reading = Read(transaction.Serialize(), [100_000, 10, 1, 1], [94_995, 15, 1, 1]);

        reading.OnChain.ShouldBeNull();
        Deltas(reading).ShouldBe([(MovementKind.Deposit, 5)]);
        reading.Movements[0].TransactionId.ShouldBeNull();
    }

    [Theory]
    [InlineData("not a memo")]
    [InlineData("019a0000-0000-8000-8000-000000000001")]
    [InlineData("019a0000-0000-8000-8000-000000000001:0")]
    [InlineData("019a0000-0000-8000-8000-000000000001:-1")]
    [InlineData("019a0000-0000-8000-8000-000000000001:1:2")]
    [InlineData("{019a0000-0000-8000-8000-000000000001}:1")]
    public void A_memo_that_is_not_exactly_ours_names_no_transaction(string memo)
    {
        var reading = Read(landed.Transfer(70, memo), [100_000, 0, 1, 1], [94_930, 70, 1, 1]);

        reading.OnChain.ShouldNotBeNull().TransactionId.ShouldBeNull();
    }

    [Fact]
    public void Fee_of_a_batch_is_booked_for_each_payment_and_adds_up_to_the_lamport()
    {
        var reading = Read(Batch(), [100_000, 0, 0, 0, 1, 1], [94_997, 1, 1, 1, 1, 1]);

        Booked(reading)
            .ShouldBe([
                (MovementKind.Fee, -1_667, Tags[0]),
                (MovementKind.Fee, -1_667, Tags[1]),
                (MovementKind.Fee, -1_666, Tags[2]),
                (MovementKind.Payment, -1, Tags[0]),
                (MovementKind.Payment, -1, Tags[1]),
                (MovementKind.Payment, -1, Tags[2]),
            ]);
    }

    [Fact]
    public void Fee_of_a_batch_that_the_chain_rejected_is_booked_for_each_payment_too()
    {
        var reading = Read(Batch(), [100_000, 0, 0, 0, 1, 1], [95_000, 0, 0, 0, 1, 1], "\"InsufficientFunds\"");

        Booked(reading)
            .ShouldBe([(MovementKind.Fee, -1_667, Tags[0]), (MovementKind.Fee, -1_667, Tags[1]), (MovementKind.Fee, -1_666, Tags[2])]);
        reading.Movements.ShouldAllBe(m => m.Failed);
    }

    [Fact]
    public void A_memo_that_names_more_payments_than_there_are_transfers_books_the_fee_for_none()
    {
        var reading = Read(landed.Transfer(70, TransactionMemo.Of(Landed.TransactionId, 1, Tags)), [100_000, 0, 1, 1], [94_930, 70, 1, 1]);

        Booked(reading).ShouldBe([(MovementKind.Fee, -5_000, null), (MovementKind.Payment, -70, null)]);
    }

    [Fact]
    public void Rent_is_booked_for_those_whose_accounts_were_made_and_shared_by_who_is_paid_into_the_same()
    {
        var wallet = PublicKey.Parse(landed.Wallet.Address);
        var mint = Landed.Fresh();
        var (source, made, existing) = (Landed.Fresh(), Landed.Fresh(), Landed.Fresh());
        var wire = landed.Sign(
            new TransactionBuilder()
                .SetFeePayer(wallet)
                .SetRecentBlockhash(new Blockhash(new byte[32]))
                .AddInstruction(TokenProgram.TransferChecked(source, mint, made, wallet, 5, 6, TokenProgram.Id))
                .AddInstruction(TokenProgram.TransferChecked(source, mint, existing, wallet, 6, 6, TokenProgram.Id))
                .AddInstruction(TokenProgram.TransferChecked(source, mint, made, wallet, 7, 6, TokenProgram.Id))
                .AddInstruction(MemoProgram.Write(TransactionMemo.Of(Landed.TransactionId, 1, Tags)))
        );
        var keys = Transaction.Deserialize(wire).Message.AccountKeys;
        ulong[] before =
        [
            .. keys.Select(k =>
                k == wallet ? 3_000_000UL
                : k == made ? 0UL
                : 1UL
            ),
        ];
        ulong[] after =
        [
            .. keys.Select(k =>
                k == wallet ? 3_000_000UL - 5_000 - 2_039_281
                : k == made ? 2_039_281UL
                : 1UL
            ),
        ];

        Booked(Read(wire, before, after))
            .Where(b => b.Item1 is MovementKind.Rent)
            .ShouldBe([(MovementKind.Rent, -1_019_641, Tags[0]), (MovementKind.Rent, -1_019_640, Tags[2])]);
    }

    private static readonly Guid[] Tags = [.. Enumerable.Range(1, 3).Select(n => TransactionIds.OfPayment("test", $"{n}"))];

    private byte[] Batch()
    {
        var wallet = PublicKey.Parse(landed.Wallet.Address);
        var builder = new TransactionBuilder().SetFeePayer(wallet).SetRecentBlockhash(new Blockhash(new byte[32]));
        foreach (var _ in Tags)
        {
            builder.AddInstruction(SystemProgram.Transfer(wallet, Landed.Fresh(), 1));
        }
        return landed.Sign(builder.AddInstruction(MemoProgram.Write(TransactionMemo.Of(Landed.TransactionId, 1, Tags))));
    }

    private static IEnumerable<(MovementKind, BigInteger, Guid?)> Booked(WalletReading reading) =>
        reading.Movements.Select(m => (m.Kind, m.Delta, m.PaymentTag));

    private WalletReading Read(byte[] wire, ulong[] before, ulong[] after, string? error = null) =>
        WalletReading.Of(
            landed.Wallet,
            new Dictionary<PublicKey, PublicKey>(),
            Landed.Detail(wire, before, after, error),
            "genesis",
            DateTimeOffset.UnixEpoch
        );

    private static IEnumerable<(MovementKind, BigInteger)> Deltas(WalletReading reading) =>
        reading.Movements.Select(m => (m.Kind, m.Delta));
}
