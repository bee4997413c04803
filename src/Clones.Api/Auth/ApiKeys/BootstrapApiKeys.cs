using System.Security.Cryptography;
using Clones.Domain.Access;
using Clones.Messaging;
using Clones.Persistence;
using Clones.Persistence.Access;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Auth.ApiKeys;

/// <summary>
/// Stores the keys of the environment before the first request. A key that was replaced there is revoked. While the database is away the
/// start waits for it: both may have died together.
/// </summary>
internal sealed class BootstrapApiKeys(IServiceScopeFactory scopes, AuthOptions options, TimeProvider time, ILogger<BootstrapApiKeys> log)
    : IHostedService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private const string NamePrefix = "bootstrap ";
    private const string OperatorName = NamePrefix + "operator";
    private const string ServiceName = NamePrefix + "service";

    /// <summary>Whether a key of this name comes from the environment, at every start anew.</summary>
    public static bool IsName(string name) => name.StartsWith(NamePrefix, StringComparison.Ordinal);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await StoreAsync(cancellationToken);
                return;
            }
            catch (Exception e) when (PostgresErrors.IsTransient(e))
            {
                log.LogWarning("The start waits for the database: {Reason}", e.GetBaseException().Message);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task StoreAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        await StoreAsync(
            db,
            OperatorName,
            options.OperatorApiKey,
            [Scopes.Ops, Scopes.TokensWrite, Scopes.PaymentsRead, Scopes.PaymentsWrite],
            cancellationToken
        );
        await StoreAsync(
            db,
            ServiceName,
            options.ServiceApiKey,
            [Scopes.PaymentsWrite, Scopes.PaymentsRead, Scopes.EventsPublish],
            cancellationToken
        );
    }

    private async Task StoreAsync(ClonesDbContext db, string name, string? key, List<string> scopes, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var hash = key is null ? [] : ApiKeyScheme.HashOf(key);
        await db
            .ApiKeys.Where(k => k.Name == name && k.KeyHash != hash && k.RevokedAt == null)
            .ExecuteUpdateAsync(k => k.SetProperty(p => p.RevokedAt, now), cancellationToken);
        if (key is null)
        {
            return;
        }

        var row = new ApiKey
        {
            // Of the key itself: payments are known by their caller, and after a restore the same key must be the same caller.
            Id = new Guid(SHA256.HashData([.. "clones/api-key/1"u8, .. hash]).AsSpan(0, 16)),
            Name = name,
            KeyHash = hash,
            Scopes = scopes,
            CreatedAt = now,
        };
        await db.StoreAsync(row, cancellationToken);
    }
}
