namespace Clones.Workers.Deployments.Venues;

internal static class LiquidityPoolWishes
{
    /// <exception cref="DeploymentImpossibleException">The agent has no token, or its supply does not fit the chain.</exception>
    public static LiquidityPoolWish Of(Deployment deployment)
    {
        var agent = deployment.Agent;
        return new LiquidityPoolWish(
            agent.Id,
            deployment.Payer,
            deployment.Owner,
            deployment.Mint ?? throw new DeploymentImpossibleException("The agent has no token yet."),
            TokenPromise.ProgramOf(agent.TokenStandard),
            (byte)agent.Decimals,
            agent.Ticker,
            DeploymentAmounts.Of(agent).PoolSide,
            agent.MinimumLiquidityLamports
        );
    }
}
