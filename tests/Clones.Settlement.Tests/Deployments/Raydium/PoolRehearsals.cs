using System.Globalization;
using System.Text.Json;
using Clones.Domain.Agents;
using Clones.Settlement.Deployments;
using Clones.Settlement.Deployments.Venues;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Clones.Testing;

namespace Clones.Settlement.Tests.Deployments.Raydium;

/// <summary>
/// Deployments on a local cluster that was given Raydium's accounts, each up to the point where Raydium's program would be called: its
/// binary is not for this repository. For each order of the mints and each token program.
/// </summary>
public sealed class PoolRehearsals : IAsyncLifetime
{
    private const ulong SomeSol = 10_000_000_000;

    private readonly LocalnetFixture localnet = new();
    private readonly HttpClient http = new();
    private readonly DirectoryInfo files = Directory.CreateTempSubdirectory("clones-raydium-");
    private readonly Dictionary<string, PoolRehearsal> byName = [];
    private SolanaRpcClient rpc = null!;
    private RpcEndpoints endpoints = null!;

    /// <summary>Who pays, and whether the owner holds wrapped SOL before.</summary>
    public static TheoryData<string> Names =>
        [
            .. from standard in Enum.GetValues<TokenStandard>()
            from isMintFirst in new[] { true, false }
            from story in Enum.GetValues<Story>()
            select NameOf(standard, isMintFirst, story),
        ];

    internal IReadOnlyDictionary<string, PoolRehearsal> ByName => byName;

    private enum Story
    {
        PennilessOwner,
        OwnerWithWrappedSol,
        OwnerPays,
    }

    public async ValueTask InitializeAsync()
    {
        var published = SdkPool.ByName.Values.First(p => p.Cluster == RaydiumCpmmCluster.Mainnet);
        rpc = new SolanaRpcClient(
            http,
            await localnet.StartAsync(
                20,
                ["--account", WriteAccount(published, "config"), "--account", WriteAccount(published, "feeReceiver")]
            )
        );
        endpoints = new RpcEndpoints([rpc], TimeProvider.System);
        foreach (var standard in Enum.GetValues<TokenStandard>())
        {
            foreach (var isMintFirst in new[] { true, false })
            {
                foreach (var story in Enum.GetValues<Story>())
                {
                    byName[NameOf(standard, isMintFirst, story)] = await RehearseAsync(standard, isMintFirst, story);
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await localnet.DisposeAsync();
        files.Delete(recursive: true);
    }

    private static string NameOf(TokenStandard standard, bool isMintFirst, Story story) =>
        $"{standard}, {(isMintFirst ? "mint before SOL" : "SOL before mint")}, {story}";

    private async Task<PoolRehearsal> RehearseAsync(TokenStandard standard, bool isMintFirst, Story story)
    {
        using var owner = Account.Generate();
        using var wallet = Account.Generate();
        using var mint = MintOf(isMintFirst);
        var payer = story == Story.OwnerPays ? owner : wallet;
        await FundAsync(payer.PublicKey);
        var spec = await CreateTokenAsync(standard, payer, owner, mint);
        if (story == Story.OwnerWithWrappedSol)
        {
            await WrapAsync(payer, owner.PublicKey);
        }

        var ownerLamports = (await rpc.GetBalanceAsync(owner.PublicKey, Commitment.Confirmed)).Value;
        var wrappedBefore = await WrappedOfAsync(owner.PublicKey);
        var balances = new WalletBalances(endpoints);
        var plan = await new RaydiumVenue(endpoints, balances, RaydiumCpmmCluster.Mainnet, 0).PlanAsync(spec, default);
        var message = DeploymentMessage.Build(plan, payer.PublicKey, new Blockhash(new byte[32]), 1, spec.AgentId, 1);
        var call = message.Decompile().Single(i => i.ProgramId == RaydiumCpmmCluster.Mainnet.ProgramId);
        var before = plan.Instructions.TakeWhile(i => i.ProgramId != call.ProgramId).ToList();
        var after = plan.Instructions.Skip(before.Count + 1).ToList();
        var units = await SendAsync(before, payer, owner);
        var chain = await ReadAsync([.. call.Accounts.Select(a => a.PublicKey)], balances);
        units += await SendAsync(after, payer, owner);
        return new PoolRehearsal(spec, plan, message, new InitializeCall(call), ownerLamports, wrappedBefore, chain, units);
    }

    private async Task<LiquidityPoolSpec> CreateTokenAsync(TokenStandard standard, Account payer, Account owner, Account mint)
    {
        var agent = SampleAgent.Of(standard: standard, liquidityLamports: 1_500_000_000);
        var promise = TokenSpec.Of(agent, mint.PublicKey, "https://clones.test/agents/1/metadata");
        var (mintSize, holdingSize) = TokenCreationPlan.Sizes(promise);
        var (mintRent, holdingRent) = (await RentAsync(mintSize), await RentAsync(holdingSize));
        var plan = TokenCreationPlan.Build(payer.PublicKey, owner.PublicKey, promise, mintRent, holdingRent);
        await SendAsync(plan.Instructions, payer, owner, mint);
        return new LiquidityPoolSpec(
            agent.Id,
            payer.PublicKey,
            owner.PublicKey,
            mint.PublicKey,
            promise.TokenProgram,
            promise.Decimals,
            agent.Ticker,
            DeploymentAmounts.Of(agent).PoolSide,
            agent.MinimumLiquidityLamports
        );
    }

    private async Task WrapAsync(Account payer, PublicKey owner)
    {
        var wrapped = AssociatedTokenAccountProgram.FindAddress(owner, TokenProgram.NativeMint, TokenProgram.Id);
        await SendAsync(
            [
                AssociatedTokenAccountProgram.Create(payer.PublicKey, owner, TokenProgram.NativeMint, TokenProgram.Id),
                SystemProgram.Transfer(payer.PublicKey, wrapped, 123_456_789),
                TokenProgram.SyncNative(wrapped, TokenProgram.Id),
            ],
            payer
        );
    }

    private async Task<ulong?> WrappedOfAsync(PublicKey owner)
    {
        var wrapped = AssociatedTokenAccountProgram.FindAddress(owner, TokenProgram.NativeMint, TokenProgram.Id);
        var account = await rpc.GetAccountInfoAsync(wrapped, Commitment.Confirmed);
        return account.Value is null ? null : TokenAccount.Decode(account.Value.Data.Span).Amount;
    }

    // Wrapped SOL's address is small: one key in 38 lies before it.
    private static Account MintOf(bool isMintFirst)
    {
        while (true)
        {
            var mint = Account.Generate();
            if (mint.PublicKey < TokenProgram.NativeMint == isMintFirst)
            {
                return mint;
            }

            mint.Dispose();
        }
    }

    private async Task<CpmmChain> ReadAsync(PublicKey[] addresses, WalletBalances balances)
    {
        var accounts = await rpc.GetMultipleAccountsAsync(addresses, Commitment.Confirmed);
        var rents = new Dictionary<int, ulong>();
        foreach (var size in new[] { 0, 82, 165, 637, 4_075 })
        {
            rents[size] = await balances.RentAsync(size, default);
        }

        var there = addresses
            .Zip(accounts.Value)
            .DistinctBy(pair => pair.First)
            .Where(pair => pair.Second is not null)
            .Select(pair => KeyValuePair.Create(pair.First, pair.Second!));
        return new CpmmChain(there, size => rents[size]);
    }

    private Task<ulong> RentAsync(int size) => rpc.GetMinimumBalanceForRentExemptionAsync((ulong)size);

    private async Task FundAsync(PublicKey address) => await LandAsync(await rpc.RequestAirdropAsync(address, SomeSol));

    private async Task<ulong> SendAsync(IReadOnlyList<Instruction> instructions, params Account[] signers)
    {
        if (instructions.Count == 0)
        {
            return 0;
        }

        var latest = await rpc.GetLatestBlockhashAsync(Commitment.Confirmed);
        var transaction = new TransactionBuilder()
            .SetFeePayer(signers[0].PublicKey)
            .SetRecentBlockhash(latest.Blockhash)
            .AddInstructions(instructions)
            .BuildMessage();
        var signed = new Transaction(transaction);
        foreach (var signer in signers.Where(s => transaction.Signers.Contains(s.PublicKey)))
        {
            signed.Sign(signer);
        }

        var simulated = await rpc.SimulateTransactionAsync(signed.Serialize(), commitment: Commitment.Confirmed);
        simulated.Value.Err.ShouldBeNull(string.Join('\n', simulated.Value.Logs));
        await LandAsync(await rpc.SendTransactionAsync(signed.Serialize(), skipPreflight: true));
        return simulated.Value.UnitsConsumed ?? 0;
    }

    private async Task LandAsync(Signature signature)
    {
        using var limit = new CancellationTokenSource(PatientWait.Patience);
        while (true)
        {
            var status = (await rpc.GetSignatureStatusesAsync([signature], cancellationToken: limit.Token)).Value.Single();
            if (status is { ConfirmationStatus: >= Commitment.Confirmed })
            {
                status.Err.ShouldBeNull();
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }

    /// <summary>The file as <c>solana account ADDRESS --output json</c> writes it.</summary>
    private string WriteAccount(SdkPool pool, string name)
    {
        var (address, account) = pool.AccountOf(name);
        var file = Path.Combine(files.FullName, $"{address}.json");
        var lamports = account.Lamports.ToString(CultureInfo.InvariantCulture);
        File.WriteAllText(
            file,
            $$"""
            {
              "pubkey": "{{address}}",
              "account": {
                "lamports": {{lamports}},
                "data": [{{JsonSerializer.Serialize(Convert.ToBase64String(account.Data.Span))}}, "base64"],
                "owner": "{{account.Owner}}",
                "executable": false,
                "rentEpoch": 18446744073709551615,
                "space": {{account.Data.Length}}
              }
            }
            """
        );
        return $"{address}={file}";
    }
}
