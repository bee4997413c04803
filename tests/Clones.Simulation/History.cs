using Clones.Solana.Primitives;

namespace Clones.Simulation;

/// <summary>One history: payments, failure, healing, and what was found. The same seed gives the same history, to the last message.</summary>
/// <param name="Findings">Empty where every promise held.</param>
/// <param name="Milliseconds">Of simulated time.</param>
/// <param name="Fingerprint">Of everything on chain and in the database: equal for equal histories.</param>
internal sealed record History(
    ulong Seed,
    IReadOnlyList<string> Findings,
    long Milliseconds,
    ulong Fingerprint,
    IReadOnlyDictionary<string, int> Faults,
    IReadOnlyDictionary<string, int> Crashes
)
{
    private const int PatienceMilliseconds = 45 * 60_000;

    public static History Run(ulong seed, SeededBug? plant = null)
    {
        // What awaits must go on right where its task is completed, not where a test framework would like it.
        SynchronizationContext.SetSynchronizationContext(null);
        var dice = new RandomSource(seed ^ 0xC10_4E5);
        using var world = new World(seed, nodes: dice.Of([1, 2, 2, 3, 3, 3]), workers: dice.Between(2, 3), plant);
        var wallet = world.AddWallet();
        var until = dice.Between(5_000, 240_000);
        var twin = new PublicKey(dice.Bytes(PublicKey.Length));
        var payments = dice.Between(1, 4);
        for (var i = 0; i < payments; i++)
        {
            // Often the same sum to the same person: what tells the two apart is the memo alone.
            var to = Somebody();
            (PublicKey, ulong)[] transfers =
            [
                (to, 1_000_000),
                .. Enumerable.Range(0, dice.Chance(0.4) ? dice.Between(1, 4) : 0).Select(_ => (Somebody(), 1_000_000UL)),
            ];
            if (dice.Chance(0.05))
            {
                world.Note("closed account");
                world.Chain.Close(to, dice.Chance(0.5));
            }
            world.Timeline.After(dice.Chance(0.6) ? 100 : dice.Between(0, until), () => world.Accept(wallet, transfers));
        }
        world.Faults.Brew(until);
        return Finish(world, seed, until);

        PublicKey Somebody() => dice.Chance(0.6) ? twin : new PublicKey(dice.Bytes(PublicKey.Length));
    }

    /// <summary>Lets the failure rage until it is healed, then waits until all is settled and whoever kept old bytes has sent them again.</summary>
    public static History Finish(World world, ulong seed, long healAt)
    {
        world.Timeline.RunUntil(() => false, healAt);
        world.Faults.Heal();
        world.Timeline.RunUntil(() => world.IsSettled, healAt + PatienceMilliseconds);

        // Long enough for every blockhash to expire and every block to become final.
        world.Timeline.RunUntil(() => false, world.Timeline.Now + (Chain.BlockhashLife + 2 * Chain.FinalityDepth) * 440);
        return new History(seed, Audit.Of(world), world.Timeline.Now, Print(world), world.Faults.Counts, world.Crashes);
    }

    private static ulong Print(World world)
    {
        var print = 14_695_981_039_346_656_037UL;
        foreach (
            var part in world
                .Chain.FinalExecutions()
                .Select(e => $"{e.Transaction.Signature} {e.Block.Slot}")
                .Concat(
                    world.Database.Attempts.Values.Select(a => $"{a.TransactionId} {a.Number} {a.Status} {a.SendCount} {a.LastSentAt:O}")
                )
                .Concat(
                    world.Database.Deployments.Transitions.Select(t => $"{t.AgentId} {t.Sequence} {t.Event} {t.ToStatus} {t.OccurredAt:O}")
                )
                .Append($"{world.Timeline.Now}")
        )
        {
            foreach (var c in part)
            {
                print = (print ^ c) * 1_099_511_628_211UL;
            }
        }
        return print;
    }
}
