using Clones.Domain.Agents;

namespace Clones.Settlement.Tests.Deployments;

internal static class SampleAgent
{
    public static Agent Of(
        ulong supply = 1_000_000,
        int decimals = 6,
        int gated = 10,
        ulong liquidityLamports = 500_000_000,
        TokenStandard standard = TokenStandard.Token2022,
        string? owner = null,
        Guid? poolId = null,
        string name = "Clone of Ada",
        string ticker = "ADA1",
        DeploymentPayer payer = DeploymentPayer.DepositWallet,
        bool keepsMintAuthority = false,
        bool hasFreezeAuthority = false
    ) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            TrainingPoolId = poolId ?? Guid.CreateVersion7(),
            OwnerAddress = owner ?? "GpMZbSM2GgvTKHJirzeGfMFoaZ8UR2X7F4v8vHTvxFbL",
            Name = name,
            Ticker = ticker,
            Description = "An agent that is deployed in tests.",
            Supply = supply,
            Decimals = decimals,
            MinimumLiquidityLamports = liquidityLamports,
            GatedPercentage = gated,
            TokenStandard = standard,
            DeploymentPayer = payer,
            KeepsMintAuthority = keepsMintAuthority,
            HasFreezeAuthority = hasFreezeAuthority,
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
        };
}
