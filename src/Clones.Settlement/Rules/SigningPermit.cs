using Clones.Persistence.Ledger;

namespace Clones.Settlement.Rules;

/// <summary>Whether anything may be signed now. Pure.</summary>
/// <param name="Closed">Why not, for people; null where it may.</param>
public sealed record SigningPermit(string? Closed)
{
    public static readonly SigningPermit Open = new((string?)null);

    public bool IsOpen => Closed is null;

    /// <param name="fence">Null where there is none.</param>
    /// <param name="heartbeatSeen">The highest that this process had seen before it asked.</param>
    /// <param name="comparedRaising">
    /// The last raising of the fence after which the ledger of the wallet in question added up to its balance: a raised fence holds back only
    /// wallets that were not compared since. Null where there is none, or no wallet is in question.
    /// </param>
    public static SigningPermit Decide(FenceReading? fence, long heartbeatSeen, long? comparedRaising = null) =>
        fence switch
        {
            null => new SigningPermit("this database was never compared with the chain."),
            { IsHere: false } => new SigningPermit("this database was restored from a backup, copied or failed over."),
            _ when fence.Heartbeat < heartbeatSeen => new SigningPermit("this database has gone back in time."),
            { IsOpen: false, Held: false } when comparedRaising == fence.Raising => Open,
            { IsOpen: false } => new SigningPermit(fence.Reason ?? "it was raised."),
            _ => Open,
        };

    /// <summary>Whether the fence must be raised (again) for what was found, apart from being raised already for something else.</summary>
    public static bool MustRaise(FenceReading fence, long heartbeatSeen) => !fence.IsHere || fence.Heartbeat < heartbeatSeen;
}
