using Clones.Domain.Transactions;
using Clones.Settlement.Store;

namespace Clones.Settlement.Deployments;

/// <summary>
/// What the chain shows of an agent's deployment under the name of any of its transactions. A restored database has forgotten some of them,
/// with the mint that they made, and counts from a lower ordinal than the one that landed.
/// </summary>
internal sealed class EarlierExecutions(IDeploymentWork work, OwnerTransactionFinder owners)
{
    /// <summary>So many transactions of one agent and kind may have been forgotten.</summary>
    private const int ForgottenMax = 1_000;

    /// <returns>Signature of a finalized, executed transaction, base58; null where the wallet's history, as far as it was read, has none.</returns>
    public async Task<string?> ExecutedAsync(Guid agentId, TransactionKind kind, Guid walletId, CancellationToken cancellationToken)
    {
        var ids = await IdsAsync(agentId, kind, cancellationToken);
        var landings = await work.LandingsAsync(walletId, ids, cancellationToken);
        return landings.FirstOrDefault(l => l.Error is null)?.Signature;
    }

    /// <summary>The same by the history of an owner who pays, which nobody reads before it is asked for.</summary>
    public async Task<string?> ExecutedByOwnerAsync(Deployment deployment, TransactionKind kind, CancellationToken cancellationToken) =>
        await owners.ExecutedAsync(
            deployment.Owner,
            await IdsAsync(deployment.Agent.Id, kind, cancellationToken),
            deployment.Agent.CreatedAt,
            cancellationToken
        );

    /// <summary>Of every transaction that the agent has, or may have had before the database forgot it.</summary>
    private async Task<List<Guid>> IdsAsync(Guid agentId, TransactionKind kind, CancellationToken cancellationToken)
    {
        var known = await work.TransactionIdsAsync(agentId, kind, cancellationToken);
        return
        [
            .. Enumerable
                .Range(1, known.Count + ForgottenMax)
                .Select(ordinal => TransactionIds.OfDeployment(agentId, kind, ordinal))
                .Union(known),
        ];
    }
}
