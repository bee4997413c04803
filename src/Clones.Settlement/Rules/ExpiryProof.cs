using System.Text.Json;
using Clones.Domain.Transactions;

namespace Clones.Settlement.Rules;

/// <summary>What is stored with an attempt of what the nodes were asked and said: an expiry proof, or why there is none.</summary>
internal static class ExpiryProof
{
    /// <param name="decision">EXPIRED or UNRESOLVED.</param>
    /// <param name="margin">Of the expiry proof; null where there is none.</param>
    /// <param name="reason">Why there is none; null with an expiry proof.</param>
    public static string ToJson(
        string decision,
        TransactionAttempt attempt,
        ulong? margin,
        string? reason,
        IReadOnlyList<NodeEvidence> nodes,
        DateTimeOffset issuedAt
    ) =>
        JsonSerializer.Serialize(
            new
            {
                decision,
                reason,
                attempt.Signature,
                attempt.LastValidBlockHeight,
                attempt.ContextSlot,
                margin,
                singleNode = nodes.Count == 1,
                nodes,
                issuedAt,
            },
            JsonSerializerOptions.Web
        );
}
