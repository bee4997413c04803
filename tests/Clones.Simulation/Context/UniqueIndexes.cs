using Clones.Domain.Agents;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Simulation.Store;

namespace Clones.Simulation.Context;

/// <summary>The keys and unique indexes of the tables that deployments write to.</summary>
internal static class UniqueIndexes
{
    /// <exception cref="DatabaseFailure">What the session wants to commit breaks one of them.</exception>
    public static void Check(Database database, ContextSession session)
    {
        var transactions = View<ChainTransaction>();
        var attempts = View<TransactionAttempt>();
        Refuse("primary key of transactions", transactions, t => t.Id);
        Refuse("primary key of transaction_attempts", attempts, a => (a.TransactionId, a.Number));
        Refuse("primary key of mint_keys", View<EncryptedMintKey>(), k => k.AgentId);
        Refuse("primary key of agent_transitions", View<AgentTransition>(), t => (t.AgentId, t.Sequence));
        if (!database.Faults.WithoutUniqueIndexes)
        {
            Refuse("ux_transaction_attempts_one_live", attempts.Where(a => a.MayLand()), a => a.TransactionId);
            Refuse("ix_transaction_attempts_signature", attempts.Where(a => a.Signature is not null), a => a.Signature!);
            Refuse(
                "ux_transactions_one_per_agent_and_kind",
                transactions.Where(t => t.AgentId is not null && t.Status is not (TransactionStatus.Failed or TransactionStatus.Cancelled)),
                t => (t.AgentId, t.Kind)
            );
        }

        List<T> View<T>() => [.. ContextSession.View(typeof(T), database, session).Cast<T>()];
    }

    private static void Refuse<T, TKey>(string index, IEnumerable<T> rows, Func<T, TKey> key)
    {
        if (rows.GroupBy(key).Any(g => g.Skip(1).Any()))
        {
            throw new DatabaseFailure(index);
        }
    }
}
