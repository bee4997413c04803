using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Chain;

/// <summary>Asks every node by itself what some accounts hold at finalized, many accounts in one request.</summary>
public sealed class HoldingsReader(RpcEndpoints rpc)
{
    /// <summary>The most that the RPC specification allows for one request.</summary>
    private const int AccountsMax = 100;

    /// <param name="minSlot">Only nodes that have come so far answer; null takes any.</param>
    /// <returns>For each node that answered, slot and content of each address. Content is null where the node knows no such account.</returns>
    public Task<IReadOnlyList<IReadOnlyDictionary<PublicKey, (ulong Slot, AccountInfo? Account)>>> ReadAsync(
        IReadOnlyCollection<PublicKey> addresses,
        ulong? minSlot,
        CancellationToken cancellationToken
    ) =>
        rpc.Usable.AnswersAsync<IReadOnlyDictionary<PublicKey, (ulong, AccountInfo?)>>(async node =>
        {
            var found = new Dictionary<PublicKey, (ulong, AccountInfo?)>();
            foreach (var chunk in addresses.Distinct().Chunk(AccountsMax))
            {
                var read = await node.GetMultipleAccountsAsync(chunk, Commitment.Finalized, minSlot, cancellationToken);
                for (var i = 0; i < chunk.Length; i++)
                {
                    found[chunk[i]] = (read.Slot, read.Value[i]);
                }
            }
            return found;
        });

    /// <summary>Base units in a token account; 0 where there is none.</summary>
    /// <exception cref="FormatException">The data is no token account.</exception>
    public static ulong TokensIn(AccountInfo? account) =>
        account is not null && TokenProgram.IsTokenProgram(account.Owner) ? TokenAccount.Decode(account.Data.Span).Amount : 0;
}
