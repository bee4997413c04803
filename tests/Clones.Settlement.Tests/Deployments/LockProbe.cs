using System.Collections.Concurrent;
using System.Text.Json;
using Npgsql;

namespace Clones.Settlement.Tests.Deployments;

/// <summary>Notes every request to the chain, and which of them are made while somebody holds rows of a deployment.</summary>
internal sealed class LockProbe(string database) : DelegatingHandler(new SocketsHttpHandler())
{
    public bool IsWatching { get; set; }

    public ConcurrentBag<string> Asked { get; } = [];

    public ConcurrentBag<string> AskedUnderLocks { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsWatching)
        {
            using var body = JsonDocument.Parse(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
            var method = body.RootElement.GetProperty("method").GetString()!;
            Asked.Add(method);
            if (await IsAnythingLockedAsync(cancellationToken))
            {
                AskedUnderLocks.Add(method);
            }
        }
        return await base.SendAsync(request, cancellationToken);
    }

    private async Task<bool> IsAnythingLockedAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            SELECT EXISTS (
                SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                WHERE d.datname = current_database() AND l.mode IN ('RowShareLock', 'RowExclusiveLock') AND l.relation = ANY (
                    ARRAY['agents', 'agent_lifecycles', 'transactions', 'transaction_attempts', 'deposit_wallets']::regclass[]::oid[]))
            """,
            connection
        );
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
