using System.CommandLine;
using Clones.Domain.Tokens;
using Clones.Hosting;
using Clones.Messaging;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Workers.Commands.Tokens;

/// <summary>
/// <c>token ..</c> and <c>airdrop ..</c>: tokens for development, and the registry of those that training pools pay in.
/// Needs no master key. Exit codes: 0 done, 1 cluster or database did not do their part, 2 what was asked for cannot be.
/// </summary>
internal static class TokenCommand
{
    public const int Done = 0;
    public const int NotDone = 1;
    public const int Rejected = HostCommandLine.WrongUsage;

    /// <param name="configuration">Where database and cluster are.</param>
    /// <param name="nodes">Instead of those that the configuration names.</param>
    public static Command CreateToken(Func<IConfiguration> configuration, RpcEndpoints? nodes)
    {
        var run = new Run(configuration, nodes);
        return new("token", "tokens that training pools pay in") { Create(run), Mint(run), List(run), Add(run) };
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
                run.WithAsync(
                    parsed,
                    services =>
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
                        return services
                            .GetRequiredService<TokenCreation>()
                            .RunAsync(asked, parsed.InvocationConfiguration.Output, cancellation);
                    }
                )
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
                run.WithAsync(
                    parsed,
                    services =>
                        services
                            .GetRequiredService<TokenIssue>()
                            .RunAsync(
                                parsed.GetRequiredValue(symbol),
                                parsed.GetRequiredValue(amount),
                                parsed.GetValue(to),
                                parsed.InvocationConfiguration.Output,
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
            (parsed, cancellation) =>
                run.WithAsync(
                    parsed,
                    services => services.GetRequiredService<TokenReport>().ListAsync(parsed.InvocationConfiguration.Output, cancellation)
                )
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
                run.WithAsync(
                    parsed,
                    services =>
                        services
                            .GetRequiredService<TokenReport>()
                            .AddAsync(
                                parsed.GetRequiredValue(symbol),
                                parsed.GetValue(mint),
                                parsed.InvocationConfiguration.Output,
                                cancellation
                            )
                )
        );
        return command;
    }

    /// <inheritdoc cref="CreateToken"/>
    public static Command CreateAirdrop(Func<IConfiguration> configuration, RpcEndpoints? nodes)
    {
        var run = new Run(configuration, nodes);
        var to = TokenOptions.Wallet();
        var sol = new Option<string>("--sol") { Description = "how much, such as 1 or 0.5", DefaultValueFactory = _ => "1" };
        var command = new Command("airdrop", "asks the faucet of localnet, devnet or testnet for SOL") { to, sol };
        command.SetAction(
            (parsed, cancellation) =>
                run.WithAsync(
                    parsed,
                    async services =>
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
                        await parsed.InvocationConfiguration.Output.WriteLineAsync(
                            $"{BaseUnits.Format(lamports, Token.SolDecimals)} SOL for {address}, which has {BaseUnits.Format(has, Token.SolDecimals)}"
                        );
                    }
                )
        );
        return command;
    }

    private sealed class Run(Func<IConfiguration> read, RpcEndpoints? nodes)
    {
        public async Task<int> WithAsync(ParseResult parsed, Func<IServiceProvider, Task> act)
        {
            var errors = parsed.InvocationConfiguration.Error;
            try
            {
                var configuration = read();
                var settings = configuration.ReadSettings<TokenSettings>();
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
            catch (OptionRejectedException e)
            {
                await errors.WriteLineAsync(e.Message);
                return Rejected;
            }
            catch (ClusterFailureException e)
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
