using Clones.Domain.Agents;
using Clones.Domain.Keys;
using Clones.Domain.Operations;
using Clones.Domain.Wallets;
using Clones.Persistence.Agents;

namespace Clones.Simulation.Store;

/// <summary>The tables that only deployments write to.</summary>
internal sealed class DeploymentTables
{
    public List<Agent> Agents { get; private init; } = [];

    public List<AgentLifecycleInstance> Lifecycles { get; private init; } = [];

    public List<AgentTransition> Transitions { get; private init; } = [];

    public List<EncryptedMintKey> MintKeys { get; private init; } = [];

    public List<WalletKeyEvent> KeyEvents { get; private init; } = [];

    public List<AgentWakeUp> WakeUps { get; private init; } = [];

    public List<Operation> Operations { get; private init; } = [];

    public AgentLifecycleInstance LifecycleOf(Guid agentId) => Lifecycles.Single(l => l.CorrelationId == agentId);

    public DeploymentTables Copy() =>
        new()
        {
            Agents = Agents.ConvertAll(Row<Agent>.Copy),
            Lifecycles = Lifecycles.ConvertAll(Row<AgentLifecycleInstance>.Copy),
            Transitions = [.. Transitions],
            MintKeys = [.. MintKeys],
            KeyEvents = [.. KeyEvents],
            WakeUps = WakeUps.ConvertAll(Row<AgentWakeUp>.Copy),
            Operations = Operations.ConvertAll(Row<Operation>.Copy),
        };
}
