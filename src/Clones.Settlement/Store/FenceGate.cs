using Clones.Persistence;
using Clones.Persistence.Ledger;
using Clones.Settlement.Rules;

namespace Clones.Settlement.Store;

/// <summary>Where signers, of payments and of deployments, ask whether they may.</summary>
internal static class FenceGate
{
    /// <summary>In the open database transaction, which stores what is signed: where it is open, it stays open until that ends.</summary>
    /// <param name="walletId">The deposit wallet whose history must be known: it pays, or may have paid for the same before.</param>
    public static async Task<SigningPermit> AskAsync(
        ClonesDbContext db,
        DatabaseHeartbeat heartbeat,
        Guid walletId,
        CancellationToken cancellationToken
    )
    {
        var seen = heartbeat.Seen;
        var fence = await db.HoldFenceAsync(cancellationToken);
        var compared = fence is { IsOpen: false } ? await db.ComparedRaisingAsync(walletId, cancellationToken) : null;
        var permit = SigningPermit.Decide(fence, seen, compared);
        if (fence is not null && fence.Heartbeat > seen)
        {
            heartbeat.Note(fence.Heartbeat);
        }
        return permit;
    }
}
