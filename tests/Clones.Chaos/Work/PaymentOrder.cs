using Clones.Simulation;
using Clones.Solana.Primitives;

namespace Clones.Chaos.Work;

internal enum RequestKind
{
    /// <summary>POST /v1/payments, by a service.</summary>
    Payment,

    /// <summary>POST /v1/pools/{id}/withdrawals, by the owner.</summary>
    Withdrawal,

    /// <summary>A graded submission, by a message.</summary>
    Submission,
}

/// <summary>One payment that the run wants made, once.</summary>
/// <param name="DueAt">Since the beginning of the faults.</param>
/// <param name="Pool">Index of the pool that pays.</param>
/// <param name="AmountBaseUnits">Ignored for a submission, which is worth its score.</param>
/// <param name="Twins">How often it is sent besides, at the same time, under the same key.</param>
/// <param name="HangsUpAfter">The client goes away so soon after its first try; null: it waits for the answer.</param>
/// <param name="MayWait">Where funds are missing it waits for them; otherwise it is rejected.</param>
/// <param name="AsksAgainLater">Sent once more when all is over.</param>
internal sealed record PaymentOrder(
    int Number,
    TimeSpan DueAt,
    RequestKind Kind,
    int Pool,
    PublicKey Recipient,
    ulong AmountBaseUnits,
    int Score,
    int Twins,
    TimeSpan? HangsUpAfter,
    bool MayWait,
    bool AsksAgainLater
)
{
    public string KeyOf(ulong seed) => $"chaos-{seed}-{Number}";

    /// <summary>Those who are paid again and again.</summary>
    public static IReadOnlyList<PublicKey> Regulars(ulong seed)
    {
        var dice = new RandomSource(seed ^ 0x9E9);
        return [.. Enumerable.Range(0, 5).Select(_ => Person(dice))];
    }

    /// <summary>All orders of a run, drawn from its seed alone.</summary>
    /// <param name="poor">Index of the pool that has to wait for its funds: who wants to be paid out of it must wait too.</param>
    public static IReadOnlyList<PaymentOrder> Draw(ChaosPlan plan, int pools, int poor)
    {
        var dice = new RandomSource(plan.Seed ^ 0x9A7);
        var regulars = Regulars(plan.Seed);
        var sending = plan.Length * 0.85;
        return
        [
            .. Enumerable
                .Range(0, plan.Payments)
                .Select(i =>
                {
                    var kind = dice.Between(0, 99) switch
                    {
                        < 80 => RequestKind.Payment,
                        < 90 => RequestKind.Withdrawal,
                        _ => RequestKind.Submission,
                    };
                    var pool = dice.Between(0, pools - 1);
                    if (pool == poor && kind == RequestKind.Withdrawal)
                    {
                        kind = RequestKind.Payment;
                    }
                    // Often equal sums to equal people: only the memo tells such payments apart.
                    var isTwin = kind != RequestKind.Submission && dice.Chance(0.3);
                    return new PaymentOrder(
                        i,
                        sending * ((double)i / plan.Payments),
                        kind,
                        pool,
                        isTwin ? dice.Of(regulars) : Person(dice),
                        isTwin ? 2_000_000 : (ulong)dice.Between(1_000_000, 9_999_999),
                        dice.Between(50, 100),
                        dice.Chance(0.25) ? dice.Between(1, 3) : 0,
                        dice.Chance(0.1) ? TimeSpan.FromMilliseconds(dice.Between(1, 200)) : null,
                        pool == poor || dice.Chance(0.3),
                        dice.Chance(0.1)
                    );
                }),
        ];
    }

    private static PublicKey Person(RandomSource dice)
    {
        using var account = Account.FromSeed(dice.Bytes(Account.SeedLength));
        return account.PublicKey;
    }
}
