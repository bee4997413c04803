using Clones.Messaging;

namespace Clones.Settlement.Attempts;

/// <summary>
/// Work on several things at once, and on each half of them where that fails: one's failure is not the group's, and finding it
/// costs a few tries more, not one for each of its neighbours.
/// </summary>
internal static class GroupThenHalves
{
    /// <param name="group">One or more.</param>
    /// <param name="act">Is repeated with a part of them, and finds done what went well already.</param>
    /// <param name="failed">One that fails alone, or all that are left where the database is away.</param>
    /// <param name="log">Names the failure of a group.</param>
    /// <param name="cancellationToken">Ends it with what <paramref name="act"/> throws then.</param>
    public static async Task RunAsync<T>(
        T[] group,
        Func<T[], Task> act,
        Action<T[], Exception> failed,
        ILogger log,
        CancellationToken cancellationToken
    )
    {
        var left = new Stack<T[]>([group]);
        while (left.TryPop(out var next))
        {
            try
            {
                await act(next);
            }
            catch (Exception e) when (PostgresErrors.IsAway(e) && !cancellationToken.IsCancellationRequested)
            {
                // So it is for those behind it, and each try would take as long.
                failed([.. next, .. left.SelectMany(part => part)], e);
                return;
            }
            catch (Exception e) when (next.Length > 1 && !cancellationToken.IsCancellationRequested)
            {
                log.LogWarning(e, "{Count} failed together and are halved", next.Length);
                var half = (next.Length + 1) / 2;
                left.Push(next[half..]);
                left.Push(next[..half]);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                failed(next, e);
            }
        }
    }
}
