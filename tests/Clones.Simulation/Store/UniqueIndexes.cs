using Clones.Domain.Agents;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;

namespace Clones.Simulation.Store;

/// <summary>The keys and unique indexes of the tables, asked about the rows that a database transaction has written.</summary>
internal static class UniqueIndexes
{
    /// <exception cref="DatabaseFailure">One of them rejects what was written.</exception>
    public static void Check(TrackedRows rows, IReadOnlyCollection<TrackedRows.Entry> written, bool onlyKeys)
    {
        foreach (var entry in written)
        {
            switch (entry)
            {
                case TrackedRows.Entry<ChainTransaction> { Saved: var t }:
                    Reject("primary key of transactions", rows.All<ChainTransaction>().Count(o => o.Id == t.Id));
                    if (!onlyKeys && t.AgentId is not null && IsOne(t))
                    {
                        Reject(
                            "ux_transactions_one_per_agent_and_kind",
                            rows.All<ChainTransaction>().Count(o => o.AgentId == t.AgentId && o.Kind == t.Kind && IsOne(o))
                        );
                    }
                    break;
                case TrackedRows.Entry<TransactionAttempt> { Saved: var a }:
                    var own = rows.All<TransactionAttempt>().Where(o => o.TransactionId == a.TransactionId).ToList();
                    Reject("primary key of transaction_attempts", own.Count(o => o.Number == a.Number));
                    if (!onlyKeys)
                    {
                        Reject("ux_transaction_attempts_one_live", a.MayLand() ? own.Count(o => o.MayLand()) : 0);
                        Reject(
                            "ix_transaction_attempts_signature",
                            a.Signature is null ? 0 : rows.All<TransactionAttempt>().Count(o => o.Signature == a.Signature)
                        );
                    }
                    break;
                case TrackedRows.Entry<EncryptedMintKey> { Saved: var key }:
                    Reject("primary key of mint_keys", rows.All<EncryptedMintKey>().Count(o => o.AgentId == key.AgentId));
                    break;
                case TrackedRows.Entry<AgentTransition> { Saved: var t }:
                    Reject(
                        "primary key of agent_transitions",
                        rows.All<AgentTransition>().Count(o => o.AgentId == t.AgentId && o.Sequence == t.Sequence)
                    );
                    break;
            }
        }
    }

    private static bool IsOne(ChainTransaction transaction) =>
        transaction.Status is not (TransactionStatus.Failed or TransactionStatus.Cancelled);

    private static void Reject(string index, int rows)
    {
        if (rows > 1)
        {
            throw new DatabaseFailure(index);
        }
    }
}
