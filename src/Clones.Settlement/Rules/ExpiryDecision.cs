using Clones.Solana.Rpc;

namespace Clones.Settlement.Rules;

/// <summary>Whether the evidence proves that an attempt can never land. Pure: every condition of the expiry proof is here.</summary>
public abstract record ExpiryDecision
{
    /// <summary>Blocks beyond the last valid one that must be finalized where two or more nodes agree.</summary>
    public const ulong MarginOfTwo = 32;

    /// <summary>The same with a single node, which nobody can contradict.</summary>
    public const ulong MarginOfOne = 150;

    private ExpiryDecision() { }

    public sealed record Expired(ulong Margin) : ExpiryDecision;

    /// <summary>Evidence is missing or too weak: no signing, ask again later.</summary>
    /// <param name="Reason">For anybody: it names no node.</param>
    /// <param name="Diagnosis">For operators: what each node lacks.</param>
    public sealed record NotProven(string Reason, string Diagnosis) : ExpiryDecision;

    /// <summary>A node has seen it (or another attempt of the same transaction): it lives, or has landed.</summary>
    /// <inheritdoc cref="NotProven"/>
    public sealed record Seen(string Reason, string Diagnosis) : ExpiryDecision;

    public static ulong MarginFor(int nodes) => nodes >= 2 ? MarginOfTwo : MarginOfOne;

    public static ExpiryDecision Decide(AttemptFacts attempt, IReadOnlyList<NodeEvidence> nodes)
    {
        if (nodes.Count == 0)
        {
            return new NotProven("No node is configured.", "No node is configured.");
        }

        // A sighting by any one vetoes, whatever else is missing.
        if (nodes.FirstOrDefault(n => n.Sighting is not null) is { } witness)
        {
            return new Seen($"It was seen after all: {witness.Sighting}", $"{witness.Endpoint}: {witness.Sighting}");
        }

        // One true witness is enough, and of three nodes at most one lies: so a majority, and never fewer than two where two are configured.
        var margin = MarginFor(nodes.Count);
        var weaknesses = nodes.Select(n => (n.Endpoint, Text: Weakness(attempt, n, margin))).Where(w => w.Text is not null).ToList();
        return nodes.Count - weaknesses.Count >= Quorum(nodes.Count)
            ? new Expired(margin)
            : new NotProven(
                "It is not proved yet that it can never land.",
                string.Join(" ", weaknesses.Select(w => $"{w.Endpoint}: {w.Text}"))
            );
    }

    /// <summary>How many complete witnesses an expiry proof needs: all of one or two nodes, the majority of more.</summary>
    public static int Quorum(int nodes) => nodes <= 2 ? nodes : nodes / 2 + 1;

    private static string? Weakness(AttemptFacts attempt, NodeEvidence node, ulong margin)
    {
        if (node.Error is not null)
        {
            return node.Error;
        }
        if (node.GenesisHash != attempt.GenesisHash)
        {
            return "it belongs to another cluster.";
        }
        if (node.FinalizedBlockHeight < attempt.LastValidBlockHeight + margin)
        {
            return $"its finalized block height {node.FinalizedBlockHeight} is below {attempt.LastValidBlockHeight} + {margin}.";
        }
        if (node.BlockhashValid != false)
        {
            return "it still takes the attempt's blockhash, whatever its height, or did not answer.";
        }
        if (node.BlockhashValidFinalized != false)
        {
            return "its newest finalized block would still take the attempt's blockhash, or it did not say.";
        }
        if (attempt.Signature is not null && node.StatusSlot < node.FinalizedSlot)
        {
            return "it answered about the signature from a slot before its finalized one.";
        }
        if (!node.HistoryReachesAttempt)
        {
            return "its history of the wallet does not reach back to the attempt.";
        }
        return node.FirstAvailableBlock > attempt.ContextSlot
            ? $"it keeps blocks from slot {node.FirstAvailableBlock} only; the attempt is of slot {attempt.ContextSlot}."
            : null;
    }
}

/// <summary>What must be known of an attempt to look for it.</summary>
/// <param name="Signature">Null where only an owner knows whether it was signed: it is looked for by its memo then.</param>
/// <param name="Wallet">The paying wallet.</param>
/// <param name="ContextSlot">It cannot have landed before this slot.</param>
/// <param name="MessageBytes">What was to be signed, where <paramref name="Signature"/> is not known.</param>
public sealed record AttemptFacts(
    Guid TransactionId,
    int Number,
    Clones.Solana.Primitives.Signature? Signature,
    Clones.Solana.Primitives.PublicKey Wallet,
    ulong LastValidBlockHeight,
    ulong ContextSlot,
    string GenesisHash,
    Clones.Solana.Primitives.Blockhash Blockhash,
    byte[]? MessageBytes = null
)
{
    /// <summary>Whether this is the paying wallet's signature over the attempt's message, and so its id on chain.</summary>
    public bool IsSignedBy(Clones.Solana.Primitives.Signature signature) =>
        signature == Signature || (MessageBytes is not null && Clones.Solana.Primitives.Ed25519.Verify(Wallet, MessageBytes, signature));
}

/// <summary>What one node said, in the order in which it was asked. Stored with the expiry proof.</summary>
public sealed record NodeEvidence
{
    /// <summary>As <see cref="EndpointName"/> shows it.</summary>
    public required string Endpoint { get; init; }
    public string? GenesisHash { get; init; }
    public ulong FinalizedSlot { get; init; }
    public ulong FinalizedBlockHeight { get; init; }

    /// <summary>Whether its newest block would still take the attempt's blockhash: a second word on the height, against a node that overstates it.</summary>
    public bool? BlockhashValid { get; init; }

    /// <summary>
    /// The same of its newest finalized block. Once that rejects the blockhash, every block that could have held the attempt is final, and the
    /// history below shows it: this holds even where the last valid height was told wrong when the attempt was signed.
    /// </summary>
    public bool? BlockhashValidFinalized { get; init; }

    /// <summary>Slot from which it answered null about the signature; 0 where none is known that could be asked for.</summary>
    public ulong StatusSlot { get; init; }
    public int HistoryEntriesScanned { get; init; }

    /// <summary>Whether the history was read back past the attempt's slot, or to its very beginning.</summary>
    public bool HistoryReachesAttempt { get; init; }
    public ulong FirstAvailableBlock { get; init; }

    /// <summary>Where the transaction was seen; null where it was not.</summary>
    public string? Sighting { get; init; }

    /// <summary>Why the node could not be asked to the end; null where it could.</summary>
    public string? Error { get; init; }
}
