using System.Text.Json;

namespace Clones.Domain.Transactions;

/// <summary>What a token or pool creation made: read from the finalized chain, and found to be what was promised.</summary>
/// <param name="Address">Of the mint or the liquidity pool, base58.</param>
/// <param name="Signature">Of the transaction that made it, base58.</param>
/// <param name="BlockTime">Seconds since the Unix epoch; null where the cluster does not know it.</param>
public sealed record DeploymentMade(string Address, string Signature, ulong Slot, long? BlockTime)
{
    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <exception cref="JsonException">Not of this form.</exception>
    public static DeploymentMade FromJson(string json) =>
        JsonSerializer.Deserialize<DeploymentMade>(json, JsonSerializerOptions.Web) ?? throw new JsonException("What was made is missing.");
}
