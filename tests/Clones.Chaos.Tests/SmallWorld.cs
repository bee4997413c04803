using Clones.Chaos.Audit;
using Clones.Chaos.Work;
using Clones.Domain.Agents;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Persistence.Agents;
using Clones.Solana.Primitives;

namespace Clones.Chaos.Tests;

/// <summary>A run in which all went well: a payment in SOL, one in a token that needed an account, one that failed, one agent.</summary>
internal static class SmallWorld
{
    public const ulong Rent = 2_039_280;
    private const string Caller = "test";
    private const ulong Fee = 5_000;
    private const ulong Funds = 1_000_000_000;

    public static readonly PublicKey Mint = Key(50);
    public static readonly Guid Sol = TransactionIds.OfPayment(Caller, Order(0, 0, 700).KeyOf(1));
    public static readonly Guid Token = TransactionIds.OfPayment(Caller, Order(1, 1, 800).KeyOf(1));
    public static readonly Guid Failed = TransactionIds.OfPayment(Caller, Order(2, 0, 900).KeyOf(1));
    public static readonly Guid Agent = Id(9);

    public static Evidence Evidence()
    {
        var sol = new ChaosPool(Id(20), Key(20), "SOL", null, 9, 1);
        var token = new ChaosPool(Id(21), Key(21), "CHAOS", Mint, 6, 1);
        PaymentOrder[] orders = [Order(0, 0, 700), Order(1, 1, 800), Order(2, 0, 900)];
        Payment[] payments =
        [
            PaymentOf(orders[0], Sol, sol, PaymentStatus.Completed),
            PaymentOf(orders[1], Token, token, PaymentStatus.Completed),
            PaymentOf(orders[2], Failed, sol, PaymentStatus.Failed),
        ];
        var creation = Id(30);
        return new Evidence(
            Seed: 1,
            orders,
            orders.ToDictionary(o => o.Number, o => payments[o.Number].Id),
            Rejected: [],
            new Dictionary<Guid, int> { [payments[0].Id] = 1, [payments[1].Id] = 1 },
            new DatabaseReading(
                payments,
                [
                    TransactionOf(Sol, TransactionKind.Payment, TransactionStatus.Finalized),
                    TransactionOf(Token, TransactionKind.Payment, TransactionStatus.Finalized),
                    TransactionOf(Failed, TransactionKind.Payment, TransactionStatus.Failed),
                    TransactionOf(creation, TransactionKind.TokenCreation, TransactionStatus.Finalized),
                ],
                OpenReservations: [],
                ReservedTotals: [],
                [
                    new AgentLifecycleInstance
                    {
                        CorrelationId = Agent,
                        CurrentState = "TokenCreated",
                        TokenMint = Key(60).ToString(),
                    },
                ],
                DecidedSubmissions: new Dictionary<string, Guid?>(),
                Changes: [new StatusChange("payments", "x", "", "SUBMITTED", "COMPLETED")],
                OutboxLeft: 0
            ),
            [sol, token],
            [
                new WalletOnChain(
                    [Entry(1, null, Funds), Entry(2, Sol, -700 - (Int128)Fee, Fee), Entry(3, Failed, -(Int128)Fee, Fee, succeeded: false)],
                    Funds - 700 - 2 * Fee,
                    0
                ),
                new WalletOnChain(
                    [
                        Entry(4, null, Funds, tokens: (int)Funds),
                        Entry(5, Token, -(Int128)(Fee + Rent), Fee, tokens: -800),
                        Entry(6, creation, -(Int128)(Fee + 3_000_000), Fee),
                    ],
                    Funds - 2 * Fee - Rent - 3_000_000,
                    Funds - 800
                ),
            ],
            new Dictionary<int, ulong>
            {
                [0] = 700,
                [1] = 800,
                [2] = 0,
            },
            new HashSet<string> { Key(60).ToString() },
            Rent
        );
    }

    public static ChainEntry Entry(
        byte number,
        Guid? transaction,
        Int128 lamports,
        ulong fee = 0,
        bool succeeded = true,
        int tokens = 0,
        params Guid[] tags
    ) =>
        new(
            Signature.Parse(new Signature([.. Enumerable.Repeat(number, 64)]).ToString()),
            transaction,
            transaction is null ? 0 : 1,
            succeeded,
            lamports,
            fee,
            tokens == 0 ? new Dictionary<PublicKey, Int128>() : new Dictionary<PublicKey, Int128> { [Mint] = tokens },
            tags.Length > 0 ? tags
                : transaction is { } id ? [id]
                : []
        );

    public static PublicKey Key(byte number)
    {
        using var account = Account.FromSeed([.. Enumerable.Repeat(number, Account.SeedLength)]);
        return account.PublicKey;
    }

    private static Guid Id(byte number) => new(Enumerable.Repeat(number, 16).ToArray());

    private static PaymentOrder Order(int number, int pool, ulong amount) =>
        new(number, TimeSpan.Zero, RequestKind.Payment, pool, Key((byte)(100 + number)), amount, 100, 0, null, false, false);

    private static Payment PaymentOf(PaymentOrder order, Guid transaction, ChaosPool pool, PaymentStatus status) =>
        new()
        {
            Id = Id((byte)(200 + order.Number)),
            Kind = PaymentKind.Reward,
            TrainingPoolId = pool.Id,
            WalletId = pool.Id,
            TransactionId = transaction,
            Recipient = order.Recipient.ToString(),
            Mint = pool.Mint?.ToString(),
            Amount = order.AmountBaseUnits,
            Status = status,
            Reason = status == PaymentStatus.Failed ? "The chain rejected it." : null,
            Caller = Caller,
            IdempotencyKey = order.KeyOf(1),
            RequestHash = [],
            CreatedAt = default,
        };

    /// <summary>The same payment with a status that no step of it leads to.</summary>
    public static Payment WithStatus(Payment payment, PaymentStatus status) =>
        new()
        {
            Id = payment.Id,
            Kind = payment.Kind,
            TrainingPoolId = payment.TrainingPoolId,
            WalletId = payment.WalletId,
            TransactionId = payment.TransactionId,
            Recipient = payment.Recipient,
            Mint = payment.Mint,
            Amount = payment.Amount,
            Status = status,
            Caller = payment.Caller,
            IdempotencyKey = payment.IdempotencyKey,
            RequestHash = payment.RequestHash,
            CreatedAt = payment.CreatedAt,
        };

    private static ChainTransaction TransactionOf(Guid id, TransactionKind kind, TransactionStatus status)
    {
        var transaction = new ChainTransaction
        {
            Id = id,
            Kind = kind,
            Status = status,
            WalletId = Id(20),
            AgentId = kind == TransactionKind.Payment ? null : Agent,
            CreatedAt = default,
            SettledAt = default(DateTimeOffset),
        };
        transaction.Attempts.Add(
            AttemptOf(transaction, 1, status == TransactionStatus.Finalized ? AttemptStatus.Finalized : AttemptStatus.Failed)
        );
        return transaction;
    }

    public static TransactionAttempt AttemptOf(ChainTransaction transaction, int number, AttemptStatus status) =>
        new()
        {
            TransactionId = transaction.Id,
            Number = number,
            Status = status,
            MessageBytes = [],
            Blockhash = "",
            LastValidBlockHeight = 1,
            ContextSlot = 1,
            GenesisHash = "",
            FeeLamportsMax = Fee,
            CreatedAt = default,
        };
}
