using System.Collections.Concurrent;
using Clones.Domain.Keys;
using Clones.Persistence;
using Clones.Persistence.Keys;
using Clones.Solana.Primitives;

namespace Clones.Custody.Audit;

/// <summary>
/// Opens every stored key, to see that it opens and is the key of its address. Nothing is signed. A batch is in memory at a time, and each key
/// for as long as it takes to check it.
/// </summary>
internal sealed class StoredKeyOpening(ClonesDbContext db, StoredKeyRows stored, KeySealer sealer, KeyEvents events)
{
    public const int FindingsMax = 1_000;
    private const int BatchMax = 500;

    // Where Vault keeps the master keys, each opening is a request.
    private const int AtOnceMax = 8;

    /// <exception cref="MasterKeyAwayException">Who keeps a master key does not answer: nothing is known of what is under it.</exception>
    public async Task<StoredKeyOpenings> RunAsync(CancellationToken cancellationToken)
    {
        // Before the first is opened: an audit that dies on the way is in the log.
        events.Audited("keys audit --open: every stored key is opened, and nothing is signed.");
        await db.SaveChangesAsync(cancellationToken);
        var result = new StoredKeyOpenings(0, 0, []);
        foreach (var purpose in (string[])[WalletKeyEvent.Deposit, WalletKeyEvent.Mint])
        {
            var after = Guid.Empty;
            while (await stored.NextOfAllAsync(purpose, after, BatchMax, cancellationToken) is { Count: > 0 } rows)
            {
                after = rows[^1].Binding.Id;
                result = result.With(rows.Count, await OpenAsync(rows, cancellationToken));
            }
        }
        return result;
    }

    private async Task<IReadOnlyList<KeyAuditFinding>> OpenAsync(IReadOnlyList<StoredKeyRow> rows, CancellationToken cancellationToken)
    {
        var findings = new ConcurrentBag<KeyAuditFinding>();
        try
        {
            var limit = new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(
                rows,
                limit,
                async (row, stop) =>
                {
                    if (await FailureOfAsync(row, stop) is { } failure)
                    {
                        var under = failure.MasterKey is null ? "" : $" under {failure.MasterKey}";
                        findings.Add(new KeyAuditFinding($"{row.Binding}", $"does not open{under}: {failure.Reason}"));
                    }
                }
            );
        }
        finally
        {
            foreach (var row in rows)
            {
                row.Dispose();
            }
        }
        return [.. findings.OrderBy(f => f.Subject, StringComparer.Ordinal)];
    }

    private async Task<KeyUnusableException?> FailureOfAsync(StoredKeyRow row, CancellationToken cancellationToken)
    {
        using var secretKey = new PinnedBytes(Account.SecretKeyLength);
        try
        {
            var (account, _) = await sealer.OpenAsync(row.Stored.Memory, row.Binding, secretKey, cancellationToken);
            account.Dispose();
            return null;
        }
        catch (KeyUnusableException e) when (e is not MasterKeyAwayException)
        {
            return e;
        }
    }
}

/// <param name="Opened">Keys that were tried.</param>
/// <param name="Failed">Those of them that do not open.</param>
/// <param name="Findings">The first <see cref="StoredKeyOpening.FindingsMax"/> of these.</param>
internal sealed record StoredKeyOpenings(int Opened, int Failed, IReadOnlyList<KeyAuditFinding> Findings)
{
    public StoredKeyOpenings With(int more, IReadOnlyList<KeyAuditFinding> failed) =>
        new(Opened + more, Failed + failed.Count, [.. Findings.Concat(failed).Take(StoredKeyOpening.FindingsMax)]);
}
