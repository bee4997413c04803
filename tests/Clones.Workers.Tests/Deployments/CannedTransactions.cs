using Clones.Solana.Messages;

namespace Clones.Workers.Tests.Deployments;

internal static class CannedTransactions
{
    /// <summary>As getTransaction of a node tells it, executed.</summary>
    public static string Detail(Transaction transaction) =>
        $$"""
            {"slot":950,"blockTime":null,"version":"legacy","transaction":["{{Convert.ToBase64String(transaction.Serialize())}}","base64"],
             "meta":{"err":null,"fee":5000,"preBalances":[],"postBalances":[],"preTokenBalances":[],"postTokenBalances":[],
             "loadedAddresses":{"writable":[],"readonly":[]},"logMessages":[],"computeUnitsConsumed":1} }
            """;
}
