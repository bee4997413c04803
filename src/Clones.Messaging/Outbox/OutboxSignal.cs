using Microsoft.EntityFrameworkCore;

namespace Clones.Messaging.Outbox;

/// <summary>Wakes the sweeper of this process before its time.</summary>
internal sealed class OutboxSignal<TDbContext>
    where TDbContext : DbContext
{
    private TaskCompletionSource _set = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Set() => Volatile.Read(ref _set).TrySetResult();

    /// <summary>Waits for a signal, or for as long as <paramref name="longest"/>; true when there was one.</summary>
    public async Task<bool> WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
    {
        var woken = true;
        try
        {
            await Volatile.Read(ref _set).Task.WaitAsync(longest, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            woken = false;
        }
        Interlocked.Exchange(ref _set, new(TaskCreationOptions.RunContinuationsAsynchronously));
        return woken;
    }
}
