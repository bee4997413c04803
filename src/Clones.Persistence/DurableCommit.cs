using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence;

/// <summary>What others act on outside the database (a signature that is sent, a payment that is promised) must be on disk before they do.</summary>
public static class DurableCommit
{
    /// <summary>The statement of <see cref="CommitDurablyAsync"/>, for whoever sends several at once.</summary>
    internal const string Statement =
        "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'";

    /// <summary>
    /// The open database transaction is on disk once its commit returns, whatever the server is set to. With <c>synchronous_commit = off</c> a
    /// server that dies forgets what it had committed a moment before: the payment would be signed again. Stronger settings stay.
    /// </summary>
    public static Task CommitDurablyAsync(this ClonesDbContext db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlRawAsync(Statement, cancellationToken);
}
