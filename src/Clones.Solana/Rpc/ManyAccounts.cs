using Clones.Solana.Primitives;

namespace Clones.Solana.Rpc;

/// <summary>More accounts than one request takes.</summary>
public static class ManyAccounts
{
    /// <summary>The most that the RPC specification allows for one getMultipleAccounts.</summary>
    public const int PerRequest = 100;

    /// <summary>Of one reading, so that it does not flood a node.</summary>
    internal const int RequestsAtOnce = 8;

    /// <summary>What one node says of any number of accounts, in full requests.</summary>
    /// <returns>The slot of the answer and the content of each address. Content is null where the node knows no such account.</returns>
    /// <exception cref="RpcException">One of the answers did not come.</exception>
    public static async Task<IReadOnlyDictionary<PublicKey, (ulong Slot, AccountInfo? Account)>> GetManyAccountsAsync(
        this IRpcClient node,
        IEnumerable<PublicKey> addresses,
        Commitment commitment,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    )
    {
        var found = new Dictionary<PublicKey, (ulong, AccountInfo?)>();
        foreach (var some in addresses.Distinct().Chunk(PerRequest).Chunk(RequestsAtOnce))
        {
            var reads = await Task.WhenAll(
                    some.Select(chunk => node.GetMultipleAccountsAsync(chunk, commitment, minContextSlot, cancellationToken))
                )
                .ConfigureAwait(false);
            foreach (var (chunk, read) in some.Zip(reads))
            {
                for (var i = 0; i < chunk.Length; i++)
                {
                    found[chunk[i]] = (read.Slot, read.Value[i]);
                }
            }
        }
        return found;
    }
}
