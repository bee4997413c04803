using System.Reflection;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Simulation;

/// <summary>
/// A connection through which the reader of a history sees what the old rule saw: after a page with fewer entries than were asked for there is
/// nothing more.
/// </summary>
internal class ShortPageIsTheEnd : DispatchProxy
{
    private readonly HashSet<Signature> ends = [];
    private IRpcClient client = null!;

    public static IRpcClient Around(IRpcClient client)
    {
        var proxy = Create<IRpcClient, ShortPageIsTheEnd>();
        ((ShortPageIsTheEnd)(object)proxy).client = client;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        ArgumentNullException.ThrowIfNull(targetMethod);
        if (targetMethod.Name != nameof(IRpcClient.GetSignaturesForAddressAsync))
        {
            return targetMethod.Invoke(client, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null);
        }
        var (limit, before) = ((int)args![1]!, (Signature?)args[2]);
        return before is { } last && ends.Contains(last)
            ? Task.FromResult<IReadOnlyList<SignatureInfo>>([])
            : RememberAsync((Task<IReadOnlyList<SignatureInfo>>)targetMethod.Invoke(client, args)!, limit);
    }

    private async Task<IReadOnlyList<SignatureInfo>> RememberAsync(Task<IReadOnlyList<SignatureInfo>> asked, int limit)
    {
        var page = await asked;
        if (page.Count > 0 && page.Count < limit)
        {
            ends.Add(page[^1].Signature);
        }
        return page;
    }
}
