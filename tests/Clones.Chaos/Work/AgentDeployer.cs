using Clones.Chaos.Rampage;
using Clones.Demo;
using Clones.Simulation;

namespace Clones.Chaos.Work;

/// <summary>
/// Takes one agent from DRAFT to DEPLOYED as its owner would, looking at its status and doing what comes next; now and then the owner
/// changes their mind (CANCEL), or signs twice.
/// </summary>
internal sealed class AgentDeployer(ulong seed, int number, ChaosPool pool, Owner owner, Tally tally, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(700);

    private readonly Dice dice = new(seed ^ (0xA6E17UL + (ulong)number));
    private int cancellationsLeft = 2;

    /// <summary>Null until it is created.</summary>
    public Guid? AgentId { get; private set; }

    /// <summary>Returns when it is deployed.</summary>
    public async Task DeployAsync(CancellationToken cancellationToken)
    {
        var wish = new
        {
            trainingPoolId = pool.Id,
            name = $"Chaos agent {number}",
            ticker = $"CH{number}",
            description = "Deployed while everything around it dies.",
            supply = "1000000",
            decimals = 6,
            minimumLiquidity = "1.5",
            gatedPercentage = 10,
        };
        var key = $"chaos-{seed}-agent-{number}";
        var created = await owner.AskAsync(api => api.PostAsync<AgentView>("/v1/agents", wish, cancellationToken, key), cancellationToken);
        AgentId = created.Id;
        while (true)
        {
            var agent = await owner.AskAsync(
                api => api.GetAsync<AgentView>($"/v1/agents/{created.Id}", cancellationToken),
                cancellationToken
            );
            if (agent.Status == "DEPLOYED")
            {
                return;
            }
            try
            {
                await NextAsync(agent, cancellationToken);
            }
            catch (ApiProblemException e) when (e.Problem.Status is 409 or 422)
            {
                // The agent has moved meanwhile, or the transaction has expired: its status says what is next.
                tally.Note($"owner refused: {e.Problem.Code}");
            }
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private Task NextAsync(AgentView agent, CancellationToken cancellationToken) =>
        agent.Status switch
        {
            "DRAFT" => CommandAsync(agent, "deploy", cancellationToken),
            "TOKEN_CREATED" => CommandAsync(agent, "create-pool", cancellationToken),
            "FAILED" => CommandAsync(agent, "retry", cancellationToken),
            "PENDING_TOKEN_SIGNATURE" => SignOrCancelAsync(agent, "token-creation", cancellationToken),
            "PENDING_POOL_SIGNATURE" => SignOrCancelAsync(agent, "pool-creation", cancellationToken),
            _ => Task.CompletedTask,
        };

    private async Task SignOrCancelAsync(AgentView agent, string kind, CancellationToken cancellationToken)
    {
        if (cancellationsLeft > 0 && dice.Chance(0.05))
        {
            cancellationsLeft--;
            tally.Note("owners who cancelled");
            await CommandAsync(agent, "cancel", cancellationToken);
            return;
        }

        var path = $"/v1/agents/{agent.Id}/transactions/{kind}";
        var wanted = await owner.AskAsync(api => api.GetAsync<OwnerTransactionView>(path, cancellationToken), cancellationToken);
        if (wanted.Transaction is not { } unsigned)
        {
            return;
        }
        var signed = new { transaction = owner.Wallet.Sign(unsigned) };
        var clicks = dice.Chance(0.3) ? 2 : 1;
        await Task.WhenAll(
            Enumerable
                .Range(0, clicks)
                .Select(_ => owner.AskAsync(api => api.PostAsync<OwnerTransactionView>(path, signed, cancellationToken), cancellationToken))
        );
    }

    private Task<AgentView> CommandAsync(AgentView agent, string command, CancellationToken cancellationToken) =>
        owner.AskAsync(api => api.PostAsync<AgentView>($"/v1/agents/{agent.Id}/{command}", null, cancellationToken), cancellationToken);
}
