using Clones.Messaging;

namespace Clones.Settlement.Attempts;

/// <summary>Work on several transactions at once, and on each of them alone where that fails: one transaction's failure is not the group's.</summary>
internal static class GroupThenEach
{
    /// <param name="group">One or more.</param>
    /// <param name="act">Is repeated with each alone, and finds done what went well already.</param>
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
        try
        {
            await act(group);
        }
        catch (Exception e) when (group.Length > 1 && !PostgresErrors.IsAway(e) && !cancellationToken.IsCancellationRequested)
        {
            log.LogWarning(e, "{Count} transactions failed together and are done one by one", group.Length);
            for (var i = 0; i < group.Length; i++)
            {
                try
                {
                    await act([group[i]]);
                }
                catch (Exception alone) when (PostgresErrors.IsAway(alone) && !cancellationToken.IsCancellationRequested)
                {
                    // So it is for those behind it, and each try would take as long.
                    failed(group[i..], alone);
                    return;
                }
                catch (Exception alone) when (!cancellationToken.IsCancellationRequested)
                {
                    failed([group[i]], alone);
                }
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            failed(group, e);
        }
    }
}
