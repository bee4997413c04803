using Clones.Domain.Faults;
using Clones.Domain.Keys;
using Clones.Settlement.Store;
using Clones.Simulation.Store;
using Clones.Solana.Rpc;

namespace Clones.Simulation;

/// <summary>What one process has once: its clock, its connections, what it remembers of the database.</summary>
internal sealed class SimulatedHost
{
    public SimulatedHost(World world, SimulatedProcess process, ICrashPoints crashes, IWalletKeys? keys = null)
    {
        (World, Process, Crashes) = (world, process, crashes);
        Clock = new SimulatedClock(world.Timeline, process);
        Rpc = new RpcEndpoints(world.Nodes.Select(node => world.SeededBug.Wrap(new NodeClient(node, process, world.RandomSource))), Clock);
        Balances = new WalletBalances(Rpc);
        Store = new SimulatedStore(world.Database, process, Heartbeat, SimulatedWorker.Paces, keys, world.OnSigned);
    }

    public World World { get; }

    public SimulatedProcess Process { get; }

    public ICrashPoints Crashes { get; }

    public SimulatedClock Clock { get; }

    public RpcEndpoints Rpc { get; }

    public WalletBalances Balances { get; }

    public DatabaseHeartbeat Heartbeat { get; } = new();

    public SimulatedStore Store { get; }
}
