namespace Clones.Settlement.Deployments.Venues;

internal static class LiquidityPoolSpecs
{
    /// <exception cref="DeploymentImpossibleException">The agent has no token, or its supply does not fit the chain.</exception>
    public static LiquidityPoolSpec Of(Deployment deployment)
    {
        var agent = deployment.Agent;
        return new LiquidityPoolSpec(
            agent.Id,
            deployment.Payer,
            deployment.Owner,
            deployment.Mint ?? throw new DeploymentImpossibleException("The agent has no token yet."),
            TokenSpec.ProgramOf(agent.TokenStandard),
            (byte)agent.Decimals,
            agent.Ticker,
            DeploymentAmounts.Of(agent).PoolSide,
            agent.MinimumLiquidityLamports
        );
    }
}
