using Clones.Chaos.Faults;
using Clones.Client;
using Clones.Demo;
using Clones.Simulation;
using Clones.Solana.Rpc;

namespace Clones.Chaos.Work;

/// <summary>
/// Takes one agent from DRAFT to DEPLOYED as its owner would, looking at its status and doing what comes next; now and then the owner
/// changes their mind (CANCEL), or signs twice. The owner of every third agent pays, and may send what is signed instead of handing it in.
/// </summary>
internal sealed class AgentDeployer(
    ulong seed,
    int number,
    ChaosPool pool,
    Owner owner,
    IRpcClient cluster,
    FaultCounts tally,
    TimeProvider time
)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(700);

    private readonly RandomSource dice = new(seed ^ (0xA6E17UL + (ulong)number));
    private int cancellationsLeft = 2;

    private bool IsPaidByOwner => number % 3 == 0;

    /// <summary>Null until it is created.</summary>
    public Guid? AgentId { get; private set; }

    /// <summary>Returns when it is deployed.</summary>
    public async Task DeployAsync(CancellationToken cancellationToken)
    {
        var spec = new CreateAgentRequest
        {
            TrainingPoolId = pool.Id,
            Name = $"Chaos agent {number}",
            Ticker = $"CH{number}",
            Description = "Deployed while everything around it dies.",
            Supply = "1000000",
            Decimals = 6,
            MinimumLiquidity = "1.5",
            GatedPercentage = 10,
            DeploymentPayer = IsPaidByOwner ? "OWNER" : "DEPOSIT_WALLET",
        };
        var key = $"chaos-{seed}-agent-{number}";
        var created = await owner.AskAsync(api => api.CreateAgentAsync(spec, key, cancellationToken), cancellationToken);
        AgentId = created.Id;
        while (true)
        {
            var agent = await owner.AskAsync(api => api.GetAgentAsync(created.Id, cancellationToken), cancellationToken);
            if (agent.Status == "DEPLOYED")
            {
                return;
            }
            try
            {
                await NextAsync(agent, cancellationToken);
            }
            catch (ClonesProblemException e) when (e.Status is 409 or 422)
            {
                // The agent has moved meanwhile, or the transaction has expired: its status says what is next.
                tally.Note($"owner rejected: {e.Code}");
            }
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private Task NextAsync(AgentView agent, CancellationToken cancellationToken) =>
        agent.Status switch
        {
            "DRAFT" => CommandAsync(
                api => api.DeployAgentAsync(agent.Id, wait: Callers.Wait, cancellationToken: cancellationToken),
                cancellationToken
            ),
            "TOKEN_CREATED" => CommandAsync(
                api => api.CreateLiquidityPoolAsync(agent.Id, wait: Callers.Wait, cancellationToken: cancellationToken),
                cancellationToken
            ),
            "FAILED" => CommandAsync(
                api => api.RetryAgentAsync(agent.Id, wait: Callers.Wait, cancellationToken: cancellationToken),
                cancellationToken
            ),
            "PENDING_TOKEN_SIGNATURE" => SignOrCancelAsync(agent, OwnerTransactionKinds.TokenCreation, cancellationToken),
            "PENDING_POOL_SIGNATURE" => SignOrCancelAsync(agent, OwnerTransactionKinds.PoolCreation, cancellationToken),
            _ => Task.CompletedTask,
        };

    private async Task SignOrCancelAsync(AgentView agent, string kind, CancellationToken cancellationToken)
    {
        if (cancellationsLeft > 0 && dice.Chance(0.05))
        {
            cancellationsLeft--;
            tally.Note("owners who cancelled");
            await CommandAsync(
                api => api.CancelAgentAsync(agent.Id, wait: Callers.Wait, cancellationToken: cancellationToken),
                cancellationToken
            );
            return;
        }

        var wanted = await owner.AskAsync(
            api => api.GetOwnerTransactionAsync(agent.Id, kind, Callers.Wait, cancellationToken),
            cancellationToken
        );
        if (wanted.Transaction is not { } unsigned)
        {
            return;
        }
        var signed = new SignedTransactionRequest { Transaction = owner.Wallet.Sign(unsigned) };
        if (IsPaidByOwner && dice.Chance(0.5))
        {
            await SendAroundUsAsync(Convert.FromBase64String(signed.Transaction), cancellationToken);
            return;
        }
        var clicks = dice.Chance(0.3) ? 2 : 1;
        await Task.WhenAll(
            Enumerable
                .Range(0, clicks)
                .Select(_ =>
                    owner.AskAsync(api => api.SubmitOwnerTransactionAsync(agent.Id, kind, signed, cancellationToken), cancellationToken)
                )
        );
    }

    /// <summary>It lacks no signature of ours: the workers find it on chain by its memo. Where no node takes it, the owner looks again.</summary>
    private async Task SendAroundUsAsync(byte[] transaction, CancellationToken cancellationToken)
    {
        try
        {
            await cluster.SendTransactionAsync(transaction, skipPreflight: true, cancellationToken: cancellationToken);
            tally.Note("owners who sent it themselves");
        }
        catch (RpcException)
        {
            tally.Note("owners whose transaction no node took");
        }
    }

    private async Task CommandAsync(Func<ClonesClient, Task> send, CancellationToken cancellationToken) =>
        await owner.AskAsync(
            async api =>
            {
                await send(api);
                return true;
            },
            cancellationToken
        );
}
