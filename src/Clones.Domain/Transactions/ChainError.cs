using System.Text.Json;

namespace Clones.Domain.Transactions;

/// <summary>The error with which the chain executed a transaction: JSON, or a bare name such as <c>AccountInUse</c>.</summary>
public static class ChainError
{
    /// <returns>As it is stored; null where there is none.</returns>
    public static string? ToJson(string? error) => error is null || error.StartsWith('{') ? error : JsonSerializer.Serialize(error);

    /// <returns>For people; null where there is none.</returns>
    public static string? Describe(string? error, ulong slot) => error is null ? null : $"The chain rejected it in slot {slot}: {error}";
}
