using System.Collections.Concurrent;
using Clones.Contracts.Agents;
using MassTransit;

namespace Clones.Settlement.Tests.Deployments;

/// <summary>What the lifecycle was told, in order, by agent.</summary>
internal sealed class Outcomes
{
    private readonly ConcurrentDictionary<Guid, ConcurrentQueue<object>> told = new();

    public IReadOnlyList<object> Of(Guid agentId) => told.TryGetValue(agentId, out var outcomes) ? [.. outcomes] : [];

    private void Add(IAgentCommand command) => told.GetOrAdd(command.AgentId, _ => new ConcurrentQueue<object>()).Enqueue(command);

    internal sealed class Listener(Outcomes outcomes)
        : IConsumer<TokenCreationSucceeded>,
            IConsumer<PoolCreationSucceeded>,
            IConsumer<FailDeployment>
    {
        public Task Consume(ConsumeContext<TokenCreationSucceeded> context) => Note(context.Message);

        public Task Consume(ConsumeContext<PoolCreationSucceeded> context) => Note(context.Message);

        public Task Consume(ConsumeContext<FailDeployment> context) => Note(context.Message);

        private Task Note(IAgentCommand command)
        {
            outcomes.Add(command);
            return Task.CompletedTask;
        }
    }
}
