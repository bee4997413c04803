using System.Net.Http.Json;
using Clones.Domain.Tokens;
using Clones.Persistence;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Clones.Testing;
using Clones.Testing.Hosts;
using Clones.Workers.Commands.Tokens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;

namespace Clones.Workers.Tests.Commands.Tokens;

/// <summary>Runs "./clones token .." and "./clones airdrop .." on a real database and local cluster, with a development wallet of its own.</summary>
public sealed class TokenHost : IAsyncLifetime
{
    // Finality comes after 0.3 s.
    private const int SlotMs = 10;

    private readonly PostgresFixture postgres = new();
    private readonly LocalnetFixture localnet = new();
    private readonly HttpClient http = new();
    private readonly string folder = Directory.CreateTempSubdirectory("clones-tokens-").FullName;
    private Dictionary<string, string?> settings = null!;
    private int symbols;

    internal string KeypairPath => Path.Combine(folder, "dev", "wallet.json");

    internal IRpcClient Node { get; private set; } = null!;

    internal LocalnetAdmin Localnet { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var starting = localnet.StartAsync(SlotMs);
        settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:Clones"] = await MigratedDatabase.CreateAsync(postgres),
            [DevelopmentWallet.Setting] = KeypairPath,
        };
        var cluster = await starting;
        settings["SOLANA_RPC_URLS"] = cluster.ToString();
        Localnet = new LocalnetAdmin(cluster);
        Node = new SolanaRpcClient(http, cluster);
    }

    public async ValueTask DisposeAsync()
    {
        Localnet?.Dispose();
        http.Dispose();
        await localnet.DisposeAsync();
        await postgres.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A symbol that no other test uses.</summary>
    internal string FreshSymbol() => $"T{Interlocked.Increment(ref symbols)}";

    /// <param name="line">The command as it is typed, without "./clones"; no argument has a space.</param>
    internal Task<Ended> RunAsync(string line) => RunAsync(line, []);

    internal async Task<Ended> RunAsync(string line, Dictionary<string, string?> more, RpcEndpoints? nodes = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).AddInMemoryCollection(more).Build();
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        var code = await TestCommands.RunAsync(line.Split(' '), output, errors, configuration, nodes);
        return new Ended(code, output.ToString(), errors.ToString());
    }

    internal async Task<T> WithAsync<T>(Func<ClonesDbContext, Task<T>> use)
    {
        await using var db = ClonesDbContextOptions.Open(settings["ConnectionStrings:Clones"]!);
        return await use(db);
    }

    internal Task<Token?> RegisteredAsync(string symbol) =>
        WithAsync(db => db.Tokens.AsNoTracking().FirstOrDefaultAsync(t => t.Symbol == symbol));

    /// <summary>Sets or clears faults of the cluster.</summary>
    /// <summary>As if the command had died between the chain and the registry.</summary>
    internal Task<int> ForgetAsync(string symbol) => WithAsync(db => db.Tokens.Where(t => t.Symbol == symbol).ExecuteDeleteAsync());

    internal async Task<MintAccount> MintAsync(string address, Commitment commitment = Commitment.Finalized) =>
        MintAccount.Decode((await Node.GetAccountInfoAsync(PublicKey.Parse(address), commitment)).Value.ShouldNotBeNull().Data.Span);

    internal async Task<ulong> HoldingAsync(Token token, string owner) =>
        (
            await Node.GetTokenAccountBalanceAsync(
                AssociatedTokenAccountProgram.FindAddress(
                    PublicKey.Parse(owner),
                    PublicKey.Parse(token.Mint!),
                    PublicKey.Parse(token.TokenProgram!)
                )
            )
        )
            .Value
            .Amount;

    internal sealed record Ended(int Code, string Output, string Errors)
    {
        public Ended ShouldBeDone()
        {
            Code.ShouldBe(TokenCommand.Done, Errors);
            return this;
        }

        /// <summary>Exit code 2, one line that begins with the option.</summary>
        public void ShouldBeRejected(string beginning)
        {
            Errors.ShouldStartWith(beginning);
            Code.ShouldBe(TokenCommand.Rejected);
        }
    }
}
