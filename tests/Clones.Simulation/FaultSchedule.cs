using Clones.Domain.Faults;

namespace Clones.Simulation;

/// <summary>What goes wrong in a history, and when. Everything comes from the seed; nothing goes wrong any more after the healing.</summary>
internal sealed class FaultSchedule(World world)
{
    /// <summary>Crash points at which the next worker to come by dies, with how many may pass before.</summary>
    private readonly Dictionary<CrashPoint, int> planned = [];

    public Dictionary<string, int> Counts { get; } = [];

    public void PlanCrash(CrashPoint point, int passes = 0) => planned[point] = passes;

    public bool Crashes(CrashPoint point)
    {
        if (!planned.TryGetValue(point, out var passes))
        {
            return false;
        }
        if (passes > 0)
        {
            planned[point] = passes - 1;
            return false;
        }
        planned.Remove(point);
        return true;
    }

    /// <summary>Lays failure over the time until the healing.</summary>
    public void Brew(int until)
    {
        var dice = world.RandomSource;
        world.Chain.GiftsAreUnreadable = dice.Chance(0.3);
        // The first node is the one that is asked first.
        var liar = dice.Chance(0.5) ? world.Nodes[0] : dice.Of(world.Nodes);
        foreach (var point in Enum.GetValues<CrashPoint>().Where(_ => dice.Chance(0.12)))
        {
            PlanCrash(point, dice.Between(0, 3));
        }
        var events = dice.Between(2, 9);
        for (var i = 0; i < events; i++)
        {
            var from = dice.Chance(0.3) ? 0 : dice.Between(0, until);
            var length = dice.Chance(0.2) ? dice.Between(60_000, 240_000) : dice.Between(500, 45_000);
            world.Timeline.After(from, () => Begin(liar, Math.Min(length, until + 1_000 - from)));
        }
        world.Database.Faults.AcknowledgementLost = dice.Chance(0.3) ? 0.05 : 0;
        world.Database.Faults.CommitFails = dice.Chance(0.3) ? 0.05 : 0;
        world.Broker.Repeats = dice.Chance(0.5) ? 0.15 : 0;
        world.Chain.Inclusion = dice.Of([0.9, 0.5, 0.1]);
        if (dice.Chance(0.3))
        {
            Note("short pages");
            foreach (var node in world.Nodes)
            {
                node.PageLimit = dice.Of([1, 1, 2, 5]);
            }
        }
        world.Chain.ExecutionFails = dice.Chance(0.1) ? 0.3 : 0;
        if (dice.Chance(0.15))
        {
            world.Timeline.After(dice.Between(0, until), DamageAKey);
        }
    }

    public void Heal()
    {
        planned.Clear();
        world.Database.Faults.Down = false;
        world.Database.Faults.AcknowledgementLost = world.Database.Faults.CommitFails = 0;
        world.Broker.Down = false;
        world.Broker.Repeats = 0;
        world.Chain.FinalityStalls = false;
        world.Chain.Inclusion = 0.8;
        world.Chain.ExecutionFails = 0;
        world.DamagedKeys.Clear();
        world.Owners.ForEach(o => o.Heal());
        foreach (var node in world.Nodes)
        {
            node.Faults = new NodeFaults();
            node.StuckOn = null;
        }
    }

    // Until it is repaired with all the rest.
    private void DamageAKey()
    {
        Note("stored key damaged");
        world.DamagedKeys.Add(world.RandomSource.Of([.. world.Database.Wallets.Keys]));
    }

    private void Begin(Node liar, long length)
    {
        var dice = world.RandomSource;
        switch (dice.Between(0, 12))
        {
            case 0:
                Note("worker killed");
                world.Kill(dice.Of(world.Workers), dice.Between(200, 20_000));
                break;
            case 1:
                Note("worker stopped");
                dice.Of(world.Workers).Process.Stop(dice.Chance(0.2) ? 600_000 : length);
                break;
            case 2:
                Note("database down");
                world.Database.GoDown();
                world.Timeline.After(Math.Min(length, 30_000), () => world.Database.Faults.Down = false);
                break;
            case 3:
                Note("broker down");
                world.Broker.Down = true;
                world.Timeline.After(Math.Min(length, 30_000), () => world.Broker.Down = false);
                break;
            case 4:
                Note("rollback");
                RollBack(dice, length);
                break;
            case 5:
                Note("finality stalled");
                world.Chain.FinalityStalls = true;
                world.Timeline.After(length, () => world.Chain.FinalityStalls = false);
                break;
            case 6:
                Note("clock wrong");
                dice.Of(world.Workers).Process.ClockSkew = dice.Between(-3_600_000, 3_600_000);
                break;
            case 12:
                Note("database restored from a backup");
                var backup = world.Database.BackUp();
                // Before the healing: after it nothing goes wrong any more.
                world.Timeline.After(Math.Max(1, length - 1_100), () => world.Restore(backup));
                break;
            case 7 or 8 when world.Nodes.Count > 1:
                Note("node lies");
                Lie(dice, liar.Faults);
                EndAfter(liar, length);
                break;
            default:
                var all = dice.Chance(0.4);
                foreach (var node in world.Nodes.Where(_ => all || dice.Chance(0.5)))
                {
                    Note("node fails");
                    Fail(dice, node.Faults);
                    EndAfter(node, length);
                }
                break;
        }
    }

    private void RollBack(RandomSource dice, long length)
    {
        var lost = world.Chain.RollBack(dice.Between(1, 31));
        if (lost is not null && dice.Chance(0.5))
        {
            var node = dice.Of(world.Nodes);
            node.StuckOn = lost;
            world.Timeline.After(Math.Min(length, 60_000), () => node.StuckOn = null);
        }
    }

    private static void Fail(RandomSource dice, NodeFaults faults)
    {
        switch (dice.Between(0, 8))
        {
            case 0:
                faults.Down = true;
                break;
            case 1:
                faults.RateLimited = true;
                break;
            case 2:
                faults.Flaky = dice.Of([0.2, 0.5, 0.8]);
                break;
            case 3:
            case 4:
                faults.Drops = dice.Of([0.5, 1.0]);
                break;
            case 5:
                faults.TimesOutAfterAccepting = true;
                break;
            case 6:
                faults.Lag = dice.Of([5, 40, 160]);
                break;
            case 7:
                faults.PageLimit = dice.Of([1, 2, 3]);
                break;
            default:
                faults.Delay = dice.Between(500, 8_000);
                break;
        }
    }

    private static void Lie(RandomSource dice, NodeFaults faults)
    {
        switch (dice.Between(0, 10))
        {
            case 0:
                faults.KnowsNothing = true;
                break;
            case 1:
                faults.HeightOffset = dice.Of([-200, 40, 200, 2_000]);
                break;
            case 2:
            case 3:
                faults.LastValidOffset = dice.Of([-140, -90, -60, 300]);
                break;
            case 4:
                faults.ClaimsFinalized = true;
                break;
            case 5:
                faults.RejectsEverything = true;
                break;
            case 6:
                faults.TakesEveryBlockhashForOver = true;
                faults.HeightOffset = 500;
                faults.KnowsNothing = true;
                break;
            case 7:
                faults.LeavesOutEvery = dice.Of([1, 2, 3]);
                break;
            case 8:
                faults.PageLimit = dice.Of([1, 2]);
                faults.LosesItsPlace = dice.Of([0.5, 1.0]);
                break;
            case 9:
                faults.Unauthorized = true;
                break;
            default:
                faults.InventsErrors = true;
                break;
        }
    }

    // Several failure of one node may overlap; the first that ends takes the others with it.
    private void EndAfter(Node node, long length) => world.Timeline.After(length, () => node.Faults = new NodeFaults());

    private void Note(string kind) => world.Note(kind);
}
