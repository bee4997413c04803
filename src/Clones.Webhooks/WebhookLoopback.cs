using Clones.Hosting;
using Clones.Solana.Rpc;

namespace Clones.Webhooks;

/// <summary>
/// Whether webhooks may go to this machine: for development only. Until the cluster has said that it is not mainnet they may not, whatever
/// the setting; on mainnet the workers do not start with it.
/// </summary>
internal sealed class WebhookLoopback(WebhookSettings settings, RpcEndpoints rpc, ILogger<WebhookLoopback> log) : IStartCheck
{
    private volatile bool isOffMainnet;

    /// <exception cref="ConfigurationMissingException">The setting is there, and the cluster is mainnet.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!settings.AllowsLoopback)
        {
            return;
        }
        try
        {
            if (!await IsAllowedAsync(cancellationToken))
            {
                throw new ConfigurationMissingException(WebhookSettings.LoopbackOnMainnet);
            }
            log.LogWarning(
                "{Setting} is set: webhooks may go to this machine and over http. It is for development only",
                WebhookSettings.LoopbackName
            );
        }
        catch (RpcException unanswered)
        {
            log.LogWarning(
                "{Setting} is set, and holds once the cluster has said that it is not mainnet: {Reason}",
                WebhookSettings.LoopbackName,
                unanswered.Diagnosis
            );
        }
    }

    /// <summary>As <see cref="IsAllowedAsync"/>; while no node answers they may not.</summary>
    public async ValueTask<bool> IsKnownToBeAllowedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await IsAllowedAsync(cancellationToken);
        }
        catch (RpcException)
        {
            return false;
        }
    }

    /// <exception cref="RpcException">No node answered.</exception>
    public async ValueTask<bool> IsAllowedAsync(CancellationToken cancellationToken)
    {
        if (settings.AllowsLoopback && !isOffMainnet)
        {
            var genesis = await rpc.ReadAsync((node, stop) => node.GetGenesisHashAsync(stop), cancellationToken);
            isOffMainnet = genesis.ToString() != SolanaCluster.MainnetGenesisHash;
        }
        return settings.AllowsLoopback && isOffMainnet;
    }
}
