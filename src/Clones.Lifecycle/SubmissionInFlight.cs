namespace Clones.Lifecycle;

/// <summary>Something of an agent that may still land, or has landed and is being read: an event has to wait for it.</summary>
/// <param name="Words">What it is and how it stands, for people.</param>
/// <param name="LastValidBlockHeight">The last block height at which it can land; null where it has landed.</param>
/// <param name="PossibleAtBlockHeight">
/// The finalized block height from which on its expiry can be proven, unless it lands; null where it has landed.
/// </param>
internal sealed record SubmissionInFlight(string Words, ulong? LastValidBlockHeight = null, ulong? PossibleAtBlockHeight = null)
{
    /// <summary>What to do about it.</summary>
    public string Advice =>
        PossibleAtBlockHeight is { } height
            ? $"It can land up to block height {LastValidBlockHeight}. Ask again when the finalized block height is {height}; "
                + "if it has landed by then, the agent has moved on instead."
            : "Ask again in a moment: the agent moves on by what the chain shows.";
}
