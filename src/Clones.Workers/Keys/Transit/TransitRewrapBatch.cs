namespace Clones.Workers.Keys.Transit;

/// <summary>One rewrap on its way: what is bad falls out at each step, what is good goes on to the next.</summary>
internal sealed class TransitRewrapBatch(IReadOnlyList<(string Wrapped, byte[] AssociatedData)> items)
{
    private readonly TransitRewrap[] results = new TransitRewrap[items.Count];

    public async Task<IReadOnlyList<TransitRewrap>> RunAsync(TransitApi api, CancellationToken cancellationToken)
    {
        var (wrappings, places) = Parse();
        if (wrappings.Count == 0)
        {
            return results;
        }

        using var keys = new PinnedKeys(wrappings.Count);
        var faults = await api.DecryptBatchAsync(wrappings, keys.From(0), cancellationToken).ConfigureAwait(false);
        var opened = new List<int>();
        for (var i = 0; i < wrappings.Count; i++)
        {
            if (faults[i] == TransitFault.None)
            {
                keys[i].CopyTo(keys[opened.Count]);
                opened.Add(i);
            }
            else
            {
                results[places[i]] = new TransitRewrap(null, Error(wrappings[i].Ciphertext, faults[i]));
            }
        }
        if (opened.Count == 0)
        {
            return results;
        }

        byte[][] associatedData = [.. opened.Select(i => wrappings[i].AssociatedData)];
        var wrapped = await api.EncryptBatchAsync(keys.From(0), associatedData, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < opened.Count; i++)
        {
            var (ciphertext, fault) = wrapped[i];
            results[places[opened[i]]] =
                fault == TransitFault.None ? new TransitRewrap(ciphertext!.Text, null) : new TransitRewrap(null, Unavailable(fault));
        }
        return results;
    }

    private (List<TransitWrapping> Wrappings, List<int> Places) Parse()
    {
        var wrappings = new List<TransitWrapping>(items.Count);
        var places = new List<int>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            if (TransitCiphertext.TryParse(items[i].Wrapped, out var ciphertext))
            {
                wrappings.Add(new TransitWrapping(ciphertext, items[i].AssociatedData));
                places.Add(i);
            }
            else
            {
                results[i] = new TransitRewrap(null, new TransitRefusedException(null, TransitFault.NoCiphertext));
            }
        }
        return (wrappings, places);
    }

    private static TransitException Error(TransitCiphertext ciphertext, TransitFault fault) =>
        fault.IsRefusal() ? new TransitRefusedException(ciphertext.Version, fault) : Unavailable(fault);

    private static TransitUnavailableException Unavailable(TransitFault fault) =>
        new($"Vault's Transit has left this item of the batch undone: {TransitFaults.Reason(fault)}.");
}
