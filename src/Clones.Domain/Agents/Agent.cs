namespace Clones.Domain.Agents;

/// <summary>What the owner says of an agent. Its status is the lifecycle's, see <c>AgentLifecycleInstance</c>.</summary>
public sealed class Agent
{
    public required Guid Id { get; init; }
    public required Guid TrainingPoolId { get; init; }
    public required string OwnerAddress { get; init; }

    /// <summary>3-50 characters.</summary>
    public required string Name { get; set; }

    /// <summary>3-10 of A-Z and 0-9.</summary>
    public required string Ticker { get; set; }

    /// <summary>10-1000 characters.</summary>
    public required string Description { get; set; }

    /// <summary>https only.</summary>
    public string? LogoUrl { get; set; }

    /// <summary>Whole tokens, 1,000 to 10^12; times 10^<see cref="Decimals"/> fits a u64.</summary>
    public required ulong Supply { get; set; }

    /// <summary>0-9.</summary>
    public required int Decimals { get; set; }

    /// <summary>Lamports that go into the liquidity pool.</summary>
    public required ulong MinimumLiquidityLamports { get; set; }

    /// <summary>0-50: percentage of the supply that is kept out of the liquidity pool.</summary>
    public required int GatedPercentage { get; set; }
    public TokenStandard TokenStandard { get; set; }
    public DeploymentPayer DeploymentPayer { get; set; }

    /// <summary>Whether the owner keeps the right to mint more of the token. Otherwise nobody has it, from the moment the token exists.</summary>
    public bool KeepsMintAuthority { get; set; }

    /// <summary>Whether the owner may freeze accounts of the token. Otherwise nobody ever can.</summary>
    public bool HasFreezeAuthority { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Row version (xmin), the ETag of the API.</summary>
    public uint Version { get; set; }
}
