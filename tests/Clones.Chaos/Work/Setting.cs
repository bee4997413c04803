using Clones.Chaos.Servers;
using Clones.Demo;
using Clones.Solana.Primitives;

namespace Clones.Chaos.Work;

/// <summary>Makes what the run needs, while all is calm: a token, training pools, and money in their deposit wallets.</summary>
internal sealed class Setting(ChaosSystem system, Owner owner, TimeProvider time)
{
    public const ulong LamportsPerPool = 1_000_000_000_000;
    private const ulong TokensPerPool = 1_000_000_000_000;
    private const string TokenSymbol = "CHAOS";
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(200);

    private readonly Cluster cluster = new(system.Cluster.Rpc, time);

    /// <param name="payers">Pools that payments come out of, in SOL and in a token by turns.</param>
    /// <param name="agents">Pools that each have an agent deployed.</param>
    public async Task<IReadOnlyList<ChaosPool>> MakeAsync(int payers, int agents, CancellationToken cancellationToken)
    {
        var wallet = owner.Wallet;
        var pools = payers + agents;
        await cluster.AirdropAsync(wallet.Account.PublicKey, LamportsPerPool * (ulong)(pools + 1), cancellationToken);
        var mint = await cluster.CreateTokenAsync(wallet.Account, TokensPerPool * (ulong)pools, cancellationToken);
        await system.Operator.PutAsync<object>($"/v1/tokens/{TokenSymbol}", new { mint = mint.ToString() }, cancellationToken);
        var made = await Task.WhenAll(
            Enumerable.Range(0, pools).Select(i => PoolAsync($"Chaos {i + 1}", i % 2 == 0 ? mint : null, cancellationToken))
        );
        await Task.WhenAll(
            made.Select(pool =>
                cluster.FundAsync(wallet.Account, pool.Wallet, pool.FundedLamports, mint, pool.FundedTokens, cancellationToken)
            )
        );
        return made;
    }

    private async Task<ChaosPool> PoolAsync(string name, PublicKey? mint, CancellationToken cancellationToken)
    {
        var symbol = mint is null ? "SOL" : TokenSymbol;
        var created = await owner.AskAsync(
            api =>
                api.PostAsync<PoolView>(
                    "/v1/pools",
                    new
                    {
                        name,
                        tokenSymbol = symbol,
                        pricePerDemo = "0.01",
                        skills = new[] { "chaos" },
                    },
                    cancellationToken
                ),
            cancellationToken
        );
        while (true)
        {
            var pool = await owner.AskAsync(api => api.GetAsync<PoolView>($"/v1/pools/{created.Id}", cancellationToken), cancellationToken);
            if (pool.DepositAddress is { } address)
            {
                var price = mint is null ? 10_000_000UL : 10_000UL;
                return new ChaosPool(pool.Id, PublicKey.Parse(address), symbol, mint, pool.Decimals, price, LamportsPerPool, TokensPerPool);
            }
            await Task.Delay(PollEvery, time, cancellationToken);
        }
    }
}
