using Clones.Api.Agents;
using Clones.Domain.Keys;
using Clones.Lifecycle;
using Clones.Settlement;
using Clones.Settlement.Ledger;
using Clones.Settlement.Store;

namespace Clones.Simulation.Tests.Conformance;

/// <summary>One empty database behind every store port: PostgreSQL, or the simulator's. The same rows in, the same answers out.</summary>
internal abstract class StorePorts
{
    public static SettlementOptions Options { get; } = new() { BatchMax = 3, WakeUpsMax = 5 };

    public abstract ISettlementStore Store { get; }

    public abstract ILedgerStore Ledger { get; }

    public abstract IOwnerTransactionStore Owners { get; }

    /// <summary>Makes the database, runs the test over it, and drops it.</summary>
    public abstract Task RunAsync(Func<Task> test);

    /// <summary>By the clock of the database.</summary>
    public abstract Task<DateTimeOffset> NowAsync();

    /// <summary>A database transaction of a message that moves an agent, or opens keys.</summary>
    public abstract Task<IPortScope> BeginAsync();

    /// <summary>Commits rows as they are, in an order in which they may be inserted.</summary>
    public abstract Task PutAsync(params IEnumerable<object> rows);

    /// <summary>What is committed.</summary>
    public abstract Task<IReadOnlyList<T>> AllAsync<T>()
        where T : class;

    /// <summary>Messages that go out.</summary>
    public abstract Task<int> PublishedAsync();

    /// <summary>What it throws. Awaited here, since it must go on on the thread of the test.</summary>
    public static async Task<Exception> RejectionOfAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception e)
        {
            return e;
        }
        throw new ShouldAssertException("It was not rejected.");
    }

    /// <summary>Until the call stands behind the lock of another.</summary>
    public abstract Task UntilItWaitsAsync(Task call);
}

internal interface IPortScope : IAsyncDisposable
{
    IDeploymentWork Work { get; }

    ILifecycleRows Lifecycle { get; }

    /// <summary>As the key vault notes what it does with a key.</summary>
    void Add(WalletKeyEvent noted);

    Task CommitAsync();
}
