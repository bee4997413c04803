using System.Text.Json;

namespace Clones.Domain.Transactions;

/// <summary>What an owner is asked to sign, in words and in lamports. Stored with the attempt, so that it is shown as it was when it was built.</summary>
/// <param name="Steps">What the transaction will do, one sentence each, for people.</param>
public sealed record DeploymentTerms(IReadOnlyList<string> Steps, DeploymentCost Cost)
{
    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <exception cref="JsonException">Not terms.</exception>
    public static DeploymentTerms FromJson(string json) =>
        JsonSerializer.Deserialize<DeploymentTerms>(json, JsonSerializerOptions.Web) ?? throw new JsonException("Terms are missing.");
}

/// <summary>What the payer (the deposit wallet or the owner) spends at most, all in lamports.</summary>
/// <param name="FeeLamports">Base fee of all signatures and the priority fee.</param>
/// <param name="RentLamports">Deposits that keep new accounts alive, including those that come back when an account is closed.</param>
/// <param name="VenueFeeLamports">What the liquidity venue takes for making a pool.</param>
/// <param name="LiquidityLamports">SOL that goes into the liquidity pool.</param>
public sealed record DeploymentCost(ulong FeeLamports, ulong RentLamports, ulong VenueFeeLamports, ulong LiquidityLamports)
{
    /// <exception cref="OverflowException">More lamports than there can be.</exception>
    public ulong TotalLamports() => checked(FeeLamports + RentLamports + VenueFeeLamports + LiquidityLamports);
}
