using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Clones.Simulation.Context;

/// <summary>Database transactions as the code under test opens and ends them.</summary>
internal sealed class ContextTransactions(ICurrentDbContext current) : IDbContextTransactionManager
{
    private Seat Seat => Seat.Of(current.Context);

    public IDbContextTransaction? CurrentTransaction => Seat.Session is null ? null : new Open(Seat);

    public async Task<IDbContextTransaction> BeginTransactionAsync(CancellationToken cancellationToken)
    {
        await Seat.BeginAsync();
        return new Open(Seat);
    }

    public Task CommitTransactionAsync(CancellationToken cancellationToken) => Seat.CommitAsync();

    public Task RollbackTransactionAsync(CancellationToken cancellationToken)
    {
        Seat.Abort();
        return Task.CompletedTask;
    }

    public IDbContextTransaction BeginTransaction() => throw new NotSupportedException();

    public void CommitTransaction() => throw new NotSupportedException();

    public void RollbackTransaction() => Seat.Abort();

    public void ResetState() { }

    public Task ResetStateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private sealed class Open(Seat seat) : IDbContextTransaction
    {
        public Guid TransactionId => Guid.Empty;

        public Task CommitAsync(CancellationToken cancellationToken) => seat.CommitAsync();

        public Task RollbackAsync(CancellationToken cancellationToken)
        {
            seat.Abort();
            return Task.CompletedTask;
        }

        public void Commit() => throw new NotSupportedException();

        public void Rollback() => seat.Abort();

        public void Dispose() => seat.Abort();

        public ValueTask DisposeAsync()
        {
            seat.Abort();
            return ValueTask.CompletedTask;
        }
    }
}
