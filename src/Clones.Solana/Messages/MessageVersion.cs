namespace Clones.Solana.Messages;

public enum MessageVersion
{
    Legacy,
    V0,

    /// <summary>Read, and not built here: see <see cref="MessageVersions.Highest"/>.</summary>
    V1,
}

public static class MessageVersions
{
    /// <summary>The highest that is read here, as a node is asked for: it does not show transactions of a higher one.</summary>
    public const int Highest = 1;
}
