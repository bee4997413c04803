using Clones.Persistence;
using Clones.Persistence.Ledger;

namespace Clones.Workers.Settlement;

/// <summary>Where signers, of payments and of deployments, ask whether they may.</summary>
internal static class FenceGate
{
    /// <summary>In the open database transaction, which stores what is signed: where it is open, it stays open until that ends.</summary>
    public static async Task<SigningPermit> AskAsync(ClonesDbContext db, DatabaseHeartbeat heartbeat, CancellationToken cancellationToken)
    {
        var seen = heartbeat.Seen;
        var fence = await db.HoldFenceAsync(cancellationToken);
        var permit = SigningPermit.Decide(fence, seen);
        if (fence is not null && fence.Heartbeat > seen)
        {
            heartbeat.Note(fence.Heartbeat);
        }
        return permit;
    }
}
