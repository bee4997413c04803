using Clones.Domain.Payments;
using Clones.Settlement.Rules;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Testing.Hosts;

namespace Clones.Settlement.Tests;

public sealed class BatchSplitTests
{
    private static readonly PublicKey Wallet = Fresh();

    [Theory]
    [InlineData(0, "1 2 3 4|0")]
    [InlineData(4, "0 1 2 3|4")]
    [InlineData(null, "0 1|2 3 4")]
    [InlineData(5, "0 1|2 3 4")]
    public void A_known_culprit_is_alone_and_otherwise_there_are_two_halves(int? culprit, string expected) =>
        Text(BatchSplit.Of(Payments(5), culprit)).ShouldBe(expected);

    [Fact]
    public void Two_payments_part()
    {
        Text(BatchSplit.Of(Payments(2), null)).ShouldBe("0|1");
        Text(BatchSplit.Of(Payments(2), 1)).ShouldBe("0|1");
    }

    // Compute budget 0 and 1, transfer 2, account 3 and transfer 4, transfer 5, memo 6.
    [Theory]
    [InlineData("""{"InstructionError":[2,{"Custom":17}]}""", 0)]
    [InlineData("""{"InstructionError":[3,"InvalidAccountData"]}""", 1)]
    [InlineData("""{"InstructionError":[4,{"Custom":1}]}""", 1)]
    [InlineData("""{"InstructionError":[5,{"Custom":17}]}""", 2)]
    [InlineData("""{"InstructionError":[0,"InvalidInstructionData"]}""", null)]
    [InlineData("""{"InstructionError":[6,"ProgramFailedToComplete"]}""", null)]
    [InlineData("""{"InstructionError":[7,{"Custom":1}]}""", null)]
    [InlineData("""{"InstructionError":[-1,{"Custom":1}]}""", null)]
    [InlineData("""{"InstructionError":["2",{"Custom":1}]}""", null)]
    [InlineData("""{"InsufficientFundsForRent":{"account_index":3}}""", null)]
    [InlineData("\"AccountInUse\"", null)]
    [InlineData("AccountInUse", null)]
    [InlineData("{", null)]
    public void The_culprit_is_the_payment_whose_instruction_failed(string error, int? expected)
    {
        BatchSplit.CulpritOf(error, MessageOf("memo")).ShouldBe(expected);
    }

    [Fact]
    public void The_culprit_is_known_by_its_tag_in_whatever_order_the_database_has_the_payments()
    {
        var payments = Payments(3);
        var message = MessageOf(TransactionMemo.Of(Guid.NewGuid(), 1, [.. payments.Select(p => p.Tag)]));
        const string First = """{"InstructionError":[2,{"Custom":17}]}""";

        BatchSplit.CulpritOf(First, message, payments).ShouldBe(0);
        BatchSplit.CulpritOf(First, message, [payments[2], payments[1], payments[0]]).ShouldBe(2);
        BatchSplit.CulpritOf(First, message, [payments[1], payments[2]]).ShouldBeNull();
    }

    /// <summary>Compute budget, a transfer, an account and its transfer, a transfer, a memo.</summary>
    private static Message MessageOf(string memo)
    {
        var mint = Fresh();
        PublicKey[] people = [Fresh(), Fresh(), Fresh()];
        var source = AssociatedTokenAccountProgram.FindAddress(Wallet, mint, TokenProgram.Id);
        Instruction Transfer(int i) =>
            TokenProgram.TransferChecked(
                source,
                mint,
                AssociatedTokenAccountProgram.FindAddress(people[i], mint, TokenProgram.Id),
                Wallet,
                1,
                6,
                TokenProgram.Id
            );
        return new TransactionBuilder()
            .SetFeePayer(Wallet)
            .SetRecentBlockhash(new Blockhash(new byte[32]))
            .AddInstruction(ComputeBudgetProgram.SetComputeUnitLimit(1))
            .AddInstruction(ComputeBudgetProgram.SetComputeUnitPrice(1))
            .AddInstruction(Transfer(0))
            .AddInstruction(AssociatedTokenAccountProgram.CreateIdempotent(Wallet, people[1], mint, TokenProgram.Id))
            .AddInstruction(Transfer(1))
            .AddInstruction(Transfer(2))
            .AddInstruction(MemoProgram.Write(memo))
            .BuildMessage();
    }

    private static string Text(IReadOnlyList<IReadOnlyList<Payment>> groups) =>
        string.Join('|', groups.Select(g => string.Join(' ', g.Select(p => p.IdempotencyKey))));

    private static List<Payment> Payments(int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new Payment
                {
                    Id = Guid.NewGuid(),
                    Kind = PaymentKind.Reward,
                    TrainingPoolId = Guid.Empty,
                    WalletId = Guid.Empty,
                    Recipient = "",
                    Amount = 1,
                    Status = PaymentStatus.Accepted,
                    Caller = "test",
                    IdempotencyKey = $"{i}",
                    RequestHash = [],
                    CreatedAt = default,
                }),
        ];

    private static PublicKey Fresh() => PublicKey.Parse(TestKeys.FreshAddress());
}
