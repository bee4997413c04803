using System.CommandLine;
using Clones.Domain.Tokens;
using Clones.Hosting;
using Clones.Messaging;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Workers.Commands.Tokens;

/// <summary>
/// <c>dotnet Clones.Workers.dll token ..</c> and <c>airdrop ..</c>: tokens for development, and the registry of those that training pools pay in.
/// Needs no master key. Exit codes: 0 done, 1 cluster or database did not do their part, 2 what was asked for cannot be.
/// </summary>
internal static class TokenCommand
{
    public const int Done = 0;
    public const int NotDone = 1;
    public const int Refused = 2;

    public static bool IsAskedFor(string[] args) => args is ["token", ..] or ["airdrop", ..];

    public static Task<int> RunAsync(string[] args) =>
        RunAsync(args, Host.CreateApplicationBuilder().Configuration, Console.Out, Console.Error, CancellationToken.None);

    /// <param name="nodes">Instead of those that the configuration names.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        string[] args,
        IConfiguration configuration,
        TextWriter output,
        TextWriter errors,
        CancellationToken cancellationToken,
        RpcEndpoints? nodes = null
    )
    {
        var run = new Run(configuration, output, errors, nodes);
        var root = new RootCommand("Tokens for development, and the registry of those that training pools pay in.")
        {
            new Command("token", "tokens that training pools pay in") { Create(run), Mint(run), List(run), Add(run) },
            Airdrop(run),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0)
        {
            var configured = new InvocationConfiguration
            {
                Output = output,
                Error = errors,
                EnableDefaultExceptionHandler = false,
            };
            return await parsed.InvokeAsync(configured, cancellationToken);
        }
        foreach (var error in parsed.Errors)
        {
            await errors.WriteLineAsync(error.Message);
        }
        await errors.WriteLineAsync("usage: token create | mint | list | add; airdrop; token COMMAND --help");
        return Refused;
    }

    private static Command Create(Run run)
    {
        var symbol = TokenOptions.Symbol();
        var decimals = TokenOptions.Decimals();
        var supply = new Option<string>("--supply") { Description = "whole tokens, such as 1000000 or 0.5", Required = true };
        var name = TokenOptions.Name();
        var to = TokenOptions.Address("--to", "wallet that gets the supply; the development wallet where it is left out");
        var token2022 = new Option<bool>("--token-2022")
        {
            Description = "a Token-2022 mint; its name is the symbol unless --name is given",
        };
        var command = new Command("create", "makes a token on the configured cluster, mints its supply, and registers its symbol")
        {
            symbol,
            decimals,
            supply,
            name,
            to,
            token2022,
        };
        command.SetAction(
            (parsed, cancellation) =>
                run.WithAsync(services =>
                {
                    var called = parsed.GetRequiredValue(symbol);
                    var places = parsed.GetRequiredValue(decimals);
                    var asked = new TokenToCreate(
                        called,
                        places,
                        TokenOptions.BaseUnitsOf("--supply", parsed.GetRequiredValue(supply), places),
                        parsed.GetValue(name) ?? (parsed.GetValue(token2022) ? called : null),
                        parsed.GetValue(to)
                    );
                    return services.GetRequiredService<TokenCreation>().RunAsync(asked, run.Output, cancellation);
                })
        );
        return command;
    }

    private static Command Mint(Run run)
    {
        var symbol = TokenOptions.Symbol();
        var amount = new Option<string>("--amount") { Description = "whole tokens, such as 1000 or 0.5", Required = true };
        var to = TokenOptions.Address("--to", "wallet that gets it; the development wallet where it is left out");
        var command = new Command("mint", "mints more of a token that was made here; run twice, it mints twice") { symbol, amount, to };
        command.SetAction(
            (parsed, cancellation) =>
                run.WithAsync(services =>
                    services
                        .GetRequiredService<TokenIssue>()
                        .RunAsync(
                            parsed.GetRequiredValue(symbol),
                            parsed.GetRequiredValue(amount),
                            parsed.GetValue(to),
                            run.Output,
                            cancellation
                        )
                )
        );
        return command;
    }

    private static Command List(Run run)
    {
        var command = new Command("list", "the registry, and what is known on this cluster beside it");
        command.SetAction(
            (_, cancellation) => run.WithAsync(services => services.GetRequiredService<TokenReport>().ListAsync(run.Output, cancellation))
        );
        return command;
    }

    private static Command Add(Run run)
    {
        var symbol = TokenOptions.Symbol();
        var mint = TokenOptions.Mint();
        var command = new Command("add", "registers a mint that exists; decimals and program are read from the chain") { symbol, mint };
        command.SetAction(
            (parsed, cancellation) =>
                run.WithAsync(services =>
                    services
                        .GetRequiredService<TokenReport>()
                        .AddAsync(parsed.GetRequiredValue(symbol), parsed.GetValue(mint), run.Output, cancellation)
                )
        );
        return command;
    }

    private static Command Airdrop(Run run)
    {
        var to = TokenOptions.Wallet();
        var sol = new Option<string>("--sol") { Description = "how much, such as 1 or 0.5", DefaultValueFactory = _ => "1" };
        var command = new Command("airdrop", "asks the faucet of localnet, devnet or testnet for SOL") { to, sol };
        command.SetAction(
            (parsed, cancellation) =>
                run.WithAsync(async services =>
                {
                    var lamports = TokenOptions.BaseUnitsOf("--sol", parsed.GetRequiredValue(sol), Token.SolDecimals);
                    var cluster = services.GetRequiredService<DevelopmentCluster>();
                    await cluster.GenesisHashOfNoMainnetAsync("there is no faucet", cancellation);
                    if (parsed.GetValue(to) is not { } address)
                    {
                        using var wallet = services.GetRequiredService<DevelopmentWallet>().Open();
                        address = wallet.PublicKey;
                    }
                    await cluster.AirdropAsync(address, lamports, Commitment.Finalized, cancellation);
                    var has = await cluster.LamportsAsync(address, cancellation);
                    await run.Output.WriteLineAsync(
                        $"{BaseUnits.Format(lamports, Token.SolDecimals)} SOL for {address}, which has {BaseUnits.Format(has, Token.SolDecimals)}"
                    );
                })
        );
        return command;
    }

    private sealed class Run(IConfiguration configuration, TextWriter output, TextWriter errors, RpcEndpoints? nodes)
    {
        public TextWriter Output => output;

        public async Task<int> WithAsync(Func<IServiceProvider, Task> act)
        {
            try
            {
                var settings = TokenSettings.Read(configuration);
                var services = new ServiceCollection().AddSingleton(settings);
                if (nodes is not null)
                {
                    services.AddSingleton(nodes);
                }
                services.AddClonesStore(configuration).AddSolanaRpc(configuration);
                services.AddSingleton(_ => settings.Wallet()).AddSingleton<DevelopmentCluster>();
                services.AddScoped<TokenCreation>().AddScoped<TokenIssue>().AddScoped<TokenReport>();
                await using var provider = services.BuildServiceProvider();
                await using var scope = provider.CreateAsyncScope();
                await act(scope.ServiceProvider);
                return Done;
            }
            catch (OptionRefusedException e)
            {
                await errors.WriteLineAsync(e.Message);
                return Refused;
            }
            catch (ClusterTroubleException e)
            {
                await errors.WriteLineAsync(e.Message);
                return NotDone;
            }
            catch (RpcException e)
            {
                await errors.WriteLineAsync($"The cluster does not answer: {e.Diagnosis}");
                return NotDone;
            }
            catch (Exception e) when (PostgresErrors.IsTransient(e))
            {
                await errors.WriteLineAsync($"The database does not answer: {e.Message}");
                return NotDone;
            }
        }
    }
}
