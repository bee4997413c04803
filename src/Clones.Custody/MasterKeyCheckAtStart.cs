using System.Data.Common;
using Clones.Hosting;
using Clones.Messaging;

namespace Clones.Custody;

/// <summary>Stops the start where a version is no longer the master key that it was, before the first payment finds out.</summary>
internal sealed class MasterKeyCheckAtStart(IServiceScopeFactory scopes, ILogger<MasterKeyCheckAtStart> log) : IStartCheck
{
    /// <exception cref="ConfigurationMissingException">Says which, and what to do.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        string? changed = null;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            changed = await scope.ServiceProvider.GetRequiredService<MasterKeyChecks>().FindChangedAsync(cancellationToken);
        }
        catch (Exception e) when (e is DbException || PostgresErrors.IsTransient(e))
        {
            // It is asked again before anything is encrypted.
            log.LogWarning("The master keys could not be compared with those before: {Reason}", e.Message);
        }
        if (changed is not null)
        {
            throw new ConfigurationMissingException(changed);
        }
    }
}
