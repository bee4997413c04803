using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using static Clones.Domain.Payments.AcceptanceDecision;

namespace Clones.Domain.Tests.Payments;

public sealed class PayoutBatchTests
{
    private static readonly PublicKey Mint = PublicKey.Parse(Address.Fresh());

    [Fact]
    public void Payments_of_one_mint_share_a_transaction_whose_id_is_made_of_all_of_them()
    {
        var ids = Form(12, Accepted("a"), Accepted("b"), Accepted("c"));

        ids.ShouldBe(Enumerable.Repeat(TransactionIds.OfPayments([("caller", "a"), ("caller", "b"), ("caller", "c")]), 3));
    }

    [Fact]
    public void Another_mint_and_what_stands_on_chain_already_are_apart_and_so_is_who_is_left_over()
    {
        var ids = Form(2, Accepted("a"), Accepted("sol", mint: null), Accepted("found", lamports: 0), Accepted("b"), Accepted("c"));

        ids[0].ShouldBe(ids[3]);
        ids[1].ShouldBe(TransactionIds.OfPayment("caller", "sol"));
        ids[2].ShouldBe(TransactionIds.OfPayment("caller", "found"));
        ids[4].ShouldBe(TransactionIds.OfPayment("caller", "c"));
    }

    [Fact]
    public void A_batch_of_one_leaves_each_alone_under_its_own_id() =>
        Form(1, Accepted("a"), Accepted("b")).ShouldBe([TransactionIds.OfPayment("caller", "a"), TransactionIds.OfPayment("caller", "b")]);

    [Theory]
    [InlineData(0ul, 12)]
    [InlineData(2_039_280ul, 7)]
    public void As_many_are_together_as_the_packet_holds_with_and_without_new_accounts(ulong rent, int expected)
    {
        var ids = Form(PayoutBatch.Max, [.. Enumerable.Range(0, 30).Select(i => Accepted($"{i}", rent: rent))]);

        ids.CountBy(id => id).Select(g => g.Value).Max().ShouldBe(expected);
        ids.Distinct().Count().ShouldBe((30 + expected - 1) / expected);
    }

    [Fact]
    public void Who_waits_or_is_rejected_stays_as_it_is_and_parts_nobody()
    {
        AcceptanceDecision wait = new Wait("insufficient_funds");
        var decided = PayoutBatch.Form(12, [Accepted("a"), (Candidate("w", Mint, 0), wait), Accepted("b")]);

        decided[1].ShouldBe(wait);
        ((Accept)decided[0]).TransactionId.ShouldBe(((Accept)decided[2]).TransactionId);
    }

    private static List<Guid> Form(int max, params (PaymentCandidate, AcceptanceDecision)[] decided) =>
        [.. PayoutBatch.Form(max, decided).Select(d => ((Accept)d).TransactionId)];

    private static (PaymentCandidate, AcceptanceDecision) Accepted(string key, ulong lamports = 105_000, ulong rent = 0) =>
        Accepted(key, Mint, lamports, rent);

    private static (PaymentCandidate, AcceptanceDecision) Accepted(string key, PublicKey? mint, ulong lamports = 105_000, ulong rent = 0) =>
        (Candidate(key, mint, rent), new Accept(TransactionIds.OfPayment("caller", key), lamports, mint is null ? null : 1, 100));

    private static PaymentCandidate Candidate(string key, PublicKey? mint, ulong rent)
    {
        var recipient = PublicKey.Parse(Address.Fresh());
        return new PaymentCandidate
        {
            Request = new PaymentRequest
            {
                Kind = PaymentKind.Reward,
                TrainingPoolId = Guid.Empty,
                Recipient = recipient,
                Mint = mint,
                Amount = 1,
                Caller = "caller",
                IdempotencyKey = key,
            },
            Recipient = new RecipientOutlook(recipient, mint)
            {
                Lamports = 1,
                IsWallet = true,
                TokenAccountRentLamports = rent,
            },
        };
    }
}
