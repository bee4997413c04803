using Clones.Domain.Faults;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Settlement.Chain;
using Clones.Settlement.Store;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Settlement.Deployments;

/// <summary>Turns a plan into the next attempt that an owner can sign: blockhash, fee, funds, simulation, rows.</summary>
internal sealed class DeploymentPreparation(
    IDeploymentWork work,
    WalletBalances balances,
    RpcEndpoints rpc,
    DeploymentTransactions transactions,
    OwnerFunds ownerFunds,
    MintSigner mint,
    DeploymentOptions options,
    ICrashPoints crashes,
    TimeProvider time
)
{
    /// <summary>
    /// Stores attempt n+1 as PREPARED. Where that is impossible the transaction is closed as FAILED, with the reason, and the caller tells
    /// the lifecycle.
    /// </summary>
    /// <param name="open">The agent's open transaction, locked and without a live attempt; null where this is the first try.</param>
    /// <exception cref="RpcException">No node answered; nothing is stored if the caller rolls back.</exception>
    public async Task<PreparationResult> PrepareAsync(
        Deployment deployment,
        TransactionKind kind,
        ChainTransaction? open,
        DeploymentPlan plan,
        CancellationToken cancellationToken
    )
    {
        var transaction = open ?? await transactions.AddAsync(deployment, kind, TransactionStatus.Accepted, cancellationToken);
        transactions.WithdrawPrepared(transaction);
        await crashes.ReachAsync(CrashPoint.PreparationBegun, cancellationToken);
        try
        {
            await RejectIfLandedAsync(deployment, transaction, cancellationToken);
            var attempt = await BuildAsync(deployment, transaction, plan, cancellationToken);
            work.Add(attempt);
            transaction.AttemptNumber = attempt.Number;
            transaction.MoveTo(TransactionStatus.Accepted);
            transaction.Reason = null;
            transaction.WakeUps = 0;
            await work.SaveAsync(cancellationToken);
            // What is in the hands of an owner who pays is looked for from now on.
            await work.CheckAgainAsync(transaction.Id, DeploymentSweeper.Pace, cancellationToken);
            return new PreparationResult(transaction.Id, null);
        }
        catch (DeploymentImpossibleException impossible)
        {
            await transactions.CloseAsync(transaction, TransactionStatus.Failed, impossible.Message, null, cancellationToken);
            await work.SaveAsync(cancellationToken);
            return new PreparationResult(transaction.Id, impossible.Message);
        }
    }

    /// <summary>
    /// What a restored database has forgotten may stand on chain, with a mint that the database no longer know. Whoever would make another here
    /// would make a second token; nor is a retry allowed to, which has another id.
    /// </summary>
    private async Task RejectIfLandedAsync(Deployment deployment, ChainTransaction transaction, CancellationToken cancellationToken)
    {
        // The payer may have been another before.
        var executed =
            await transactions.FindExecutedAsync(deployment.Agent.Id, transaction.Kind, transaction.WalletId, cancellationToken)
            ?? (
                deployment.IsPaidByOwner
                    ? await transactions.FindExecutedByOwnerAsync(deployment, transaction.Kind, cancellationToken)
                    : null
            );
        if (executed is not null)
        {
            throw new DeploymentImpossibleException(
                $"The chain shows that this was done before ({executed}), and the database has lost what it made. Nothing is made a second time."
            );
        }

        if (await work.OnChainTransactionsAsync(transaction.WalletId, [transaction.Id], cancellationToken) is [var rejected, ..])
        {
            throw new DeploymentImpossibleException($"The chain executed and rejected it: {rejected.Signature}.");
        }
    }

    private async Task<TransactionAttempt> BuildAsync(
        Deployment deployment,
        ChainTransaction transaction,
        DeploymentPlan plan,
        CancellationToken cancellationToken
    )
    {
        var number = transaction.AttemptNumber + 1;
        var genesis = await rpc.ReadAsync((client, stop) => client.GetGenesisHashAsync(stop), cancellationToken);
        var latest = await rpc.ReadAsync((client, stop) => client.GetLatestBlockhashAsync(cancellationToken: stop), cancellationToken);
        var price = await PriceAsync(deployment.Payer, cancellationToken);
        var message = DeploymentMessage.Build(plan, deployment.Payer, latest.Blockhash, price, transaction.Id, number);
        var bytes = message.Serialize();
        var fee = await FeeAsync(bytes, cancellationToken);
        var cost = new DeploymentCost(fee, plan.RentLamports, plan.VenueFeeLamports, plan.LiquidityLamports);
        if (deployment.IsPaidByOwner)
        {
            await ownerFunds.RequireAsync(deployment.Owner, cost, cancellationToken);
        }
        else
        {
            await ReserveAsync(deployment, transaction, cost, cancellationToken);
        }

        await SimulateAsync(message, latest.Slot, cancellationToken);
        return new TransactionAttempt
        {
            TransactionId = transaction.Id,
            Number = number,
            Status = AttemptStatus.Prepared,
            MessageBytes = bytes,
            Blockhash = latest.Blockhash.ToString(),
            LastValidBlockHeight = latest.LastValidBlockHeight,
            ContextSlot = latest.Slot,
            GenesisHash = genesis.ToString(),
            FeeLamportsMax = fee,
            Payer = deployment.Agent.DeploymentPayer,
            MintSignature =
                deployment.IsPaidByOwner && transaction.Kind == TransactionKind.TokenCreation
                    ? await mint.SignAsync(deployment, transaction.Id, message, cancellationToken)
                    : null,
            Terms = new DeploymentTerms(plan.Steps, cost).ToJson(),
            CreatedAt = time.GetUtcNow(),
        };
    }

    // The upper quartile of what landed lately with this payer's lock, within the ceiling.
    private async Task<ulong> PriceAsync(PublicKey payer, CancellationToken cancellationToken)
    {
        var recent = await rpc.ReadAsync((client, stop) => client.GetRecentPrioritizationFeesAsync([payer], stop), cancellationToken);
        return Math.Min(recent.UpperQuartile(), options.PriorityFeeMicroLamportsMax);
    }

    private async Task<ulong> FeeAsync(byte[] message, CancellationToken cancellationToken)
    {
        var fee = await rpc.ReadAsync((client, stop) => client.GetFeeForMessageAsync(message, cancellationToken: stop), cancellationToken);
        return fee.Value ?? throw new ChainNotReadyException("The node does not know the latest blockhash.");
    }

    private async Task ReserveAsync(
        Deployment deployment,
        ChainTransaction transaction,
        DeploymentCost cost,
        CancellationToken cancellationToken
    )
    {
        await work.SaveAsync(cancellationToken);
        var wallet = await work.LockWalletAsync(deployment.WalletId, cancellationToken);
        var minSlot = wallet.SettledSlot == 0 ? (ulong?)null : wallet.SettledSlot;
        var balance = await balances.ReadAsync(deployment.Payer, [], minSlot, cancellationToken);
        var result = await work.ReserveAsync(wallet, transaction.Id, balance, cost.TotalLamports(), cancellationToken);
        switch (result)
        {
            case WalletReservationResult.Reserved:
                return;
            case WalletReservationResult.MissingLamports missing:
                throw new DeploymentImpossibleException(
                    $"The deposit wallet {deployment.Payer} needs {missing.Needed} lamports (fee {cost.FeeLamports}, rent {cost.RentLamports}, "
                        + $"venue {cost.VenueFeeLamports}, liquidity {cost.LiquidityLamports}) and has {missing.Available} available: it lacks "
                        + $"{missing.Needed - missing.Available} lamports."
                );
            default:
                throw new InvalidOperationException($"The balance could not be compared with the ledger: {result}.");
        }
    }

    private async Task SimulateAsync(Message message, ulong minContextSlot, CancellationToken cancellationToken)
    {
        // Signatures are all missing: none is made for what would fail.
        var unsigned = new Transaction(message).Wire;
        var simulation = await rpc.ReadAsync(
            (client, stop) => client.SimulateTransactionAsync(unsigned, minContextSlot: minContextSlot, cancellationToken: stop),
            cancellationToken
        );
        if (simulation.Value is { Succeeded: false, Err: var err, Logs: var logs })
        {
            if (err == TransactionErr.BlockhashNotFound)
            {
                throw new ChainNotReadyException("The node does not know the latest blockhash.");
            }

            var last = logs.LastOrDefault(line => !line.Contains(" consumed ", StringComparison.Ordinal));
            throw new DeploymentImpossibleException(
                $"The chain would reject the transaction: {err}" + (last is null ? "." : $" ({last}).")
            );
        }
    }
}

/// <param name="Impossible">Why nothing could be prepared, for the owner; null on success.</param>
internal sealed record PreparationResult(Guid TransactionId, string? Impossible);
