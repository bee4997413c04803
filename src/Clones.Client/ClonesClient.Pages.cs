using System.Runtime.CompilerServices;

namespace Clones.Client;

public sealed partial class ClonesClient
{
    private static async IAsyncEnumerable<T> EnumerateAsync<TPage, T>(
        Func<string?, Task<TPage>> read,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
        where TPage : IPage<T>
    {
        string? cursor = null;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await read(cursor).ConfigureAwait(false);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            cursor = page.NextCursor;
        } while (cursor is not null);
    }
}
