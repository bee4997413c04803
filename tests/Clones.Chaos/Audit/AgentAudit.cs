using Clones.Domain.Transactions;

namespace Clones.Chaos.Audit;

/// <summary>One mint and one liquidity pool for each agent at the most, and a status that says what the chain says.</summary>
internal static class AgentAudit
{
    public static IEnumerable<string> Of(Evidence evidence)
    {
        var succeeded = evidence
            .Entries.Where(e => e is { Succeeded: true, TransactionId: not null })
            .Select(e => e.TransactionId!.Value)
            .ToLookup(id => id);
        foreach (var agent in evidence.Database.Agents)
        {
            var mints = Landed(TransactionKind.TokenCreation);
            var liquidityPools = Landed(TransactionKind.PoolCreation);
            if (mints > 1 || liquidityPools > 1)
            {
                yield return $"agent {agent.CorrelationId} has {mints} mints and {liquidityPools} liquidity pools on chain";
            }
            var (tokenDue, poolDue) = agent.CurrentState switch
            {
                "Deployed" or "Deactivated" => (1, 1),
                "TokenCreated" or "PendingPoolSignature" => (1, 0),
                "Draft" or "PendingTokenSignature" => (0, 0),
                _ => (mints, liquidityPools),
            };
            if ((mints, liquidityPools) != (tokenDue, poolDue))
            {
                yield return $"agent {agent.CorrelationId} is {agent.CurrentState} with {mints} mints and {liquidityPools} liquidity pools on chain";
            }
            foreach (var address in new[] { agent.TokenMint, agent.LiquidityPoolAddress }.OfType<string>())
            {
                if (!evidence.LivingAccounts.Contains(address))
                {
                    yield return $"agent {agent.CorrelationId} names {address}, which is not on chain";
                }
            }

            int Landed(TransactionKind kind) =>
                evidence
                    .Database.Transactions.Where(t => t.AgentId == agent.CorrelationId && t.Kind == kind)
                    .Sum(t => succeeded[t.Id].Count());
        }
    }
}
