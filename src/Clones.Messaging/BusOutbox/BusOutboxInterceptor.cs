using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Clones.Messaging.BusOutbox;

/// <summary>Informs the bus outbox of a scope of what happens to its DbContext. Without state, so pooled contexts may share it.</summary>
internal sealed class BusOutboxInterceptor : SaveChangesInterceptor, IDbTransactionInterceptor
{
    public static readonly BusOutboxInterceptor Instance = new();

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        BusOutboxScope.Of(eventData.Context)?.Saving(eventData.Context!);
        return result;
    }

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData,
        InterceptionResult<int> result,
        CancellationToken cancellationToken = default
    )
    {
        if (BusOutboxScope.Of(eventData.Context) is { } scope)
        {
            await scope.SavingAsync(eventData.Context!, cancellationToken).ConfigureAwait(false);
        }
        return result;
    }

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        BusOutboxScope.Of(eventData.Context)?.Saved(eventData.Context!);
        return result;
    }

    public override ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData,
        int result,
        CancellationToken cancellationToken = default
    ) => ValueTask.FromResult(SavedChanges(eventData, result));

    public override void SaveChangesFailed(DbContextErrorEventData eventData) =>
        BusOutboxScope.Of(eventData.Context)?.Failed(eventData.Context!);

    public override Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        SaveChangesFailed(eventData);
        return Task.CompletedTask;
    }

    public override void SaveChangesCanceled(DbContextEventData eventData) =>
        BusOutboxScope.Of(eventData.Context)?.Failed(eventData.Context!);

    public override Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default)
    {
        SaveChangesCanceled(eventData);
        return Task.CompletedTask;
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) =>
        BusOutboxScope.Of(eventData.Context)?.Committed();

    public Task TransactionCommittedAsync(
        DbTransaction transaction,
        TransactionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        TransactionCommitted(transaction, eventData);
        return Task.CompletedTask;
    }

    public void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) =>
        BusOutboxScope.Of(eventData.Context)?.RolledBack();

    public Task TransactionRolledBackAsync(
        DbTransaction transaction,
        TransactionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        TransactionRolledBack(transaction, eventData);
        return Task.CompletedTask;
    }
}
