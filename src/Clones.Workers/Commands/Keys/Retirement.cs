using Clones.Custody;
using Clones.Domain.Keys;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Commands.Keys;

/// <summary><c>keys retire</c>: nothing is deleted here. It says that the secret may go, and notes in the log that it was said.</summary>
internal sealed class Retirement(ClonesDbContext db, MasterKeys masters, TimeProvider time)
{
    public async Task<int> RunAsync(
        string masterKey,
        DateTimeOffset? oldestRestorePoint,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        var past = await PastOfAsync(masterKey, cancellationToken);
        var now = time.GetUtcNow();
        if (RetirementRule.Reject(masterKey, past, masters.Current, oldestRestorePoint, now) is { } reason)
        {
            await output.WriteLineAsync($"NOT retired. {reason}");
            return KeysCommand.NotWell;
        }

        db.KeyEvents.Add(
            new WalletKeyEvent
            {
                OccurredAt = now,
                Purpose = WalletKeyEvent.Master,
                Kind = KeyEventKind.Retired,
                FromKey = masterKey,
                Detail = oldestRestorePoint is { } oldest ? $"oldest restore point {oldest:u}" : "no restore points",
            }
        );
        await db.SaveChangesAsync(cancellationToken);
        await output.WriteLineAsync($"{masterKey} is retired: nothing needs it. {Advice(masterKey)}");
        return KeysCommand.Well;
    }

    private async Task<KeyPast> PastOfAsync(string masterKey, CancellationToken cancellationToken)
    {
        var names = MasterKeyName.NeedingIt(masterKey);
        var rows =
            await db.DepositWalletKeys.LongCountAsync(k => names.Contains(k.MasterKey), cancellationToken)
            + await db.MintKeys.LongCountAsync(k => names.Contains(k.MasterKey), cancellationToken);
        var told = db.KeyEvents.Where(e => e.KeyId != null && (names.Contains(e.ToKey) || names.Contains(e.FromKey)));
        return new KeyPast(
            rows > 0 || await told.AnyAsync(cancellationToken),
            rows,
            await told.Where(e => e.ToKey != null).MaxAsync(e => (DateTimeOffset?)e.OccurredAt, cancellationToken),
            await db.KeyEvents.MinAsync(e => e.OccurredAt, cancellationToken)
        );
    }

    private static string Advice(string masterKey) =>
        masterKey == MasterKeyName.Plaintext ? "Set DEPOSIT_KEY_ENCRYPTION_MIN_VERSION=1, and what is not encrypted is no longer opened."
        : masterKey.StartsWith("transit", StringComparison.Ordinal) ? "Raise min_decryption_version of the key in Vault."
        : $"Take its secret and its salt from the workers' settings (a salt that another version shares stays); set DEPOSIT_KEY_ENCRYPTION_MIN_VERSION={int.Parse(masterKey.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture) + 1}.";
}
