using System.Runtime.CompilerServices;
using Clones.Messaging.Inbox;
using Clones.Messaging.Outbox;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Clones.Messaging.Sagas;

/// <summary>A saga instance that was read without a lock, for the time of one message.</summary>
internal abstract class UnlockedSaga(OutboxLanes.Place turn)
{
    /// <summary>It is to be saved.</summary>
    public bool IsChanged { get; protected set; }

    /// <summary>Saves it with the mark and these messages, which are delivered then.</summary>
    /// <exception cref="DbUpdateConcurrencyException">Another message was faster; nothing was saved.</exception>
    public abstract Task SaveAsync(IReadOnlyList<OutboxMessage> messages);

    /// <summary>The next message for this instance may read it.</summary>
    public void Leave() => turn.Leave(inOrder: true);

    /// <summary>
    /// What an activity reads or writes by the DbContext would be outside of the commit that saves the saga, unnoticed. So it may not open
    /// its connection.
    /// </summary>
    internal sealed class Guard : DbConnectionInterceptor
    {
        public static readonly Guard Instance = new();

        private static readonly ConditionalWeakTable<DbContext, object> Closed = [];

        public static void Close(DbContext dbContext) => Closed.AddOrUpdate(dbContext, Instance);

        public static void Open(DbContext dbContext) => Closed.Remove(dbContext);

        public static InvalidOperationException Misuse(DbContext dbContext) =>
            new(
                $"{dbContext.GetType().Name} was used while a saga of ConcurrencyMode.Optimistic handled a message: what its activities read or "
                    + "write is not part of its commit. Use ConcurrencyMode.Pessimistic."
            );

        public override InterceptionResult ConnectionOpening(
            System.Data.Common.DbConnection connection,
            ConnectionEventData eventData,
            InterceptionResult result
        ) => eventData.Context is { } dbContext && Closed.TryGetValue(dbContext, out _) ? throw Misuse(dbContext) : result;

        public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
            System.Data.Common.DbConnection connection,
            ConnectionEventData eventData,
            InterceptionResult result,
            CancellationToken cancellationToken = default
        ) => ValueTask.FromResult(ConnectionOpening(connection, eventData, result));
    }
}

/// <inheritdoc />
internal sealed class UnlockedSaga<TSaga, TDbContext>(
    SagaGroups<TSaga, TDbContext> groups,
    OutboxLanes.Place turn,
    InboxMark mark,
    TSaga? instance
) : UnlockedSaga(turn)
    where TSaga : class, ISaga
    where TDbContext : DbContext
{
    // Taken before the state machine touches it.
    private readonly int? _version = (instance as ISagaVersion)?.Version;
    private TSaga? _saved;
    private bool _removed;

    public void Change(TSaga saga, bool removed)
    {
        (_saved, _removed) = (saga, removed);
        IsChanged = !removed || _version is not null;
    }

    public override Task SaveAsync(IReadOnlyList<OutboxMessage> messages) =>
        groups.SaveAsync(new SagaChange<TSaga>(mark, _saved!, _version, _removed, messages));
}

/// <param name="Mark">Of the message that changed it.</param>
/// <param name="Saga">As it is to be stored.</param>
/// <param name="Version">That was read; null for a new instance.</param>
/// <param name="Removed">It is to be deleted.</param>
/// <param name="Messages">That the change causes.</param>
internal sealed record SagaChange<TSaga>(InboxMark Mark, TSaga Saga, int? Version, bool Removed, IReadOnlyList<OutboxMessage> Messages)
    where TSaga : class, ISaga
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    public void Saved() => _done.TrySetResult();

    public void Failed(Exception exception) => _done.TrySetException(exception);
}
