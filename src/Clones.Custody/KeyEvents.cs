using Clones.Domain;
using Clones.Domain.Keys;
using Clones.Messaging;
using Clones.Persistence;
using Clones.Persistence.Keys;
using Microsoft.EntityFrameworkCore;

namespace Clones.Custody;

/// <summary>Adds to the log of the stored keys, in the commit of what it records; a failure in a commit of its own.</summary>
internal sealed class KeyEvents(
    ClonesDbContext db,
    IServiceScopeFactory scopes,
    KeyRetryOptions paces,
    Jitter jitter,
    TimeProvider time,
    ILogger<KeyEvents> log
)
{
    private const int DetailLengthMax = 500;

    public void Created(KeyBinding key, string masterKey) => db.KeyEvents.Add(New(key, KeyEventKind.Created, toKey: masterKey));

    public void Imported(KeyBinding key, string from, string to) => db.KeyEvents.Add(New(key, KeyEventKind.Imported, from, to));

    public void Opened(KeyBinding key, string masterKey, Guid transactionId) =>
        db.KeyEvents.Add(New(key, KeyEventKind.Opened, masterKey, transactionId: transactionId));

    public void Migrated(KeyBinding key, string from, string to) => db.KeyEvents.Add(New(key, KeyEventKind.Migrated, from, to));

    public void Audited(string detail) =>
        db.KeyEvents.Add(
            new WalletKeyEvent
            {
                OccurredAt = time.GetUtcNow(),
                Purpose = WalletKeyEvent.Master,
                Kind = KeyEventKind.Audited,
                Detail = detail,
            }
        );

    /// <summary>Nothing is added where it is what the log says of this key last: what fails again in the same way is no news.</summary>
    /// <returns>Whether it is news.</returns>
    public async Task<bool> FailedAsync(KeyBinding key, string? masterKey, string reason, CancellationToken cancellationToken)
    {
        if (await IsToldAsync(db, key, masterKey, reason, passedOver: KeyEventKind.Opened, cancellationToken))
        {
            return false;
        }
        db.KeyEvents.Add(New(key, KeyEventKind.Failed, masterKey, detail: reason));
        return true;
    }

    /// <summary>
    /// An opening failed, and what it was for may be rolled back: stored in a commit of its own, with the time before which nobody tries the key
    /// again. The log gets one row for each cause, until the key has opened again. Where it cannot be stored, the log of the process has it.
    /// </summary>
    public async Task OpeningFailedAsync(KeyUnusableException failure, Guid transactionId)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var own = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
            await using var commit = await own.Database.BeginTransactionAsync(CancellationToken.None);
            var failingFor = await own.NoteUnusableAsync(
                failure.Binding.Purpose,
                failure.Binding.Id,
                failure.Binding.Address,
                failure.Message,
                tries => BackOff.After(tries, paces.First, failure is MasterKeyAwayException ? paces.AwayMax : paces.Max, jitter()),
                CancellationToken.None
            );
            // Under the lock of the key's row, so that of several payments at once one records it.
            var (key, masterKey, reason) = (failure.Binding, failure.MasterKey, failure.Reason);
            if (
                IsWorthARow(failure, failingFor)
                && !await IsToldAsync(own, key, masterKey, reason, passedOver: null, CancellationToken.None)
            )
            {
                own.KeyEvents.Add(New(key, KeyEventKind.Failed, masterKey, transactionId: transactionId, detail: reason));
                await own.SaveChangesAsync(CancellationToken.None);
            }
            await commit.CommitAsync(CancellationToken.None);
        }
        catch (Exception e) when (PostgresErrors.IsTransient(e))
        {
            log.LogError(e, "That the {Binding} did not open could not be stored: {Reason}", failure.Binding, failure.Reason);
        }
    }

    // Who keeps the master key does not answer: no key is to blame. One that is not known here may be on its way.
    private bool IsWorthARow(KeyUnusableException failure, TimeSpan failingFor) =>
        failure is not MasterKeyAwayException && (failure is not MasterKeyMissingException || failingFor >= paces.MissingForMin);

    private static async Task<bool> IsToldAsync(
        ClonesDbContext db,
        KeyBinding key,
        string? masterKey,
        string reason,
        KeyEventKind? passedOver,
        CancellationToken cancellationToken
    )
    {
        var (purpose, id) = (key.Purpose, key.Id);
        var last = await db
            .KeyEvents.AsNoTracking()
            .Where(e => e.KeyId == id && e.Purpose == purpose && e.Kind != passedOver)
            .OrderByDescending(e => e.Id)
            .FirstOrDefaultAsync(cancellationToken);
        return last?.Kind == KeyEventKind.Failed && last.FromKey == masterKey && last.Detail == OneLine(reason);
    }

    private WalletKeyEvent New(
        KeyBinding key,
        KeyEventKind kind,
        string? fromKey = null,
        string? toKey = null,
        Guid? transactionId = null,
        string? detail = null
    ) =>
        new()
        {
            OccurredAt = time.GetUtcNow(),
            Purpose = key.Purpose,
            KeyId = key.Id,
            Address = key.Address,
            Kind = kind,
            FromKey = fromKey,
            ToKey = toKey,
            TransactionId = transactionId,
            Detail = OneLine(detail),
        };

    private static string? OneLine(string? text) =>
        text?.ReplaceLineEndings(" ") is { } line ? line[..Math.Min(line.Length, DetailLengthMax)] : null;
}
