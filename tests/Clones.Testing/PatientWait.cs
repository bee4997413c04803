namespace Clones.Testing;

/// <summary>Waits that end: where what a test waits for never comes, that test fails and says so, instead of holding up the whole run.</summary>
public static class PatientWait
{
    /// <summary>Much longer than anything here takes, also on a machine that has other work.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <exception cref="TimeoutException">It did not come.</exception>
    public static async Task OrGiveUpAsync(this Task task, string what, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Waited {Patience.TotalSeconds} s for {what}.");
        }
    }

    /// <inheritdoc cref="OrGiveUpAsync(Task, string, CancellationToken)"/>
    public static async Task<T> OrGiveUpAsync<T>(this Task<T> task, string what, CancellationToken cancellationToken)
    {
        await ((Task)task).OrGiveUpAsync(what, cancellationToken);
        return await task;
    }

    /// <summary>
    /// Reads until there is something: often at first, then every tenth of a second. Many tests wait at once, and each read takes processor time from
    /// what it waits for.
    /// </summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T?>> read, string what)
        where T : class
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await read() is { } seen)
            {
                return seen;
            }
            var waited = TimeProvider.System.GetElapsedTime(began);
            if (waited > Patience)
            {
                throw new TimeoutException($"Waited {Patience.TotalSeconds} s for {what}.");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Clamp(waited.TotalMilliseconds / 10, 25, 100)), CancellationToken.None);
        }
    }
}
