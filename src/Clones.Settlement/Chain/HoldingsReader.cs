using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Chain;

/// <summary>Asks every node by itself what some accounts hold at finalized, many accounts in one request.</summary>
public sealed class HoldingsReader(RpcEndpoints rpc)
{
    /// <param name="minSlot">Only nodes that have come so far answer; null takes any.</param>
    /// <returns>For each node that answered, slot and content of each address. Content is null where the node knows no such account.</returns>
    public Task<IReadOnlyList<IReadOnlyDictionary<PublicKey, (ulong Slot, AccountInfo? Account)>>> ReadAsync(
        IReadOnlyCollection<PublicKey> addresses,
        ulong? minSlot,
        CancellationToken cancellationToken
    ) => rpc.Usable.AnswersAsync(node => node.GetManyAccountsAsync(addresses, Commitment.Finalized, minSlot, cancellationToken));

    /// <summary>Base units in a token account; 0 where there is none.</summary>
    /// <exception cref="FormatException">The data is no token account.</exception>
    public static ulong TokensIn(AccountInfo? account) =>
        account is not null && TokenProgram.IsTokenProgram(account.Owner) ? TokenAccount.Decode(account.Data.Span).Amount : 0;
}
