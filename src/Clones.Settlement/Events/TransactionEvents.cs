using Clones.Contracts.Settlement;
using Clones.Domain;
using Clones.Domain.Transactions;

namespace Clones.Settlement.Events;

/// <summary>What whoever owns a transaction (payments, deployments) reads of it.</summary>
internal static class TransactionEvents
{
    /// <param name="transaction">As it has ended.</param>
    /// <param name="signature">Base58, of the attempt that ended it; null where none was executed.</param>
    /// <param name="slot">In which it was executed.</param>
    /// <param name="blockTime">Unix seconds, as the validators estimate; null where nobody says.</param>
    public static TransactionSettled Settled(
        ChainTransaction transaction,
        string? signature = null,
        ulong? slot = null,
        long? blockTime = null
    ) =>
        new()
        {
            TransactionId = transaction.Id,
            Outcome = UpperSnakeCase.From(transaction.Status),
            Signature = signature,
            Slot = slot,
            BlockTime = blockTime,
            FailureReason = transaction.Reason,
        };
}
