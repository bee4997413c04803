using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Clones.Contracts.Deployments;
using Clones.Settlement.Deployments;
using Clones.Settlement.Store;
using Clones.Solana.Programs;
using Clones.Testing.Hosts;
using Microsoft.Extensions.Logging.Abstractions;

namespace Clones.Settlement.Tests.Deployments;

public sealed class DeploymentSweeperTests
{
    [Fact]
    public async Task The_chain_is_read_while_no_database_transaction_is_open()
    {
        var rows = new Rows();
        var store = rows.AsStore();
        var openAtReads = new List<int>();
        var node = new CannedNode()
            .Answer("getSlot", _ => "7")
            .Answer(
                "getMultipleAccounts",
                _ =>
                {
                    openAtReads.Add(rows.Open);
                    return $$"""{"context":{"slot":7},"value":[{"data":["","base64"],"executable":false,"lamports":1,"owner":"{{TokenProgram.Id}}","rentEpoch":0,"space":0}]}""";
                }
            );
        using var sweeper = new DeploymentSweeper(
            store,
            new AbandonedDeployments(store, node.Endpoints),
            node.Endpoints,
            TimeProvider.System,
            NullLogger<DeploymentSweeper>.Instance
        );

        await sweeper.PassAsync(TestContext.Current.CancellationToken);

        openAtReads.ShouldBe([0]);
        rows.Published.ShouldHaveSingleItem().ShouldBe(new AdoptOnChainDeployment { AgentId = rows.Abandoned.AgentId });
        rows.Open.ShouldBe(0);
    }

    /// <summary>A database with one abandoned deployment and nothing else that is due.</summary>
    private sealed class Rows
    {
        public AgentMint Abandoned { get; } = new(Guid.CreateVersion7(), TokenProgram.Id.ToString());
        public List<object> Published { get; } = [];
        public int Open { get; set; }

        public ISettlementStore AsStore()
        {
            var store = DispatchProxy.Create<ISettlementStore, Answers>();
            ((Answers)store).Rows = this;
            return store;
        }

        public IDeploymentWork Begin()
        {
            Open++;
            var work = DispatchProxy.Create<IDeploymentWork, Answers>();
            ((Answers)work).Rows = this;
            return work;
        }
    }

    // Only what a pass of the sweeper asks.
    [SuppressMessage("Performance", "CA1852", Justification = "The proxy is derived from it when it is made.")]
    private class Answers : DispatchProxy
    {
        public Rows Rows { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            switch (targetMethod!.Name)
            {
                case nameof(ISettlementStore.BeginAsync):
                    return Task.FromResult(Rows.Begin());
                case nameof(IDeploymentWork.AbandonedTokensAsync):
                    return Task.FromResult<IReadOnlyList<AgentMint>>([Rows.Abandoned]);
                case nameof(IDeploymentWork.ClaimWakeUpsAsync):
                    return Task.FromResult<IReadOnlySet<Guid>>(((IReadOnlyCollection<Guid>)args![0]!).ToHashSet());
                case nameof(IDeploymentWork.AbandonedPoolsAsync) or nameof(IDeploymentWork.DueForOwnersAsync):
                    return Task.FromResult<IReadOnlyList<Guid>>([]);
                case nameof(IDeploymentWork.DueForCoSigningAsync):
                    return Task.FromResult<IReadOnlyList<StalledAttempt>>([]);
                case nameof(IDeploymentWork.DueForPreparationAsync):
                    return Task.FromResult<IReadOnlyList<StalledAgent>>([]);
                case nameof(IDeploymentWork.PublishAsync):
                    Rows.Published.Add(args![0]!);
                    return Task.CompletedTask;
                case nameof(IDeploymentWork.CommitAsync):
                    return Task.CompletedTask;
                case nameof(IAsyncDisposable.DisposeAsync):
                    Rows.Open--;
                    return ValueTask.CompletedTask;
                default:
                    throw new NotSupportedException(targetMethod.Name);
            }
        }
    }
}
