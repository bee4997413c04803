using Clones.Domain.Agents;

namespace Clones.Settlement.Deployments;

/// <summary>Base units of an agent's token: integers from end to end, since a rounded supply cannot be taken back.</summary>
/// <param name="Supply">The whole supply.</param>
/// <param name="PoolSide">What goes into the liquidity pool: the supply less the gated percentage, rounded down.</param>
internal readonly record struct DeploymentAmounts(ulong Supply, ulong PoolSide)
{
    /// <exception cref="DeploymentImpossibleException">The supply does not fit the chain's u64, or a field is out of its range.</exception>
    public static DeploymentAmounts Of(Agent agent)
    {
        if (agent.Decimals is < 0 or > 9 || agent.GatedPercentage is < 0 or > 50)
        {
            throw new DeploymentImpossibleException(
                $"The token has {agent.Decimals} decimals and {agent.GatedPercentage} % gated; 0-9 and 0-50 are allowed."
            );
        }

        UInt128 unit = 1;
        for (var i = 0; i < agent.Decimals; i++)
        {
            unit *= 10;
        }

        var supply = agent.Supply * unit;
        if (supply == 0 || supply > ulong.MaxValue)
        {
            throw new DeploymentImpossibleException(
                $"A supply of {agent.Supply} with {agent.Decimals} decimals does not fit the chain; "
                    + $"1 to {ulong.MaxValue / unit} does with these decimals."
            );
        }

        return new DeploymentAmounts((ulong)supply, (ulong)(supply * (uint)(100 - agent.GatedPercentage) / 100));
    }
}
