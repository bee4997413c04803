using Clones.Domain.Faults;
using Clones.Persistence;
using Clones.Persistence.Payments;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Acceptance;

/// <summary>Where a group of payments is stored: a commit of its own, or that of a message.</summary>
internal interface IAcceptanceUnit : IAsyncDisposable
{
    ClonesDbContext Db { get; }

    PaymentStore Store { get; }

    /// <summary>How long it waits for each lock; null: as long as it takes.</summary>
    TimeSpan? LockWaitMax { get; }

    /// <summary>Decides and writes under the locks; where it returns false, nothing has happened and no lock is held.</summary>
    Task<bool> TryAsync(Func<IPublishEndpoint, Task<bool>> write, CancellationToken cancellationToken);
}

/// <summary>With a commit of its own.</summary>
/// <param name="scope">Owned.</param>
/// <param name="places">Bounds the connections and locks that this process holds for accepting; null where something else does.</param>
internal sealed class OwnCommit(AsyncServiceScope scope, SemaphoreSlim? places, TimeSpan lockWaitMax, ICrashPoints crashes)
    : IAcceptanceUnit
{
    public ClonesDbContext Db { get; } = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();

    public PaymentStore Store { get; } = scope.ServiceProvider.GetRequiredService<PaymentStore>();

    public TimeSpan? LockWaitMax => lockWaitMax;

    public async Task<bool> TryAsync(Func<IPublishEndpoint, Task<bool>> write, CancellationToken cancellationToken)
    {
        await (places?.WaitAsync(cancellationToken) ?? Task.CompletedTask);
        try
        {
            await using var transaction = await Db.Database.BeginTransactionAsync(cancellationToken);
            if (!await write(scope.ServiceProvider.GetRequiredService<IPublishEndpoint>()))
            {
                await transaction.RollbackAsync(cancellationToken);
                return false;
            }
            await Db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        finally
        {
            places?.Release();
        }
        await crashes.ReachAsync(CrashPoint.PaymentAccepted, cancellationToken);
        return true;
    }

    public ValueTask DisposeAsync() => scope.DisposeAsync();
}

/// <summary>In the open database transaction of a message, whose consumer commits.</summary>
internal sealed class CommitOfMessage(ClonesDbContext db, IPublishEndpoint publish, TimeProvider time) : IAcceptanceUnit
{
    public ClonesDbContext Db => db;

    public PaymentStore Store { get; } = new(db, time);

    public TimeSpan? LockWaitMax => null;

    public async Task<bool> TryAsync(Func<IPublishEndpoint, Task<bool>> write, CancellationToken cancellationToken)
    {
        const string BeforeTry = "before_try";
        var transaction =
            db.Database.CurrentTransaction
            ?? throw new InvalidOperationException("A message is consumed in a transaction of the database.");
        await transaction.CreateSavepointAsync(BeforeTry, cancellationToken);
        if (await write(publish))
        {
            return true;
        }
        // PostgreSQL frees what was locked behind a savepoint that is rolled back to: no wallet waits for a node that lags behind.
        await transaction.RollbackToSavepointAsync(BeforeTry, cancellationToken);
        return false;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
