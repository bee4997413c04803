using Clones.Domain;
using Clones.Domain.Keys;
using Clones.Persistence;
using Clones.Persistence.Keys;
using Microsoft.EntityFrameworkCore;

namespace Clones.Custody;

/// <summary>
/// Sees to it that a version means one master key for ever: to all replicas, and after every change of the settings. What was encrypted under
/// another secret of the same name would open nowhere else.
/// </summary>
internal sealed class MasterKeyChecks(ClonesDbContext db, MasterKeys masters, TimeProvider time)
{
    /// <summary>Before anything that was sealed under it counts, and before that is read back. In the transaction of the context.</summary>
    /// <exception cref="MasterKeyChangedException">The version has been another master key so far.</exception>
    public async Task EnsureAsync(string masterKey, CancellationToken cancellationToken)
    {
        if (masters.CheckOf(masterKey) is not { } check || masters.IsChecked(masterKey, check))
        {
            return;
        }
        var known = await FindAsync(masterKey, cancellationToken);
        if (known is null)
        {
            await db.AddCheckAsync(masterKey, check, time.GetUtcNow(), cancellationToken);
            known = await FindAsync(masterKey, cancellationToken);
            ThrowIfAnother(known!, check);
            // Not noted as checked: this transaction may yet be rolled back.
            return;
        }
        ThrowIfAnother(known, check);
        masters.Checked(masterKey, check);
    }

    /// <returns>Why the workers must not start; null where every version that has been used is what it was.</returns>
    public async Task<string?> FindChangedAsync(CancellationToken cancellationToken)
    {
        foreach (var known in await db.Set<MasterKeyCheck>().AsNoTracking().ToListAsync(cancellationToken))
        {
            if (masters.CheckOf(known.MasterKey) is not { } check || check == known.CheckValue)
            {
                continue;
            }
            if (!await IsRetiredAsync(known.MasterKey, cancellationToken))
            {
                return new MasterKeyChangedException(known).Message;
            }
            // Its name is free: the old system's secret may come in its place, to be imported under. Who encrypts first says what it is now.
            await db.Set<MasterKeyCheck>()
                .Where(c => c.MasterKey == known.MasterKey && c.CheckValue == known.CheckValue)
                .ExecuteDeleteAsync(cancellationToken);
        }
        return null;
    }

    /// <summary>Retired after the last key came under it, and nothing stored is under it: what nothing needs, as an operator was shown.</summary>
    private async Task<bool> IsRetiredAsync(string masterKey, CancellationToken cancellationToken)
    {
        var names = MasterKeyName.NeedingIt(masterKey);
        var isUsed =
            await db.DepositWalletKeys.AnyAsync(k => names.Contains(k.MasterKey), cancellationToken)
            || await db.MintKeys.AnyAsync(k => names.Contains(k.MasterKey), cancellationToken);
        await db.LinkAllKeyEventsAsync(cancellationToken);
        var retired = await db
            .KeyEvents.Where(e => e.Kind == KeyEventKind.Retired && e.FromKey == masterKey)
            .MaxAsync(e => (long?)e.Sequence, cancellationToken);
        return !isUsed
            && retired is { } at
            && !await db.KeyEvents.AnyAsync(e => e.Sequence > at && e.KeyId != null && names.Contains(e.ToKey), cancellationToken);
    }

    private Task<MasterKeyCheck?> FindAsync(string masterKey, CancellationToken cancellationToken) =>
        db.Set<MasterKeyCheck>().AsNoTracking().SingleOrDefaultAsync(c => c.MasterKey == masterKey, cancellationToken);

    private static void ThrowIfAnother(MasterKeyCheck known, string check)
    {
        if (known.CheckValue != check)
        {
            throw new MasterKeyChangedException(known);
        }
    }
}

/// <summary>Nothing is encrypted under a version whose secret was changed. The message waits: with the old secret back it goes on.</summary>
internal sealed class MasterKeyChangedException(MasterKeyCheck known)
    : Exception(
        $"The secret or the salt of {known.MasterKey} is not what it has been since {known.FirstSeenAt:u}: a version is never changed, what is "
            + $"under it would open no more. Put {SettingsOf(known.MasterKey)} back as they were, and give the new secret a version of its own."
    ),
        ITransientFailure
{
    private static string SettingsOf(string masterKey) =>
        masterKey == MasterKeyName.Of(1)
            ? $"{KeySettings.Prefix}SECRET and {KeySettings.Prefix}SALT"
            : $"{KeySettings.Prefix}SECRET_{masterKey.ToUpperInvariant()} and {KeySettings.Prefix}SALT_{masterKey.ToUpperInvariant()}";
}
