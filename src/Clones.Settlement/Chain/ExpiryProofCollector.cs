using Clones.Settlement.Rules;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Chain;

/// <summary>
/// Collects the evidence for an expiry proof from every configured node, each asked by itself and in the order that makes the answers
/// mean something: first the height (told, and by whether the blockhash is still taken), then the signature, then the wallet's history, then how far back the node remembers.
/// </summary>
internal sealed class ExpiryProofCollector(RpcEndpoints rpc)
{
    private const int PagesMax = 500;

    public async Task<IReadOnlyList<NodeEvidence>> InvestigateAsync(AttemptFacts attempt, CancellationToken cancellationToken) =>
        await Task.WhenAll(rpc.All.Select(node => AskAsync(node, attempt, cancellationToken)));

    private async Task<NodeEvidence> AskAsync(IRpcClient node, AttemptFacts attempt, CancellationToken cancellationToken)
    {
        var evidence = new NodeEvidence { Endpoint = EndpointName.Of(node.Endpoint) };
        if (rpc.IsPaused(node))
        {
            // Its silence would hold up every proof; the others may be enough, and if not, there is a next time.
            return evidence with { Error = "it failed lately and is left alone for a while." };
        }
        try
        {
            var genesis = await node.GetGenesisHashAsync(cancellationToken);
            evidence = evidence with { GenesisHash = genesis.ToString() };
            var epoch = await node.GetEpochInfoAsync(Commitment.Finalized, cancellationToken: cancellationToken);
            evidence = evidence with { FinalizedSlot = epoch.AbsoluteSlot, FinalizedBlockHeight = epoch.BlockHeight };
            if (evidence.FinalizedBlockHeight < attempt.LastValidBlockHeight + ExpiryDecision.MarginOfTwo)
            {
                // It would be rejected in any case: spare the node the search.
                return evidence with { Error = $"its finalized block height {epoch.BlockHeight} is too low." };
            }

            var valid = await node.IsBlockhashValidAsync(attempt.Blockhash, Commitment.Processed, attempt.ContextSlot, cancellationToken);
            evidence = evidence with { BlockhashValid = valid.Value };
            var final = await node.IsBlockhashValidAsync(attempt.Blockhash, Commitment.Finalized, attempt.ContextSlot, cancellationToken);
            evidence = evidence with { BlockhashValidFinalized = final.Value };
            if (attempt.Signature is { } signature)
            {
                var statuses = await node.GetSignatureStatusesAsync([signature], searchTransactionHistory: true, cancellationToken);
                evidence = evidence with { StatusSlot = statuses.Slot };
                if (statuses.Value[0] is { } status)
                {
                    return evidence with { Sighting = $"signature at slot {status.Slot}, {status.ConfirmationStatus}" };
                }
            }

            evidence = await ScanHistoryAsync(node, attempt, evidence, cancellationToken);
            return evidence with { FirstAvailableBlock = await node.GetFirstAvailableBlockAsync(cancellationToken) };
        }
        catch (RpcException e)
        {
            // Not answered is not "not found".
            return evidence with { Error = e.Diagnosis };
        }
    }

    private static async Task<NodeEvidence> ScanHistoryAsync(
        IRpcClient node,
        AttemptFacts attempt,
        NodeEvidence evidence,
        CancellationToken cancellationToken
    )
    {
        var history = new AddressHistory(node, attempt.Wallet, Commitment.Finalized, evidence.FinalizedSlot, PagesMax);
        await foreach (var entry in history.ReadAsync(attempt.ContextSlot, cancellationToken))
        {
            switch (await InspectAsync(node, attempt, entry, cancellationToken))
            {
                case true:
                    return evidence with
                    {
                        HistoryEntriesScanned = history.Count,
                        Sighting = $"history of the wallet at slot {entry.Slot}: {entry.Signature}",
                    };
                case null:
                    return evidence with
                    {
                        HistoryEntriesScanned = history.Count,
                        Error = $"it lists {entry.Signature} with the memo of the transaction and does not show it.",
                    };
            }
        }
        // A wallet that pays was paid once: an empty history shows a node without an index of addresses.
        return evidence with
        {
            HistoryEntriesScanned = history.Count,
            HistoryReachesAttempt = history.End is HistoryEnd.AtSlot or HistoryEnd.Whole,
        };
    }

    /// <summary>
    /// Whether an entry is the attempt, or another of its transaction: anybody can write a memo into what they pay themselves, and name the wallet
    /// in it, so a memo counts only where the wallet paid. What an owner's wallet made of the message and the chain rejected is over.
    /// </summary>
    /// <returns>Null where the node does not say who paid.</returns>
    private static async Task<bool?> InspectAsync(
        IRpcClient node,
        AttemptFacts attempt,
        SignatureInfo entry,
        CancellationToken cancellationToken
    )
    {
        if (!TransactionMemo.Mentions(entry.Memo, attempt.TransactionId) || (attempt.Signature is null && entry.Err is not null))
        {
            return attempt.IsSignedBy(entry.Signature);
        }
        if (attempt.IsSignedBy(entry.Signature))
        {
            return true;
        }

        var detail = await TransactionLookup.AskAsync(node, entry.Signature, entry.Slot, cancellationToken);
        return TransactionLookup.PayerOf(detail) switch
        {
            null => null,
            // Ours are of versions that can be read: this is none of them, but the wallet's key made it, and it says that it is.
            { } payer when payer == attempt.Wallet => detail!.Unparsed is null ? true : null,
            _ => false,
        };
    }
}
