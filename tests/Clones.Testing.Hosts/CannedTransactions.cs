using System.Text.Json;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Testing.Hosts;

internal static class CannedTransactions
{
    /// <summary>As getTransaction of a node reports it, executed.</summary>
    public static string Detail(Transaction transaction) => Detail(Convert.ToBase64String(transaction.Serialize()));

    public static string Detail(string base64) =>
        $$"""
            {"slot":950,"blockTime":null,"version":"legacy","transaction":["{{base64}}","base64"],
             "meta":{"err":null,"fee":5000,"preBalances":[],"postBalances":[],"preTokenBalances":[],"postTokenBalances":[],
             "loadedAddresses":{"writable":[],"readonly":[]},"logMessages":[],"computeUnitsConsumed":1} }
            """;

    /// <summary>As a node replies that knows a version which the asker does not: -32015 unless a version this high is declared, and then JSON.</summary>
    /// <param name="keys">Of the message, fee payer first; null where nobody is told anything.</param>
    public static string OfUnknownVersion(JsonElement parameters, params PublicKey[]? keys)
    {
        const int Version = 2;
        if (keys is null || parameters[1].GetProperty("maxSupportedTransactionVersion").GetInt32() < Version)
        {
            return """
                "error":{"code":-32015,"message":"Transaction version (2) is not supported by the requesting client."}
                """;
        }
        parameters[1].GetProperty("encoding").GetString().ShouldBe("json");
        var told = string.Join(",", keys.Select(k => $"\"{k}\""));
        return $$"""
            "result":{"slot":950,"blockTime":7,"version":2,"transaction":{"signatures":[],"message":{"accountKeys":[{{told}}]} },
             "meta":{"err":null,"fee":5000,"preBalances":[100000,10],"postBalances":[94000,1010],"loadedAddresses":{"writable":[],"readonly":[]} } }
            """;
    }
}
