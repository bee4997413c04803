using Clones.Settlement.Chain;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Ledger;

/// <summary>
/// Reads the finalized history of a wallet and of its token accounts into the ledger. Stopped half-way it goes on where it was; done twice it
/// changes nothing.
/// </summary>
public sealed class WalletScanner(ILedgerStore store, ClusterFacts facts, TimeProvider time)
{
    /// <summary>Nodes index a block a moment after they call it final: so many slots are read again.</summary>
    private const ulong OverlapSlots = 150;
    private const int BatchSize = 100;

    /// <summary>Transactions that one look at a wallet takes in, about: a long backlog is read in several, and others have their turn.</summary>
    private const int ReadingsMax = 1_000;

    /// <summary>Requests to each node at once: one after the other, a node that is 50 ms away tells of 20 transactions a second.</summary>
    private const int LanesMax = 8;

    // The wallet's clock and the validators' may differ by so much.
    private static readonly TimeSpan ClockMargin = TimeSpan.FromHours(1);

    /// <summary>Stores what the nodes list. What is already read is not taken for complete by that: see <see cref="MoveAsync"/>.</summary>
    /// <param name="tokenAccounts">See <see cref="TokenAccountsAsync"/>.</param>
    /// <param name="whole">From the first transaction on, as if nothing were stored: there is a hole somewhere.</param>
    /// <exception cref="RpcException">No node answered.</exception>
    /// <exception cref="HistoryUnresolvedException">Too few nodes report the same.</exception>
    public async Task ScanAsync(
        WatchedWallet wallet,
        IReadOnlyDictionary<PublicKey, PublicKey> tokenAccounts,
        FinalizedHorizon horizon,
        bool whole,
        CancellationToken cancellationToken
    )
    {
        await ReadAgainAsync(wallet, tokenAccounts, horizon, cancellationToken);
        var scanned = await store.ScannedSlotsAsync(wallet.Id, cancellationToken);
        foreach (var address in AddressesOf(wallet, tokenAccounts))
        {
            ulong? slot = scanned.TryGetValue(address.ToString(), out var stored) ? stored : null;
            await ScanAsync(wallet, address, slot, tokenAccounts, horizon, whole, cancellationToken);
        }
    }

    /// <summary>Later scans begin at the slot: to be called where what is stored was found to add up to the balance of then.</summary>
    public Task MoveAsync(
        WatchedWallet wallet,
        IReadOnlyDictionary<PublicKey, PublicKey> tokenAccounts,
        ulong slot,
        CancellationToken cancellationToken
    ) => store.SetScannedSlotAsync(wallet.Id, [.. AddressesOf(wallet, tokenAccounts).Select(a => a.ToString())], slot, cancellationToken);

    /// <summary>What an earlier release could not read, this one may.</summary>
    private async Task ReadAgainAsync(
        WatchedWallet wallet,
        IReadOnlyDictionary<PublicKey, PublicKey> tokenAccounts,
        FinalizedHorizon horizon,
        CancellationToken cancellationToken
    )
    {
        var owner = PublicKey.Parse(wallet.Address);
        foreach (var (signature, slot) in await store.UnparsedAsync(wallet.Id, MessageVersions.Highest, cancellationToken))
        {
            try
            {
                var detail = await AgreedHistory.DetailAsync(horizon, owner, Signature.Parse(signature), slot, cancellationToken);
                var reading = WalletReading.Of(wallet, tokenAccounts, detail, horizon.GenesisHash, time.GetUtcNow());
                await store.SaveAsync([reading], anew: true, cancellationToken);
            }
            catch (HistoryUnresolvedException)
            {
                // The nodes may have forgotten it since: it stays what it is, and holds up nothing.
            }
        }
    }

    /// <summary>The wallet's associated token accounts, whether or not they exist, with their mints.</summary>
    /// <exception cref="RpcException">No node answered.</exception>
    public async Task<IReadOnlyDictionary<PublicKey, PublicKey>> TokenAccountsAsync(
        WatchedWallet wallet,
        CancellationToken cancellationToken
    )
    {
        var accounts = new Dictionary<PublicKey, PublicKey>();
        foreach (var mint in wallet.Mints.Select(PublicKey.Parse))
        {
            var known =
                await facts.MintAsync(mint, cancellationToken)
                ?? throw new HistoryUnresolvedException($"There is no mint {mint} on the cluster.");
            accounts[AssociatedTokenAccountProgram.FindAddress(PublicKey.Parse(wallet.Address), mint, known.TokenProgram)] = mint;
        }
        return accounts;
    }

    private static IEnumerable<PublicKey> AddressesOf(WatchedWallet wallet, IReadOnlyDictionary<PublicKey, PublicKey> tokenAccounts) =>
        tokenAccounts.Keys.Prepend(PublicKey.Parse(wallet.Address));

    private async Task ScanAsync(
        WatchedWallet wallet,
        PublicKey address,
        ulong? scanned,
        IReadOnlyDictionary<PublicKey, PublicKey> tokenAccounts,
        FinalizedHorizon horizon,
        bool whole,
        CancellationToken cancellationToken
    )
    {
        var (from, usable) =
            !whole && scanned > OverlapSlots
                ? (scanned.Value - OverlapSlots, horizon)
                : (0, await WithNodesSinceAsync(horizon, wallet.CreatedAt, cancellationToken));
        var listed = await AgreedHistory.ListAsync(usable, address, from, from == 0 ? null : scanned, cancellationToken);
        // A token that the database deal in since now: what touched the wallet itself as well was read without it, and is read again.
        var isNewAccount = scanned is null && tokenAccounts.ContainsKey(address);
        var owner = PublicKey.Parse(wallet.Address);
        var taken = 0;
        foreach (var batch in listed.Chunk(BatchSize))
        {
            if (taken >= ReadingsMax)
            {
                throw new HistoryUnresolvedException($"Its history is long: {taken} transactions were read now, the next ones follow.");
            }
            var known = isNewAccount
                ? new HashSet<string>()
                : await store.KnownAsync(wallet.Id, [.. batch.Select(l => l.Signature.ToString())], parsedOnly: whole, cancellationToken);
            var unknown = batch.Where(l => !known.Contains(l.Signature.ToString())).ToArray();
            var readings = new WalletReading[unknown.Length];
            await Lanes.RunAsync(
                [.. unknown.Index()],
                async listing =>
                {
                    var ((signature, slot), at) = (listing.Item, listing.Index);
                    var detail = await AgreedHistory.DetailAsync(horizon, owner, signature, slot, cancellationToken);
                    readings[at] = WalletReading.Of(wallet, tokenAccounts, detail, horizon.GenesisHash, time.GetUtcNow());
                },
                LanesMax
            );
            if (readings.Length > 0)
            {
                await store.SaveAsync(readings, anew: isNewAccount || whole, cancellationToken);
                taken += isNewAccount ? 0 : readings.Length;
            }
        }
        if (scanned is null)
        {
            // Its mint is known from here on; that nothing is missing is not.
            await store.SetScannedSlotAsync(wallet.Id, [address.ToString()], 0, cancellationToken);
        }
    }

    /// <summary>Leaves out nodes that are known to have forgotten part of the wallet's life.</summary>
    private static async Task<FinalizedHorizon> WithNodesSinceAsync(
        FinalizedHorizon horizon,
        DateTimeOffset createdAt,
        CancellationToken cancellationToken
    )
    {
        var since = (createdAt - ClockMargin).ToUnixTimeSeconds();
        var keep = await Task.WhenAll(horizon.Nodes.Select(KeepsAsync));
        return horizon with { Nodes = [.. horizon.Nodes.Where((_, i) => keep[i])] };

        async Task<bool> KeepsAsync(HorizonNode node)
        {
            try
            {
                return node.FirstSlot == 0
                    || await node.Rpc.GetBlockTimeAsync(node.FirstSlot, cancellationToken) is not { } first
                    || first <= since;
            }
            catch (RpcException)
            {
                return false;
            }
        }
    }
}
