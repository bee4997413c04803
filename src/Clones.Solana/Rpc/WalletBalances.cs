using System.Collections.Concurrent;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;

namespace Clones.Solana.Rpc;

/// <summary>Reads what a wallet has, everything in one request at one finalized slot. An error is thrown, never read as zero.</summary>
public sealed class WalletBalances(RpcEndpoints rpc)
{
    /// <summary>Immutable owner, which every associated account of Token-2022 has: one byte of type, four of extension.</summary>
    private const int Token2022AccountSize = TokenAccount.Size + 5;

    private const int MintsMax = 33;

    // The chain's rent per size; a change of it is an upgrade of the whole cluster.
    private readonly ConcurrentDictionary<int, ulong> rentBySize = new();

    /// <summary>Lamports that an account of this many bytes must hold, by the chain's own word.</summary>
    public async Task<ulong> RentAsync(int size, CancellationToken cancellationToken)
    {
        if (!rentBySize.TryGetValue(size, out var lamports))
        {
            lamports = await rpc.ReadAsync((node, ct) => node.GetMinimumBalanceForRentExemptionAsync((ulong)size, ct), cancellationToken);
            rentBySize[size] = lamports;
        }
        return lamports;
    }

    /// <param name="wallet">Whose balances.</param>
    /// <param name="mints">At most 33; each is searched for under the token program that owns it.</param>
    /// <param name="minContextSlot">Reject nodes that have not reached this slot; null takes any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RpcException">No answer.</exception>
    public async Task<WalletBalance> ReadAsync(
        PublicKey wallet,
        IReadOnlyCollection<PublicKey> mints,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mints.Count, MintsMax, nameof(mints));
        var distinct = mints.Distinct().ToArray();
        PublicKey[] addresses = [wallet, .. distinct, .. distinct.SelectMany(mint => TokenAccountsOf(wallet, mint))];
        var floor = await RentAsync(0, cancellationToken);
        var read = await AccountsAsync(addresses, 1..(1 + distinct.Length), minContextSlot, cancellationToken);

        var tokens = new Dictionary<PublicKey, ulong>();
        var first = 1 + distinct.Length;
        for (var i = 0; i < distinct.Length; i++)
        {
            // Under the program that does not own the mint there can be no account of it.
            tokens[distinct[i]] = (Holding(read.Value[first + 2 * i]) ?? Holding(read.Value[first + 2 * i + 1]))?.Amount ?? 0;
        }
        return new WalletBalance(wallet, read.Slot, read.Value[0]?.Lamports ?? 0, floor, tokens);
    }

    /// <summary>
    /// What the chain says of transfers of one mint: the balances of the wallet, and everyone who is to be paid, as many to a request as a
    /// node takes. Every request reads the wallet and the mint too, so that no answer comes from a node that does not know them.
    /// </summary>
    /// <param name="mint">Null for SOL.</param>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public async Task<TransferOutlook> ReadForTransfersAsync(
        PublicKey wallet,
        PublicKey? mint,
        IReadOnlyCollection<PublicKey> recipients,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    )
    {
        var floor = await RentAsync(0, cancellationToken);
        var perRequest = mint is null ? ManyAccounts.PerRequest - 1 : (ManyAccounts.PerRequest - 4) / 3;
        PublicKey[][] parts =
            recipients.Count == 0
                ?
                [
                    [],
                ]
                : [.. recipients.Distinct().Chunk(perRequest)];
        var latest = (WalletBalance?)null;
        var seen = new Dictionary<PublicKey, RecipientOutlook>();
        foreach (var some in parts.Chunk(ManyAccounts.RequestsAtOnce))
        {
            var read = await Task.WhenAll(
                some.Select(part =>
                    mint is { } token
                        ? ReadForTokensAsync(wallet, token, part, floor, minContextSlot, cancellationToken)
                        : ReadForLamportsAsync(wallet, part, floor, minContextSlot, cancellationToken)
                )
            );
            foreach (var part in read)
            {
                latest = latest is null || part.Wallet.Slot > latest.Slot ? part.Wallet : latest;
                foreach (var (recipient, outlook) in part.Recipients)
                {
                    seen[recipient] = outlook;
                }
            }
        }
        return new TransferOutlook(latest!, seen);
    }

    private async Task<TransferOutlook> ReadForLamportsAsync(
        PublicKey wallet,
        PublicKey[] recipients,
        ulong floor,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    )
    {
        var read = await AccountsAsync([wallet, .. recipients], ..0, minContextSlot, cancellationToken);
        return new TransferOutlook(
            new WalletBalance(wallet, read.Slot, read.Value[0]?.Lamports ?? 0, floor, new Dictionary<PublicKey, ulong>()),
            recipients
                .Select(
                    (recipient, i) =>
                        new RecipientOutlook(recipient, null)
                        {
                            Lamports = read.Value[1 + i]?.Lamports ?? 0,
                            IsWallet = IsWallet(read.Value[1 + i]),
                        }
                )
                .ToDictionary(outlook => outlook.Recipient)
        );
    }

    private async Task<TransferOutlook> ReadForTokensAsync(
        PublicKey wallet,
        PublicKey mint,
        PublicKey[] recipients,
        ulong floor,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    )
    {
        PublicKey[] addresses =
        [
            mint,
            wallet,
            .. TokenAccountsOf(wallet, mint),
            .. recipients.SelectMany(recipient => (PublicKey[])[recipient, .. TokenAccountsOf(recipient, mint)]),
        ];
        var read = await AccountsAsync(addresses, ..1, minContextSlot, cancellationToken);
        // Under the program that does not own the mint there can be no account of it.
        var under = read.Value[0]!.Owner == TokenProgram.Token2022Id ? 1 : 0;
        var source = read.Value[2 + under];
        var outlooks = new Dictionary<PublicKey, RecipientOutlook>();
        for (var i = 0; i < recipients.Length; i++)
        {
            var own = 4 + 3 * i;
            var holding = Holding(read.Value[own + 1 + under]);
            outlooks[recipients[i]] = new RecipientOutlook(recipients[i], mint)
            {
                Lamports = read.Value[own]?.Lamports ?? 0,
                IsWallet = IsWallet(read.Value[own]),
                TokenAccountRentLamports = holding is null ? await NewAccountRentAsync(source, under == 1, cancellationToken) : 0,
                TokenAccountUnusable = holding is not null && (holding.Owner != recipients[i] || holding.State == TokenAccountState.Frozen),
            };
        }
        var tokens = new Dictionary<PublicKey, ulong> { [mint] = Holding(source)?.Amount ?? 0 };
        return new TransferOutlook(new WalletBalance(wallet, read.Slot, read.Value[1]?.Lamports ?? 0, floor, tokens), outlooks);
    }

    /// <param name="mints">
    /// Which of the addresses are mints. A mint is never taken off the chain: a node that answers null for one does not see the cluster as it
    /// is, and its other nulls would pass for empty accounts. Another node is asked.
    /// </param>
    private Task<RpcValue<IReadOnlyList<AccountInfo?>>> AccountsAsync(
        PublicKey[] addresses,
        Range mints,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    ) =>
        rpc.ReadAsync(
            async (node, ct) =>
            {
                var read = await node.GetMultipleAccountsAsync(addresses, Commitment.Finalized, minContextSlot, ct);
                var (from, count) = mints.GetOffsetAndLength(addresses.Length);
                for (var i = from; i < from + count; i++)
                {
                    if (read.Value[i] is null)
                    {
                        throw new RpcTransportException(node.Endpoint, "getMultipleAccounts", $"it knows no mint {addresses[i]}");
                    }
                }
                return read;
            },
            cancellationToken
        );

    // Extensions of a mint make its accounts larger: the payer's own account of the same mint shows how large.
    private Task<ulong> NewAccountRentAsync(AccountInfo? sibling, bool isToken2022, CancellationToken cancellationToken) =>
        RentAsync(sibling?.Data.Length ?? (isToken2022 ? Token2022AccountSize : TokenAccount.Size), cancellationToken);

    private static PublicKey[] TokenAccountsOf(PublicKey owner, PublicKey mint) =>
        [
            AssociatedTokenAccountProgram.FindAddress(owner, mint, TokenProgram.Id),
            AssociatedTokenAccountProgram.FindAddress(owner, mint, TokenProgram.Token2022Id),
        ];

    private static TokenAccount? Holding(AccountInfo? account) =>
        account is not null && TokenProgram.IsTokenProgram(account.Owner) ? TokenAccount.Decode(account.Data.Span) : null;

    private static bool IsWallet(AccountInfo? account) => account is null || (account.Owner == SystemProgram.Id && !account.Executable);
}
