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
    /// <param name="mints">At most 33; each is looked for under the token program that owns it.</param>
    /// <param name="minContextSlot">Refuse nodes that have not reached this slot; null takes any.</param>
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

    /// <summary>What the chain says of one transfer: balances, the recipient, and the rent of an account that must be made.</summary>
    /// <param name="mint">Null for SOL.</param>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public async Task<TransferOutlook> ReadForTransferAsync(
        PublicKey wallet,
        PublicKey recipient,
        PublicKey? mint,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    )
    {
        var floor = await RentAsync(0, cancellationToken);
        if (mint is not { } token)
        {
            var lamports = await AccountsAsync([wallet, recipient], ..0, minContextSlot, cancellationToken);
            return new TransferOutlook
            {
                Wallet = new WalletBalance(
                    wallet,
                    lamports.Slot,
                    lamports.Value[0]?.Lamports ?? 0,
                    floor,
                    new Dictionary<PublicKey, ulong>()
                ),
                Recipient = recipient,
                RecipientLamports = lamports.Value[1]?.Lamports ?? 0,
                RecipientIsWallet = IsWallet(lamports.Value[1]),
                Decimals = 9,
                TokenAccountRentLamports = 0,
            };
        }

        PublicKey[] addresses = [wallet, recipient, token, .. TokenAccountsOf(wallet, token), .. TokenAccountsOf(recipient, token)];
        var read = await AccountsAsync(addresses, 2..3, minContextSlot, cancellationToken);
        var program = read.Value[2] is { } owned && TokenProgram.IsTokenProgram(owned.Owner) ? owned.Owner : (PublicKey?)null;
        var under = program == TokenProgram.Token2022Id ? 1 : 0;
        var source = read.Value[3 + under];
        var destination = read.Value[5 + under];
        var holding = Holding(destination);
        return new TransferOutlook
        {
            Wallet = new WalletBalance(
                wallet,
                read.Slot,
                read.Value[0]?.Lamports ?? 0,
                floor,
                new Dictionary<PublicKey, ulong> { [token] = Holding(source)?.Amount ?? 0 }
            ),
            Recipient = recipient,
            RecipientLamports = read.Value[1]?.Lamports ?? 0,
            RecipientIsWallet = IsWallet(read.Value[1]),
            Mint = token,
            TokenProgram = program,
            Decimals = program is null ? 0 : MintAccount.Decode(read.Value[2]!.Data.Span).Decimals,
            TokenAccountRentLamports = holding is null ? await NewAccountRentAsync(source, under == 1, cancellationToken) : 0,
            TokenAccountUnusable = holding is not null && (holding.Owner != recipient || holding.State == TokenAccountState.Frozen),
        };
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
