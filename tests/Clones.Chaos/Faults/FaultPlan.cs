using Clones.Domain.Faults;
using Clones.Simulation;

namespace Clones.Chaos.Faults;

/// <summary>Who dies or freezes when. Pure: all of it comes from the seed.</summary>
internal static class FaultPlan
{
    private static readonly CrashPoint[] OfWorkers = [.. Enum.GetValues<CrashPoint>().Where(p => p != CrashPoint.PaymentAccepted)];

    public static IReadOnlyList<PlannedFault> Draw(ChaosPlan plan)
    {
        var dice = new RandomSource(plan.Seed ^ 0xDEAD);
        var deeds = new List<PlannedFault>();
        for (var i = 0; i < plan.Kills; i++)
        {
            deeds.Add(One(plan, dice));
        }
        return [.. deeds.OrderBy(d => d.At)];
    }

    private static PlannedFault One(ChaosPlan plan, RandomSource dice)
    {
        var at = plan.Length * (dice.Between(20, 960) / 1_000.0);
        // Half of it on the workers, where the money is.
        var victim = dice.Of([
            FaultTarget.Worker,
            FaultTarget.Worker,
            FaultTarget.Worker,
            FaultTarget.Worker,
            FaultTarget.Worker,
            FaultTarget.Api,
            FaultTarget.Api,
            FaultTarget.Database,
            FaultTarget.Broker,
        ]);
        var index = victim == FaultTarget.Worker ? dice.Between(0, plan.Workers - 1) : 0;
        var freezes = dice.Chance(0.25);
        // Sometimes longer than a lease, so that another takes over while the first still believes that it holds it.
        var frozenFor = TimeSpan.FromMilliseconds(dice.Chance(0.15) ? dice.Between(31_000, 40_000) : dice.Between(500, 9_000));
        var downFor = TimeSpan.FromMilliseconds(dice.Between(0, 4_000));
        (CrashPoint, int)? comesBack = (victim, dice.Chance(0.6)) switch
        {
            (FaultTarget.Worker, true) => (dice.Of(OfWorkers), dice.Between(0, 30)),
            (FaultTarget.Api, true) => (CrashPoint.PaymentAccepted, dice.Between(0, 30)),
            _ => null,
        };
        return new PlannedFault(
            at,
            victim,
            index,
            // A short run must not spend a third of its time frozen.
            freezes ? TimeSpan.FromMilliseconds(Math.Min(frozenFor.TotalMilliseconds, plan.Length.TotalMilliseconds / 6)) : TimeSpan.Zero,
            freezes ? TimeSpan.Zero : downFor,
            freezes ? null : comesBack
        );
    }
}
