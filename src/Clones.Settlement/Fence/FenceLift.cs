using Clones.Persistence.Ledger;
using Clones.Settlement.Adoption;
using Clones.Settlement.Chain;
using Clones.Settlement.Ledger;
using Clones.Settlement.Rules;
using Clones.Settlement.Store;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Fence;

/// <summary>
/// Raises the fence where the database is not the one that it was, and opens it again when the chain has been read. A wallet may sign when nothing
/// that was signed before can still land, its history is stored and adds up to its balance, and what stands on chain is in the database. Each wallet
/// is let through by itself, so that one that cannot be compared holds back nobody else; with the last of them the fence is open.
/// </summary>
public sealed class FenceLift(
    ILedgerStore ledger,
    ISettlementStore settlement,
    HorizonReader horizons,
    LedgerReader reader,
    TransactionAdoption adoption,
    SettlementRules rules,
    DatabaseHeartbeat heartbeat,
    RpcEndpoints rpc,
    ILogger<FenceLift> log
)
{
    /// <summary>A blockhash lives so many blocks: what was signed a moment before the fence was raised may land until then.</summary>
    private const ulong BlockhashLife = 150;

    /// <summary>Read together: their balances fit into one request, unless they have several tokens each.</summary>
    private const int WalletsAtOnce = 50;
    private const int WalletsNamedMax = 5;

    /// <summary>Looks whether this is still the same database, and raises the fence where it is not.</summary>
    public async Task<FenceReading> WatchAsync(CancellationToken cancellationToken)
    {
        var seen = heartbeat.Seen;
        var fence = await ledger.ReadFenceAsync(cancellationToken);
        if (!SigningPermit.MustRaise(fence, seen))
        {
            heartbeat.Record(fence.Heartbeat);
            return fence;
        }

        var reason = SigningPermit.Decide(fence, seen).Closed!;
        reason = char.ToUpperInvariant(reason[0]) + reason[1..];
        if (await ledger.RaiseFenceAsync(reason, held: false, fence.Raising, cancellationToken))
        {
            log.LogError("The signing fence is raised, nothing is signed until the chain has been read: {Reason}", reason);
        }
        heartbeat.Restart(fence.Heartbeat);
        return await ledger.ReadFenceAsync(cancellationToken);
    }

    /// <summary>One try to open it.</summary>
    /// <exception cref="RpcException">No node answered.</exception>
    /// <exception cref="HistoryUnresolvedException">Too few nodes report the same.</exception>
    public async Task<FenceProgress> TryAsync(CancellationToken cancellationToken)
    {
        var fence = await WatchAsync(cancellationToken);
        if (fence.IsOpen)
        {
            return new FenceProgress(true, "It is open.");
        }

        var (horizon, state) = await PassHeightAsync(fence, cancellationToken);
        if (horizon is null)
        {
            return new FenceProgress(false, state);
        }

        var adopted = await CompareAsync(fence, horizon, cancellationToken);
        var waiting = await ledger.FencedAsync(fence.Raising, cancellationToken);
        if (waiting.Count > 0)
        {
            return new FenceProgress(false, $"{waiting.Count} wallets are held back. {TextOf(waiting)}");
        }
        if (fence.Held)
        {
            return new FenceProgress(false, "The chain has been read; it is held by hand (./clones fence release).");
        }
        if (!await ledger.OpenFenceAsync(fence, cancellationToken))
        {
            return new FenceProgress(false, "It was raised again meanwhile.");
        }
        log.LogWarning(
            "The signing fence is open: every wallet was read up to slot {Slot} or later, {Adopted} transactions were found on chain at last",
            horizon.Slot,
            adopted
        );
        return new FenceProgress(true, $"Every wallet was read, {adopted} transactions were found on chain at last.");
    }

    /// <summary>Whether what was signed before the fence was raised can no longer land: it has expired, or is final.</summary>
    /// <returns>How far the chain is final then; null while it is not past the height of the fence, and what is missing.</returns>
    /// <inheritdoc cref="TryAsync" path="/exception"/>
    public async Task<(FinalizedHorizon? Horizon, string State)> PassHeightAsync(FenceReading fence, CancellationToken cancellationToken)
    {
        var margin = ExpiryDecision.MarginFor(rpc.All.Count);
        if (fence.BlockHeight is not { } height)
        {
            height = await HighestAsync(cancellationToken) + BlockhashLife;
            await ledger.SetFenceHeightAsync(fence.Raising, height, cancellationToken);
            return (null, $"The finalized block height must pass {height + margin}.");
        }

        var horizon = await horizons.ReadAsync(cancellationToken);
        return horizon.BlockHeight < height + margin
            ? (null, $"The finalized block height is {horizon.BlockHeight} and must pass {height + margin}.")
            : (horizon, "It is past.");
    }

    /// <summary>Reads the wallets that are held back, and lets those through whose ledger adds up.</summary>
    /// <returns>How many transactions were taken over.</returns>
    private async Task<int> CompareAsync(FenceReading fence, FinalizedHorizon horizon, CancellationToken cancellationToken)
    {
        var margin = ExpiryDecision.MarginFor(rpc.All.Count);
        var adopted = 0;
        var fenced = (await ledger.FencedAsync(fence.Raising, cancellationToken)).ToDictionary(w => w.Id);
        foreach (var ids in fenced.Keys.Chunk(WalletsAtOnce))
        {
            var wallets = await ledger.WalletsAsync(ids, cancellationToken);
            await foreach (var (wallet, comparison) in reader.ReadAsync(wallets, horizon.Slot, cancellationToken))
            {
                if (!rules.MayLetThrough(comparison))
                {
                    await ledger.SaveComparisonAsync(wallet.Id, ReasonOf(comparison), cancellationToken);
                    continue;
                }
                try
                {
                    adopted += await adoption.AdoptAllAsync(settlement, wallet.Id, horizon.BlockHeight, margin, cancellationToken);
                }
                catch (Exception e) when (e is FormatException or InvalidOperationException or OverflowException)
                {
                    // What is stored of this wallet cannot be worked with: that is nobody else's failure.
                    log.LogError(e, "What stands on chain of wallet {Wallet} could not be taken over", wallet.Address);
                    await ledger.SaveComparisonAsync(
                        wallet.Id,
                        $"What stands on chain could not be taken over: {e.Message}",
                        cancellationToken
                    );
                    continue;
                }
                await ledger.LetThroughAsync(wallet.Id, fence, acceptedReason: null, difference: null, cancellationToken);
            }
        }
        return adopted;
    }

    /// <summary>
    /// An operator lets one wallet sign although its ledger does not add up. It is read and compared once more: what nobody has looked into is no
    /// difference that could be accepted.
    /// </summary>
    /// <returns>Whether it may sign now, and what was found.</returns>
    /// <inheritdoc cref="TryAsync" path="/exception"/>
    public async Task<FenceProgress> LetThroughByHandAsync(
        FenceReading fence,
        Guid walletId,
        string acceptedReason,
        CancellationToken cancellationToken
    )
    {
        var (horizon, state) = await PassHeightAsync(fence, cancellationToken);
        if (horizon is null)
        {
            return new FenceProgress(false, $"What was signed before may still land. {state}");
        }

        var wallets = await ledger.WalletsAsync([walletId], cancellationToken);
        await foreach (var (_, comparison) in reader.ReadAsync(wallets, horizon.Slot, cancellationToken))
        {
            if (comparison is LedgerComparison.Unresolved)
            {
                return new FenceProgress(false, $"It cannot be compared now. {ReasonOf(comparison)}");
            }
            var difference = ReasonOf(comparison);
            return await ledger.LetThroughAsync(walletId, fence, acceptedReason, difference, cancellationToken)
                ? new FenceProgress(true, difference ?? "It adds up.")
                : new FenceProgress(false, "The fence was raised again meanwhile.");
        }
        return new FenceProgress(false, "There is no such wallet.");
    }

    private static string? ReasonOf(LedgerComparison comparison) =>
        comparison switch
        {
            LedgerComparison.Differs differs => differs.Reason,
            LedgerComparison.Unresolved unresolved => unresolved.Reason,
            _ => null,
        };

    private static string TextOf(IReadOnlyList<FencedWallet> wallets) =>
        string.Join(" ", wallets.Take(WalletsNamedMax).Select(w => $"{w.Address}: {w.Reason ?? "not compared yet."}"))
        + (wallets.Count > WalletsNamedMax ? " .." : "");

    /// <summary>The highest block height that any node tells: no attempt can have been signed with a younger blockhash.</summary>
    private async Task<ulong> HighestAsync(CancellationToken cancellationToken)
    {
        var answers = await rpc.All.AnswersAsync(node =>
            node.GetBlockHeightAsync(Commitment.Processed, cancellationToken: cancellationToken)
        );
        return answers.Count >= Math.Min(2, rpc.All.Count)
            ? answers.Max()
            : throw new HistoryUnresolvedException($"{answers.Count} of {rpc.All.Count} nodes report the height of the chain.");
    }
}

/// <param name="State">For people.</param>
public sealed record FenceProgress(bool IsOpen, string State);
