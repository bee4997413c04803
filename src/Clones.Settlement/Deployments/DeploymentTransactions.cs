using Clones.Domain.Transactions;
using Clones.Persistence.Wallets;
using Clones.Settlement.Chain;
using Clones.Settlement.Store;
using Clones.Solana.Rpc;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Settlement.Deployments;

/// <summary>The rows behind the transactions that an owner signs. Callers hold an open database transaction and save.</summary>
internal sealed class DeploymentTransactions(IDeploymentWork work, TransactionFinder finder, RpcEndpoints rpc, TimeProvider time)
{
    // A blockhash with less left than this would be gone before a person has read what to sign.
    private const ulong BlocksLeftMin = 20;

    /// <summary>So many transactions of one agent and kind may have been forgotten.</summary>
    private const int ForgottenMax = 1_000;

    /// <summary>A new transaction of the agent (whose row is locked), not saved yet.</summary>
    public async Task<ChainTransaction> AddAsync(
        Deployment deployment,
        TransactionKind kind,
        TransactionStatus status,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var agentId = deployment.Agent.Id;
        var earlier = await work.TransactionIdsAsync(agentId, kind, cancellationToken);
        var transaction = new ChainTransaction
        {
            Id = TransactionIds.OfDeployment(agentId, kind, earlier.Count + 1),
            Kind = kind,
            Status = status,
            WalletId = deployment.WalletId,
            AgentId = agentId,
            CreatedAt = now,
        };
        work.Add(transaction);
        return transaction;
    }

    /// <summary>The transaction with its attempts, locked; null where there is none.</summary>
    public async Task<ChainTransaction?> LockAsync(Guid transactionId, CancellationToken cancellationToken)
    {
        var found = await work.LockAsync(transactionId, cancellationToken);
        if (found is not null)
        {
            await work.AttemptsAsync(transactionId, cancellationToken);
        }
        return found;
    }

    /// <summary>Whether an attempt that was handed in may still land. Settlement sees to it; there is nothing to prepare meanwhile.</summary>
    public static bool HasLiveAttempt(ChainTransaction transaction) => transaction.Attempts.Exists(a => a.Status.IsLive());

    /// <summary>Whether the owner still has time to sign what was prepared, by block heights of the very cluster it was prepared for.</summary>
    public async Task<bool> IsPreparedAndGoodAsync(ChainTransaction transaction, CancellationToken cancellationToken)
    {
        if (transaction.Attempts.Find(a => a.Status == AttemptStatus.Prepared) is not { } prepared)
        {
            return false;
        }

        var (genesis, height) = await TipAsync(cancellationToken);
        return prepared.GenesisHash == genesis && height + BlocksLeftMin <= prepared.LastValidBlockHeight;
    }

    /// <summary>Genesis hash and confirmed block height by the word of one node: enough to hold a signature back, never to make one.</summary>
    public Task<(string Genesis, ulong Height)> TipAsync(CancellationToken cancellationToken) =>
        rpc.ReadAsync(
            async (client, stop) =>
                (
                    (await client.GetGenesisHashAsync(stop)).ToString(),
                    await client.GetBlockHeightAsync(Commitment.Confirmed, cancellationToken: stop)
                ),
            cancellationToken
        );

    /// <summary>
    /// What the history of the deposit wallet shows of a deployment under the name of any of its transactions. A restored database has forgotten
    /// some of them, with the mint that they made, and counts from a lower ordinal than the one that landed.
    /// </summary>
    /// <returns>Signature of a finalized, executed transaction, base58; null where the history, as far as it was read, has none.</returns>
    public async Task<string?> FindExecutedAsync(Guid agentId, TransactionKind kind, Guid walletId, CancellationToken cancellationToken)
    {
        var onChainRecords = await work.OnChainTransactionsAsync(
            walletId,
            await IdsAsync(agentId, kind, cancellationToken),
            cancellationToken
        );
        return onChainRecords.FirstOrDefault(l => l.Error is null)?.Signature;
    }

    /// <summary>The same by the history of an owner who pays, which nobody reads before it is asked for.</summary>
    /// <exception cref="DeploymentImpossibleException">The history is too long to be read.</exception>
    public async Task<string?> FindExecutedByOwnerAsync(Deployment deployment, TransactionKind kind, CancellationToken cancellationToken)
    {
        var agent = deployment.Agent;
        var ids = await IdsAsync(agent.Id, kind, cancellationToken);
        var (found, isTooLong) = await finder.FindExecutedAsync(deployment.Owner, ids, agent.CreatedAt, cancellationToken);
        return isTooLong
            ? throw new DeploymentImpossibleException(
                $"Your wallet {deployment.Owner} has more than {TransactionFinder.EntriesMax} transactions since this agent was made, too many to "
                    + "look through. Let the deposit wallet pay."
            )
            : found?.ToString();
    }

    /// <summary>Of every transaction that the agent has, or may have had before the database forgot it.</summary>
    private async Task<IReadOnlyCollection<Guid>> IdsAsync(Guid agentId, TransactionKind kind, CancellationToken cancellationToken)
    {
        var known = await work.TransactionIdsAsync(agentId, kind, cancellationToken);
        var ordinals = Enumerable.Range(1, known.Count + ForgottenMax);
        return [.. ordinals.Select(ordinal => TransactionIds.OfDeployment(agentId, kind, ordinal)).Union(known)];
    }

    /// <summary>Takes back what was prepared and not handed in. Nothing the owner holds of it can land: our signatures are missing.</summary>
    /// <exception cref="InvalidOperationException">It lacks none of ours: its owner pays, and may have sent it.</exception>
    public void WithdrawPrepared(ChainTransaction transaction)
    {
        foreach (var attempt in transaction.Attempts.Where(a => a.Status == AttemptStatus.Prepared))
        {
            if (attempt.MayLand())
            {
                throw new InvalidOperationException($"Attempt {attempt.Number} of transaction {transaction.Id} may still land.");
            }

            attempt.MoveTo(AttemptStatus.Withdrawn);
            attempt.ClosedAt = time.GetUtcNow();
        }
    }

    /// <summary>Ends a transaction without a live attempt and gives its reservation back.</summary>
    /// <param name="settledSlot">Slot in which it was executed; null where nothing landed.</param>
    public async Task CloseAsync(
        ChainTransaction transaction,
        TransactionStatus end,
        string? reason,
        ulong? settledSlot,
        CancellationToken cancellationToken
    )
    {
        WithdrawPrepared(transaction);
        transaction.MoveTo(end);
        transaction.Reason = reason;
        transaction.SettledAt ??= time.GetUtcNow();
        await ReleaseAsync(transaction, settledSlot, cancellationToken);
    }

    public async Task ReleaseAsync(ChainTransaction transaction, ulong? settledSlot, CancellationToken cancellationToken)
    {
        var wallet = await work.LockWalletAsync(transaction.WalletId, cancellationToken);
        var open = await work.OpenReservationsAsync(transaction.Id, cancellationToken);
        WalletLedger.Release(wallet, open, settledSlot, time.GetUtcNow());
    }
}
