using Clones.Chaos.Servers;
using Clones.Client;
using Clones.Demo;
using Clones.Solana.Primitives;

namespace Clones.Chaos.Work;

/// <summary>Makes what the run needs, while all is calm: a token, training pools, and money in their deposit wallets.</summary>
internal sealed class ChaosSetup(ChaosSystem system, Owner owner, int payoutBatch, TimeProvider time)
{
    private const ulong LamportsPerPool = 1_000_000_000_000;
    private const ulong TokensPerPool = 1_000_000_000_000;
    private const ulong TokensOfThePoor = 30_000_000;
    private const string TokenSymbol = "CHAOS";
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(200);

    private readonly Cluster cluster = new(system.Cluster.Rpc, time);

    /// <summary>The token that pools pay in.</summary>
    public PublicKey Mint { get; private set; }

    /// <param name="pools">How many; they pay in the token and in SOL by turns.</param>
    /// <param name="poor">Index of the one that has hardly any tokens yet.</param>
    public async Task<IReadOnlyList<ChaosPool>> MakeAsync(int pools, int poor, CancellationToken cancellationToken)
    {
        var wallet = owner.Wallet;
        await cluster.AirdropAsync(wallet.Account.PublicKey, LamportsPerPool * (ulong)(pools + 1), cancellationToken);
        Mint = await cluster.CreateTokenAsync(
            wallet.Account,
            TokensPerPool * (ulong)(pools + 1),
            cancellationToken,
            freezeAuthority: wallet.Account.PublicKey
        );
        using (var api = system.Operator)
        {
            await api.PutTokenAsync(TokenSymbol, new ListTokenRequest { Mint = Mint.ToString() }, cancellationToken);
        }

        var made = await Task.WhenAll(
            Enumerable.Range(0, pools).Select(i => PoolAsync($"Chaos {i + 1}", i % 2 == 0 ? Mint : null, cancellationToken))
        );
        await Task.WhenAll(
            made.Select(
                (pool, i) =>
                    cluster.FundAsync(
                        wallet.Account,
                        pool.Wallet,
                        LamportsPerPool,
                        Mint,
                        i == poor ? TokensOfThePoor : TokensPerPool,
                        cancellationToken
                    )
            )
        );
        return made;
    }

    /// <summary>Gives the poor pool what all its payments need.</summary>
    public async Task RelieveAsync(ChaosPool poor, RetryingSender sender, CancellationToken cancellationToken) =>
        await sender.SendAsync(
            [owner.Wallet.Account],
            Cluster.Funding(owner.Wallet.Account, poor.Wallet, 1, Mint, TokensPerPool / 2),
            cancellationToken
        );

    private async Task<ChaosPool> PoolAsync(string name, PublicKey? mint, CancellationToken cancellationToken)
    {
        var symbol = mint is null ? "SOL" : TokenSymbol;
        var spec = new CreatePoolRequest
        {
            Name = name,
            TokenSymbol = symbol,
            PricePerDemo = "0.01",
            Skills = ["chaos"],
            PayoutBatch = payoutBatch,
        };
        while (true)
        {
            // Where the workers take longer than the API waits, the answer is the operation, and the same key asks again.
            var started = await owner.AskAsync(
                api => api.CreatePoolAsync(spec, name.Replace(' ', '-'), Callers.Wait, cancellationToken),
                cancellationToken
            );
            if (started.Result is { DepositAddress: { } address } pool)
            {
                var price = mint is null ? 10_000_000UL : 10_000UL;
                return new ChaosPool(pool.Id, PublicKey.Parse(address), symbol, mint, pool.Decimals, price);
            }
            await Task.Delay(PollEvery, time, cancellationToken);
        }
    }
}
