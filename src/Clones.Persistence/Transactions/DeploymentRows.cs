using Clones.Domain.Transactions;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Transactions;

public static class DeploymentRows
{
    /// <returns>The agent's transactions that have not failed or been cancelled, locked and tracked.</returns>
    public static async Task<IReadOnlyList<ChainTransaction>> LockDeploymentAsync(
        this ClonesDbContext db,
        Guid agentId,
        CancellationToken cancellationToken
    ) =>
        await db
            .Transactions.FromSql(
                SqlText.In(
                    $"SELECT * FROM transactions WHERE agent_id = {agentId} AND status NOT IN {StatusLists.EndsWithoutEffect} FOR UPDATE"
                )
            )
            .ToListAsync(cancellationToken);
}
