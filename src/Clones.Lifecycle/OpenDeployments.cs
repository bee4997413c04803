using Clones.Contracts.Agents;
using Clones.Domain;
using Clones.Domain.Transactions;
using Clones.Persistence;
using Clones.Persistence.Agents;
using Clones.Settlement.Rules;
using Clones.Solana.Rpc;
using Microsoft.EntityFrameworkCore;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Lifecycle;

/// <summary>The token and pool creations of an agent that are not given up, seen inside the transaction of the event that asks.</summary>
internal sealed class OpenDeployments(ClonesDbContext db, RpcEndpoints rpc, TimeProvider time)
{
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
        var agentId = agent.CorrelationId;
        // Two statements on purpose: only one that begins after the lock was granted sees what its last holder committed.
        var transactions = await db
            .Transactions.FromSql(
                $"SELECT * FROM transactions WHERE agent_id = {agentId} AND status NOT IN ('FAILED', 'CANCELLED') FOR UPDATE"
            )
            .ToListAsync(cancellationToken);

        // Giving up must not outrun a success that is on its way. FAIL may: it is how a landed transaction that did something else is told.
        if (command is CancelDeployment && transactions.Find(t => IsSuccessOnItsWay(agent, t)) is { } landed)
        {
            return new SubmissionInFlight($"its {UpperSnakeCase.From(landed.Kind)} has landed and is being read from the chain");
        }

        var open = transactions.Where(t => t.Status != TransactionStatus.Finalized).Select(t => t.Id).ToArray();
        if (open.Length == 0)
        {
            return null;
        }

        var attempts = await db
            .TransactionAttempts.Where(a =>
                open.Contains(a.TransactionId) && (a.Status == AttemptStatus.Prepared || LiveAttempts.Statuses.Contains(a.Status))
            )
            .ToListAsync(cancellationToken);
        return attempts.Find(a => a.MayLand()) is { } live
            ? new SubmissionInFlight(
                $"attempt {live.Number} of its {UpperSnakeCase.From(transactions.Single(t => t.Id == live.TransactionId).Kind)} "
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
        var open = db
            .Transactions.Local.Where(t => t.AgentId == command.AgentId && t.Status != TransactionStatus.Finalized)
            .ToDictionary(t => t.Id);
        if (open.Count == 0)
        {
            return;
        }

        foreach (var transaction in open.Values)
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
        await db
            .WalletReservations.Where(r => open.Keys.Contains(r.TransactionId) && r.ReleasedAt == null)
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.ReleasedAt, now), cancellationToken);
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
