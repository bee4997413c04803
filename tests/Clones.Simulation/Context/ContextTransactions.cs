using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Clones.Simulation.Context;

/// <summary>Database transactions as the code under test opens and ends them.</summary>
internal sealed class ContextTransactions(ICurrentDbContext current) : IDbContextTransactionManager
{
    private SimulatedContext SimulatedContext => SimulatedContext.Of(current.Context);

    public IDbContextTransaction? CurrentTransaction => SimulatedContext.Session is null ? null : new Open(SimulatedContext);

    public async Task<IDbContextTransaction> BeginTransactionAsync(CancellationToken cancellationToken)
    {
        await SimulatedContext.BeginAsync();
        return new Open(SimulatedContext);
    }

    public Task CommitTransactionAsync(CancellationToken cancellationToken) => SimulatedContext.CommitAsync();

    public Task RollbackTransactionAsync(CancellationToken cancellationToken)
    {
        SimulatedContext.Abort();
        return Task.CompletedTask;
    }

    public IDbContextTransaction BeginTransaction() => throw new NotSupportedException();

    public void CommitTransaction() => throw new NotSupportedException();

    public void RollbackTransaction() => SimulatedContext.Abort();

    public void ResetState() { }

    public Task ResetStateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private sealed class Open(SimulatedContext seat) : IDbContextTransaction
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
