namespace Clones.Solana.Rpc;

/// <summary>How sure the cluster is of a block. The order is that of growing certainty.</summary>
public enum Commitment
{
    /// <summary>One node has executed it; it may vanish.</summary>
    Processed,

    /// <summary>Two thirds of the stake have voted for it; it has been rolled back only in theory.</summary>
    Confirmed,

    /// <summary>Rooted: it cannot vanish.</summary>
    Finalized,
}

internal static class CommitmentNames
{
    public static string ToRpcName(this Commitment commitment) =>
        commitment switch
        {
            Commitment.Processed => "processed",
            Commitment.Confirmed => "confirmed",
            Commitment.Finalized => "finalized",
            _ => throw new ArgumentOutOfRangeException(nameof(commitment)),
        };

    public static Commitment Parse(string? name) =>
        name switch
        {
            "processed" => Commitment.Processed,
            "confirmed" => Commitment.Confirmed,
            "finalized" => Commitment.Finalized,
            _ => throw new FormatException("A commitment is unknown."),
        };
}
