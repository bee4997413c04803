using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Clones.Messaging.Outbox;

/// <summary>
/// Delivers what this process has just committed, at once and from memory. Whatever it cannot deliver in order and in time it leaves to
/// the sweepers, so nothing depends on this process staying alive.
/// </summary>
internal sealed class OutboxDispatcher<TDbContext>(
    OutboxSender<TDbContext> sender,
    OutboxSettlement<TDbContext> settlement,
    OutboxSignal<TDbContext> signal,
    OutboxOptionsOf<TDbContext> options,
    TimeProvider time,
    ILogger<OutboxDispatcher<TDbContext>> logger
) : IDisposable
    where TDbContext : DbContext
{
    // The margin covers the time between the database's clock_timestamp() and the arrival of the commit here.
    private static readonly TimeSpan UsableLease = TimeSpan.FromSeconds(MessagingModelBuilderExtensions.LeaseSeconds - 5);

    private static readonly TimeSpan DrainFor = TimeSpan.FromSeconds(5);

    private readonly OutboxLanes _lanes = new();
    private readonly SemaphoreSlim _parallel = new(256);
    private StrongBox _owner = new(Guid.NewGuid());
    private int _underWay;
    private volatile bool _running;

    private CancellationToken _stopping;

    /// <summary>Under whose name rows are to be inserted; null when they are to be left to the sweepers.</summary>
    public Guid? Owner => _running && Volatile.Read(ref _underWay) < options.Value.DeliveryLimit ? Volatile.Read(ref _owner).Value : null;

    public void Start(CancellationToken stopping)
    {
        _stopping = stopping;
        _running = true;
    }

    /// <summary>Takes nothing new, and gives what is under way a moment to reach the broker.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _running = false;
        using var limit = new CancellationTokenSource(DrainFor, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        while (Volatile.Read(ref _underWay) > 0 && !either.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _parallel.Dispose();

    /// <summary>Takes the places in the lanes of these rows' keys. To be called before the commit, under the lock that orders them.</summary>
    public DispatchTicket Prepare(IReadOnlyList<OutboxMessage> rows)
    {
        List<OutboxLanes.Place>? places = null;
        foreach (var row in rows)
        {
            if (row.PartitionKey is { } key && places?.Exists(x => x.Key == key) != true)
            {
                (places ??= []).Add(_lanes.Enter(key));
            }
        }

        return new DispatchTicket(rows, places ?? [], time.GetTimestamp());
    }

    /// <summary>Nothing was committed: what is behind may go on as soon as what is ahead has.</summary>
    public static void Abandon(DispatchTicket ticket) => ticket.Places.ForEach(x => _ = x.GiveUpAsync());

    /// <summary>
    /// Nobody knows whether the commit happened. Rows of it may lie in the table under our name, so the name is abandoned: rows to come
    /// will see them as another's and queue up behind them.
    /// </summary>
    public void Disown(DispatchTicket ticket)
    {
        Volatile.Write(ref _owner, new(Guid.NewGuid()));
        ticket.Places.ForEach(x => x.Leave(inOrder: false));
    }

    public void Deliver(DispatchTicket ticket)
    {
        foreach (var row in ticket.Rows)
        {
            if (row.LeaseOwner is null && row.EnqueueTime is null)
            {
                signal.Set();
                break;
            }
        }

        foreach (var row in ticket.Rows)
        {
            if (row.PartitionKey is null && row.LeaseOwner is not null)
            {
                Start(ticket, [row], null);
            }
        }

        foreach (var place in ticket.Places)
        {
            Start(ticket, [.. ticket.Rows.Where(x => x.PartitionKey == place.Key)], place);
        }
    }

    private void Start(DispatchTicket ticket, OutboxMessage[] rows, OutboxLanes.Place? place)
    {
        Interlocked.Add(ref _underWay, rows.Length);
        _ = DeliverInOrderAsync(ticket, rows, place);
    }

    private async Task DeliverInOrderAsync(DispatchTicket ticket, OutboxMessage[] rows, OutboxLanes.Place? place)
    {
        // Off the consumer's path: its message is acknowledged while this runs.
        await Task.Yield();
        var delivered = 0;
        var inOrder = true;
        try
        {
            // A row without our name was left to the sweepers, and with it every row behind it.
            var ours = Array.FindIndex(rows, x => x.LeaseOwner is null) is var foreign and >= 0 ? foreign : rows.Length;
            inOrder = place is null || await place.Before.ConfigureAwait(false);
            var outcome = default(SendOutcome);
            while (inOrder && delivered < ours)
            {
                outcome = await SendAsync(ticket, rows[delivered]).ConfigureAwait(false);
                if (outcome.Result is not SendResult.Delivered)
                {
                    inOrder = false;
                }
                else
                {
                    settlement.Delivered(rows[delivered++].SequenceNumber);
                }
            }
            if (delivered < ours)
            {
                await GiveBackAsync(rows[delivered..ours], outcome).ConfigureAwait(false);
            }

            inOrder &= ours == rows.Length;
        }
        catch (Exception exception)
        {
            // The rows stay leased until the lease runs out; under a new name nothing overtakes them.
            logger.LogError(exception, "{Count} committed messages are left to the outbox sweeper", rows.Length - delivered);
            Volatile.Write(ref _owner, new(Guid.NewGuid()));
            inOrder = false;
        }
        finally
        {
            Interlocked.Add(ref _underWay, -rows.Length);
            place?.Leave(inOrder);
        }
    }

    private async Task<SendOutcome> SendAsync(DispatchTicket ticket, OutboxMessage row)
    {
        // Without the token: after a stop, sends end at once by themselves.
        await _parallel.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            // A process that was stopped and resumed must not send what another has meanwhile taken over.
            if (time.GetElapsedTime(ticket.LeasedAt) + options.Value.SendTimeout > UsableLease)
            {
                return new(SendResult.Outage, "The lease ran out before the message could be sent.");
            }

            return await sender.SendAsync(row, _stopping).ConfigureAwait(false);
        }
        finally
        {
            _parallel.Release();
        }
    }

    private async Task GiveBackAsync(OutboxMessage[] rows, SendOutcome outcome)
    {
        var rejected = outcome.Result is SendResult.Rejected;
        if (rejected)
        {
            logger.LogError("Message {MessageId} could not be sent: {Error}", rows[0].MessageId, outcome.Error);
        }

        var delay = outcome.Error is null ? TimeSpan.Zero : OutboxOptions.BackOff(rejected ? rows[0].Attempts + 1 : 1);
        await settlement.ReleaseAsync(rows[1..], TimeSpan.Zero, null, rejected: false).ConfigureAwait(false);
        await settlement.ReleaseAsync(rows[..1], delay, outcome.Error, rejected).ConfigureAwait(false);
        signal.Set();
    }

    private sealed class StrongBox(Guid value)
    {
        public Guid Value { get; } = value;
    }
}

/// <summary>The rows of one commit and their places in the lanes.</summary>
internal sealed record DispatchTicket(IReadOnlyList<OutboxMessage> Rows, List<OutboxLanes.Place> Places, long LeasedAt);
