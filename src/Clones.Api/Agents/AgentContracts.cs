using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Clones.Api.Requests;
using Clones.Api.Tokens;
using Clones.Contracts.Agents;
using Clones.Domain;
using Clones.Domain.Agents;
using Clones.Persistence.Agents;

namespace Clones.Api.Agents;

/// <param name="Name">3-50 characters.</param>
/// <param name="Ticker">3-10 of A-Z and 0-9.</param>
/// <param name="Description">10-1000 characters.</param>
/// <param name="Supply">Whole tokens, 1000 to 1000000000000; times 10^decimals fits a u64.</param>
/// <param name="Decimals">0-9.</param>
/// <param name="MinimumLiquidity">SOL, a decimal string.</param>
/// <param name="GatedPercentage">0-50, kept out of the liquidity pool.</param>
/// <param name="LogoUrl">https only.</param>
/// <param name="TokenStandard">TOKEN2022 (the default) or SPL_TOKEN, whose name wallets do not know.</param>
/// <param name="DeploymentPayer">Who pays fees, rent, venue fee and liquidity: DEPOSIT_WALLET (the default) or OWNER.</param>
/// <param name="KeepMintAuthority">Whether the owner keeps the right to mint more; otherwise nobody has it. False by default.</param>
/// <param name="FreezeAuthority">Whether the owner may freeze accounts of the token; otherwise nobody can. False by default.</param>
internal sealed record CreateAgentRequest(
    Guid TrainingPoolId,
    string Name,
    string Ticker,
    string Description,
    string Supply,
    int Decimals,
    string MinimumLiquidity,
    int GatedPercentage,
    string? LogoUrl = null,
    [property: DefaultValue("TOKEN2022"), RegularExpression("^(TOKEN2022|SPL_TOKEN)$")] string? TokenStandard = null,
    [property: DefaultValue("DEPOSIT_WALLET"), RegularExpression("^(DEPOSIT_WALLET|OWNER)$")] string? DeploymentPayer = null,
    bool KeepMintAuthority = false,
    bool FreezeAuthority = false
);

/// <summary>What is left out stays as it is.</summary>
internal sealed record ChangeAgentRequest
{
    public Optional<string> Name { get; init; }
    public Optional<string> Ticker { get; init; }
    public Optional<string> Description { get; init; }
    public Optional<string?> LogoUrl { get; init; }
    public Optional<string> Supply { get; init; }
    public Optional<int?> Decimals { get; init; }
    public Optional<string> MinimumLiquidity { get; init; }
    public Optional<int?> GatedPercentage { get; init; }
    public Optional<string> TokenStandard { get; init; }
    public Optional<string> DeploymentPayer { get; init; }
    public Optional<bool?> KeepMintAuthority { get; init; }
    public Optional<bool?> FreezeAuthority { get; init; }
}

internal sealed record AgentTokenView(string Mint, string? Signature, ulong? Slot, long? BlockTime);

internal sealed record AgentLiquidityPoolView(string Address, string? Signature, ulong? Slot, long? BlockTime);

/// <param name="Token">Null until it is on chain, finalized.</param>
/// <param name="LiquidityPool">Null until it is on chain, finalized.</param>
internal sealed record AgentView(
    Guid Id,
    Guid TrainingPoolId,
    string Owner,
    string Name,
    string Ticker,
    string Description,
    string? LogoUrl,
    string Supply,
    int Decimals,
    string MinimumLiquidity,
    int GatedPercentage,
    string TokenStandard,
    string DeploymentPayer,
    bool KeepMintAuthority,
    bool FreezeAuthority,
    string Status,
    string? LastError,
    int ConsecutiveFailures,
    AgentTokenView? Token,
    AgentLiquidityPoolView? LiquidityPool,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    public static AgentView Of(AgentRow row)
    {
        var agent = row.Agent;
        var life = row.Life;
        return new AgentView(
            agent.Id,
            agent.TrainingPoolId,
            agent.OwnerAddress,
            agent.Name,
            agent.Ticker,
            agent.Description,
            agent.LogoUrl,
            $"{agent.Supply}",
            agent.Decimals,
            DecimalAmount.Format(agent.MinimumLiquidityLamports, TokenCatalogue.SolDecimals),
            agent.GatedPercentage,
            UpperSnakeCase.From(agent.TokenStandard),
            UpperSnakeCase.From(agent.DeploymentPayer),
            agent.KeepsMintAuthority,
            agent.HasFreezeAuthority,
            row.Status,
            life?.LastError,
            life?.ConsecutiveFailures ?? 0,
            life?.TokenMint is { } mint ? new AgentTokenView(mint, life.TokenSignature, life.TokenSlot, life.TokenBlockTime) : null,
            life?.LiquidityPoolAddress is { } address
                ? new AgentLiquidityPoolView(address, life.LiquidityPoolSignature, life.LiquidityPoolSlot, life.LiquidityPoolBlockTime)
                : null,
            agent.CreatedAt,
            life?.UpdatedAt > agent.UpdatedAt ? life.UpdatedAt : agent.UpdatedAt
        );
    }
}

/// <summary>What the owner says and where the lifecycle stands. Set by properties, which a query can look through, unlike a constructor.</summary>
internal sealed record AgentRow
{
    public required Agent Agent { get; init; }

    /// <summary>Null for the moment until the lifecycle has taken up a new agent.</summary>
    public required AgentLifecycleInstance? Life { get; init; }

    public string Status => Life is null ? AgentStatus.Draft : UpperSnakeCase.From(Life.CurrentState);

    /// <summary>Changes with what the owner says and with what the lifecycle does.</summary>
    public string Version => $"{Agent.Version}-{Life?.Version ?? 0}";
}

internal sealed record TransitionView(
    long Sequence,
    string? From,
    string To,
    string Event,
    bool Accepted,
    string Actor,
    string? Reason,
    Guid? TransactionId,
    string? Signature,
    Guid? OperationId,
    DateTimeOffset OccurredAt
)
{
    public static TransitionView Of(AgentTransition row) =>
        new(
            row.Sequence,
            row.FromStatus,
            row.ToStatus,
            row.Event,
            row.Accepted,
            row.Actor,
            row.Reason,
            row.TransactionId,
            row.Signature,
            row.OperationId,
            row.OccurredAt
        );
}
