using System.Runtime.CompilerServices;
using Clones.Persistence;
using Clones.Simulation.Store;

namespace Clones.Simulation.Context;

/// <summary>Where one scope of services sits: its process, its connection to the database, its messages that wait for the commit.</summary>
internal sealed class SimulatedContext
{
    private static readonly ConditionalWeakTable<ClonesDbContext, SimulatedContext> Seats = [];

    private readonly List<object> published = [];

    public SimulatedHost Host { get; set; } = null!;

    /// <summary>The open database transaction; null where each statement commits by itself.</summary>
    public ContextSession? Session { get; private set; }

    private SimulatedProcess Process => Host.Process;

    private Database Database => Host.World.Database;

    public static SimulatedContext Of(Microsoft.EntityFrameworkCore.DbContext context) =>
        Seats.TryGetValue((ClonesDbContext)context, out var seat) ? seat : throw new InvalidOperationException("A context without a seat.");

    public ClonesDbContext NewContext()
    {
        var context = new ClonesDbContext(ContextOptions.Value);
        Seats.Add(context, this);
        return context;
    }

    public void Publish(object message) => published.Add(message);

    /// <summary>Opens a database transaction; for a message, one that handles it once.</summary>
    public async Task<ContextSession> BeginAsync((Type Consumer, Guid Message)? handles = null) =>
        Session = await Database.AskAsync(
            Process,
            () => new ContextSession(Database, Process) { Handles = handles, OnSigned = Host.World.OnSigned }
        );

    /// <summary>Ends the database transaction with all that was published.</summary>
    public async Task CommitAsync()
    {
        var session = Session ?? throw new InvalidOperationException("No database transaction is open.");
        session.Publish(published);
        published.Clear();
        try
        {
            await session.CommitAsync(default);
        }
        finally
        {
            Session = null;
        }
    }

    /// <summary>Where no database transaction is open, what was published goes out by itself.</summary>
    public async Task CommitMessagesAsync()
    {
        if (Session is null && published.Count > 0)
        {
            await BeginAsync();
            await CommitAsync();
        }
    }

    public void Abort()
    {
        Session?.Abort();
        Session = null;
        published.Clear();
    }

    /// <summary>One statement and its answer.</summary>
    public Task<T> AskAsync<T>(Func<T> answer) => Session is { } session ? session.AskAsync(answer) : Database.AskAsync(Process, answer);

    public IEnumerable<object> View(Type type) => ContextSession.View(type, Database, Session);

    /// <summary>The rows of which it is true, each locked until the transaction ends and read again then, as PostgreSQL does it.</summary>
    public async Task<List<object>> LockAsync(Type type, Predicate<object> isWanted, bool skipLocked = false)
    {
        var session = Session ?? throw new NotSupportedException("Rows are locked within a database transaction only.");
        var table = Table.For(type);
        var found = await AskAsync(() => View(type).Where(row => isWanted(row)).Select(table.KeyOf).ToList());
        var locked = new List<object>();
        foreach (var key in found)
        {
            var id = LockOf(type, key);
            if (skipLocked && Database.IsLocked(id))
            {
                continue;
            }
            var row = await session.LockAsync(id, () => View(type).FirstOrDefault(r => table.KeyOf(r).Equals(key)));
            if (row is not null && isWanted(row))
            {
                locked.Add(row);
            }
        }
        return locked;
    }

    // An agent and its lifecycle have one id and are two rows.
    private static Guid LockOf(Type type, object key)
    {
        var bytes = ((Guid)key).ToByteArray();
        bytes[0] ^= type == typeof(Clones.Domain.Agents.Agent) ? (byte)0xA6 : (byte)0;
        bytes[1] ^= type == typeof(Clones.Persistence.Agents.AgentLifecycleInstance) ? (byte)0x11 : (byte)0;
        return new Guid(bytes);
    }
}
