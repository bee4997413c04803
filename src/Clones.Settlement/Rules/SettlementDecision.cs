namespace Clones.Settlement.Rules;

/// <summary>What settlement concludes from what the nodes say of one live attempt. Silence is a state, not a failure.</summary>
public abstract record SettlementDecision
{
    private SettlementDecision() { }

    /// <summary>The end: executed, at commitment finalized.</summary>
    public sealed record Finalized(ulong Slot) : SettlementDecision;

    /// <summary>The end: executed and rejected, at commitment finalized.</summary>
    public sealed record Failed(ulong Slot, string Error) : SettlementDecision;

    /// <summary>Progress; may be rolled back.</summary>
    public sealed record Confirmed(ulong Slot) : SettlementDecision;

    /// <summary>Wait; send the same bytes again where no node has them.</summary>
    public sealed record InFlight(bool SendAgain) : SettlementDecision;

    /// <summary>No node has it and the blockhash is long over: ask for the expiry proof. Not a proof by itself.</summary>
    public sealed record SeemsExpired : SettlementDecision;

    /// <summary>Nodes report different ends.</summary>
    public sealed record Contradiction(string Reason) : SettlementDecision;

    /// <summary>No node answered.</summary>
    public sealed record NoAnswer : SettlementDecision;

    /// <param name="sightings">One per configured node.</param>
    /// <param name="finalizedBlockHeight">Null where it could not be read.</param>
    /// <param name="lastValidBlockHeight">Of the attempt's blockhash.</param>
    public static SettlementDecision Decide(IReadOnlyList<Sighting> sightings, ulong? finalizedBlockHeight, ulong lastValidBlockHeight)
    {
        if (sightings.All(s => s.Kind == SightingKind.Unanswered))
        {
            return new NoAnswer();
        }

        // A node may lie or be confused: the end is believed from two, where two are configured, and from more than tell another.
        var needed = Math.Min(2, sightings.Count);
        var ends = sightings
            .Where(s => s.Kind == SightingKind.Finalized)
            .GroupBy(s => (s.Slot, s.Error))
            .OrderByDescending(end => end.Count())
            .ToList();
        var answers = ends.Sum(end => end.Count());
        if (ends.Count > 0 && ends[0].Count() >= needed && 2 * ends[0].Count() > answers)
        {
            var (slot, error) = ends[0].Key;
            return error is null ? new Finalized(slot) : new Failed(slot, error);
        }
        if (ends.Count > 1)
        {
            return new Contradiction(
                "Nodes disagree about how the transaction ended: "
                    + string.Join(", ", ends.Select(e => $"slot {e.Key.Slot} {e.Key.Error ?? "success"}"))
                    + "."
            );
        }

        // An error before finalized means nothing yet: the other fork may hold the success.
        if (sightings.FirstOrDefault(s => s.Kind is SightingKind.Confirmed or SightingKind.Finalized && s.Error is null) is { } confirmed)
        {
            return new Confirmed(confirmed.Slot);
        }
        if (sightings.Any(s => s.Kind is SightingKind.Processed or SightingKind.Confirmed or SightingKind.Finalized))
        {
            return new InFlight(SendAgain: false);
        }
        if (finalizedBlockHeight is { } height && height >= lastValidBlockHeight + ExpiryDecision.MarginFor(sightings.Count))
        {
            return new SeemsExpired();
        }
        return new InFlight(SendAgain: finalizedBlockHeight is null || finalizedBlockHeight <= lastValidBlockHeight);
    }
}

public enum SightingKind
{
    /// <summary>An error, a timeout, a rate limit: says nothing.</summary>
    Unanswered,

    /// <summary>The node answered null: it does not know the signature, which proves nothing.</summary>
    Unknown,
    Processed,
    Confirmed,
    Finalized,
}

/// <param name="Slot">0 unless seen.</param>
/// <param name="Error">Null unless the chain rejected it.</param>
public sealed record Sighting(SightingKind Kind, ulong Slot = 0, string? Error = null);
