using Clones.Contracts.Agents;
using Clones.Domain;
using Clones.Domain.Transactions;
using Clones.Persistence.Agents;
using Clones.Settlement.Rules;
using Clones.Solana.Rpc;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Lifecycle;

/// <summary>The token and pool creations of an agent that are not cancelled, seen inside the transaction of the event that asks.</summary>
internal sealed class OpenDeployments(ILifecycleRows rows, RpcEndpoints rpc, TimeProvider time)
{
    private IReadOnlyList<ChainTransaction> locked = [];

    /// <summary>
    /// Locks the transactions of the agent, which is the lock that a submission takes too: one of the two comes first, and the other
    /// sees it. Returns what may still land, or has landed without the agent knowing yet; null where nothing does.
    /// </summary>
    public async Task<SubmissionInFlight?> FindInFlightAsync(
        AgentLifecycleInstance agent,
        IAgentCommand command,
        CancellationToken cancellationToken
    )
    {
        // Two questions on purpose: only one that is asked after the lock was granted sees what its last holder committed.
        locked = await rows.LockTransactionsAsync(agent.CorrelationId, cancellationToken);

        // Cancelling must not outrun a success that is on its way. FAIL may: it is how a landed transaction that did something else is reported.
        if (command is CancelDeployment && locked.FirstOrDefault(t => IsSuccessOnItsWay(agent, t)) is { } landed)
        {
            return new SubmissionInFlight($"its {UpperSnakeCase.From(landed.Kind)} has landed and is being read from the chain");
        }

        var open = locked.Where(t => t.Status != TransactionStatus.Finalized).Select(t => t.Id).ToArray();
        if (open.Length == 0)
        {
            return null;
        }

        var attempts = await rows.OpenAttemptsAsync(open, cancellationToken);
        return attempts.FirstOrDefault(a => a.MayLand()) is { } live
            ? new SubmissionInFlight(
                $"attempt {live.Number} of its {UpperSnakeCase.From(locked.Single(t => t.Id == live.TransactionId).Kind)} "
                    + (
                        live.IsInOwnersHands()
                            ? "lacks no signature but its owner's and may still land"
                            : $"is {UpperSnakeCase.From(live.Status)} and may still land"
                    ),
                live.LastValidBlockHeight,
                live.LastValidBlockHeight + ExpiryDecision.MarginFor(rpc.All.Count)
            )
            : null;
    }

    /// <summary>Closes what <see cref="FindInFlightAsync"/> has locked and found not in flight, and frees what it had reserved.</summary>
    public async Task WithdrawAsync(IAgentCommand command, string eventName, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var open = locked.Where(t => t.Status != TransactionStatus.Finalized).ToList();
        if (open.Count == 0)
        {
            return;
        }

        foreach (var transaction in open)
        {
            transaction.MoveTo(TransactionStatus.Cancelled);
            transaction.Reason = $"{eventName} by {command.Actor}";
            transaction.SettledAt = now;
            foreach (var attempt in transaction.Attempts)
            {
                attempt.MoveTo(AttemptStatus.Withdrawn);
                attempt.ClosedAt = now;
            }
        }

        // Without the wallet's lock: that more is available than somebody has just read harms nobody, and the locks keep one order.
        await rows.ReleaseAsync([.. open.Select(t => t.Id)], now, cancellationToken);
    }

    private static bool IsSuccessOnItsWay(AgentLifecycleInstance agent, ChainTransaction transaction) =>
        transaction.Status == TransactionStatus.Finalized
        && transaction.Kind switch
        {
            TransactionKind.TokenCreation => agent.TokenMint is null,
            TransactionKind.PoolCreation => agent.LiquidityPoolAddress is null,
            _ => false,
        };
}
