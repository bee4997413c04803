using Clones.Persistence;
using Clones.Persistence.Keys;

namespace Clones.Workers.Keys;

/// <summary>Adds to the log of the stored keys, in the commit of what it tells; a failure in a commit of its own.</summary>
internal sealed class KeyEvents(ClonesDbContext db, IServiceScopeFactory scopes, TimeProvider time, ILogger<KeyEvents> log)
{
    private const int DetailLengthMax = 500;

    public void Created(KeyBinding key, string masterKey) => Add(key, KeyEventKind.Created, toKey: masterKey);

    public void Imported(KeyBinding key, string from, string to) => Add(key, KeyEventKind.Imported, from, to);

    public void Opened(KeyBinding key, string masterKey, Guid transactionId) =>
        Add(key, KeyEventKind.Opened, masterKey, transactionId: transactionId);

    public void Migrated(KeyBinding key, string from, string to) => Add(key, KeyEventKind.Migrated, from, to);

    public void Failed(KeyBinding key, string? masterKey, string reason) => Add(key, KeyEventKind.Failed, masterKey, detail: reason);

    /// <summary>An opening failed, and what it was for is rolled back. That it failed is worth keeping; where it cannot be kept, the log has it.</summary>
    public async Task FailedForGoodAsync(KeyUnusableException failure, Guid transactionId)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var own = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
            own.KeyEvents.Add(
                New(failure.Binding, KeyEventKind.Failed, failure.MasterKey, transactionId: transactionId, detail: failure.Reason)
            );
            await own.SaveChangesAsync(CancellationToken.None);
        }
        catch (Exception e) when (DatabaseTrouble.IsPassing(e))
        {
            log.LogError(e, "That the {Binding} did not open could not be stored: {Reason}", failure.Binding, failure.Reason);
        }
    }

    private void Add(
        KeyBinding key,
        KeyEventKind kind,
        string? fromKey = null,
        string? toKey = null,
        Guid? transactionId = null,
        string? detail = null
    ) => db.KeyEvents.Add(New(key, kind, fromKey, toKey, transactionId, detail));

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
