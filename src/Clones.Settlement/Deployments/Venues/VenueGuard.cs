using Clones.Hosting;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments.Venues;

/// <summary>
/// Stops the start of workers whose venue does not go with their cluster. A cluster that does not answer yet stops nothing: every
/// preparation asks again.
/// </summary>
internal sealed class VenueGuard(LiquidityVenueSelector venues, ILogger<VenueGuard> log) : IStartCheck
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await venues.ChooseAsync(cancellationToken) is VenueChoice.Rejected rejected)
            {
                throw new ConfigurationMissingException(rejected.Reason);
            }
        }
        catch (RpcException unanswered)
        {
            log.LogWarning("The liquidity venue was not checked at start: {Reason}", unanswered.Diagnosis);
        }
    }
}
