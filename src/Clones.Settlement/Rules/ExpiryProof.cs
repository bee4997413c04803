using System.Text.Json;
using Clones.Domain.Transactions;

namespace Clones.Settlement.Rules;

/// <summary>What is stored with an attempt of what the nodes were asked and said: a certificate, or why there is none.</summary>
internal static class ExpiryProof
{
    /// <param name="verdict">DEAD or UNRESOLVED.</param>
    /// <param name="margin">Of the certificate; null where there is none.</param>
    /// <param name="reason">Why there is none; null with a certificate.</param>
    public static string ToJson(
        string verdict,
        TransactionAttempt attempt,
        ulong? margin,
        string? reason,
        IReadOnlyList<NodeEvidence> nodes,
        DateTimeOffset issuedAt
    ) =>
        JsonSerializer.Serialize(
            new
            {
                verdict,
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
