using Clones.Solana.Primitives;

namespace Clones.Simulation;

/// <summary>One history of deployments: agents with owners of any temper, sometimes payments beside them, failure, healing.</summary>
internal static class DeploymentHistory
{
    public static History Run(ulong seed, SeededBug? plant = null)
    {
        // What awaits must go on right where its task is completed, not where a test framework would like it.
        SynchronizationContext.SetSynchronizationContext(null);
        var dice = new RandomSource(seed ^ 0xDE_9107);
        using var world = new World(seed, nodes: dice.Of([1, 2, 2, 3, 3, 3]), workers: dice.Between(2, 3), plant, deployments: true);
        var until = dice.Between(20_000, 240_000);
        var agents = dice.Chance(0.3) ? 2 : 1;
        for (var i = 0; i < agents; i++)
        {
            var wallet = world.AddWallet();
            world.AddAgent(wallet, OwnerBehaviour.Of(dice));
            if (dice.Chance(0.3))
            {
                var to = new PublicKey(dice.Bytes(PublicKey.Length));
                world.Timeline.After(dice.Between(0, until), () => world.Accept(wallet, (to, 1_000_000)));
            }
        }
        if (dice.Chance(0.3))
        {
            world.Timeline.After(dice.Between(0, until), world.KillPortal);
        }
        world.Faults.Brew(until);
        return History.Finish(world, seed, until);
    }
}
