using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Clones.Testing.Hosts;
using Clones.Workers.Commands.Tokens;

namespace Clones.Workers.Tests.Commands.Tokens;

public sealed class TokenCreationCommandTests(TokenHost host) : IClassFixture<TokenHost>
{
    [Fact]
    public async Task A_token_is_made_minted_to_whom_was_named_and_registered()
    {
        var (symbol, to) = (host.FreshSymbol(), TestKeys.FreshAddress());

        (await host.RunAsync($"token create --symbol {symbol} --decimals 6 --supply 1000000.5 --to {to}")).ShouldBeDone();

        var token = (await host.RegisteredAsync(symbol)).ShouldNotBeNull();
        token.Decimals.ShouldBe(6);
        token.TokenProgram.ShouldBe(TokenProgram.Id.ToString());
        token.GenesisHash.ShouldBe((await host.Node.GetGenesisHashAsync()).ToString());
        var mint = await host.MintAsync(token.Mint!);
        mint.Supply.ShouldBe(1_000_000_500_000ul);
        mint.Decimals.ShouldBe((byte)6);
        mint.FreezeAuthority.ShouldBeNull();
        (await host.HoldingAsync(token, to)).ShouldBe(1_000_000_500_000ul);
    }

    [Fact]
    public async Task A_token_with_a_name_keeps_it_in_its_own_mint_where_wallets_find_it()
    {
        var symbol = host.FreshSymbol();

        (
            await host.RunAsync($"token create --symbol {symbol} --decimals 9 --supply 18446744073.709551615 --name Für-Tests")
        ).ShouldBeDone();

        var token = (await host.RegisteredAsync(symbol)).ShouldNotBeNull();
        token.TokenProgram.ShouldBe(TokenProgram.Token2022Id.ToString());
        var mint = await host.MintAsync(token.Mint!);
        mint.Supply.ShouldBe(ulong.MaxValue, "the largest supply that there is");
        var metadata = mint.Metadata().ShouldNotBeNull();
        (metadata.Name, metadata.Symbol).ShouldBe(("Für-Tests", symbol));
    }

    [Fact]
    public async Task A_token_2022_without_a_name_is_called_by_its_symbol()
    {
        var symbol = host.FreshSymbol();

        (await host.RunAsync($"token create --symbol {symbol} --decimals 0 --supply 7 --token-2022")).ShouldBeDone();

        var mint = await host.MintAsync((await host.RegisteredAsync(symbol))!.Mint!);
        mint.Metadata()!.Name.ShouldBe(symbol);
    }

    [Fact]
    public async Task More_of_a_token_is_minted_to_anybody_each_time_it_is_asked_for()
    {
        var (symbol, to) = (host.FreshSymbol(), TestKeys.FreshAddress());
        (await host.RunAsync($"token create --symbol {symbol} --decimals 2 --supply 10")).ShouldBeDone();

        (await host.RunAsync($"token mint --symbol {symbol} --amount 0.25 --to {to}")).ShouldBeDone();
        (await host.RunAsync($"token mint --symbol {symbol} --amount 1 --to {to}")).ShouldBeDone();

        var token = (await host.RegisteredAsync(symbol)).ShouldNotBeNull();
        (await host.HoldingAsync(token, to)).ShouldBe(125ul);
        (await host.MintAsync(token.Mint!)).Supply.ShouldBe(1_125ul);
    }

    [Fact]
    public async Task A_command_that_is_run_twice_makes_one_token_and_says_that_the_symbol_exists()
    {
        var symbol = host.FreshSymbol();
        var line = $"token create --symbol {symbol} --decimals 6 --supply 5";
        (await host.RunAsync(line)).ShouldBeDone();

        (await host.RunAsync(line)).ShouldBeRejected($"--symbol exists: {symbol} is registered with mint ");

        (await host.MintAsync((await host.RegisteredAsync(symbol))!.Mint!)).Supply.ShouldBe(5_000_000ul);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" --name Halfway")]
    public async Task A_command_that_died_before_the_registry_goes_on_with_the_mint_that_it_made(string name)
    {
        var symbol = host.FreshSymbol();
        var line = $"token create --symbol {symbol} --decimals 6 --supply 5{name}";
        (await host.RunAsync(line)).ShouldBeDone();
        var first = (await host.RegisteredAsync(symbol))!.Mint!;
        await host.ForgetAsync(symbol);

        var again = (await host.RunAsync(line)).ShouldBeDone();

        again.Output.ShouldContain("from a run that ended halfway");
        (await host.RegisteredAsync(symbol))!.Mint.ShouldBe(first);
        (await host.MintAsync(first)).Supply.ShouldBe(5_000_000ul, "it was minted once");
    }

    [Fact]
    public async Task A_node_that_takes_the_transaction_and_never_says_so_makes_one_token_all_the_same()
    {
        var symbol = host.FreshSymbol();
        await host.Localnet.SetFaultsAsync(
            new
            {
                timeoutAfterAccept = 1,
                timeoutMs = 100,
                methods = new[] { "sendTransaction" },
            }
        );

        var ended = await host.RunAsync($"token create --symbol {symbol} --decimals 6 --supply 5");

        await host.Localnet.ClearFaultsAsync();
        ended.ShouldBeDone();
        (await host.MintAsync((await host.RegisteredAsync(symbol))!.Mint!)).Supply.ShouldBe(5_000_000ul);
    }

    [Fact]
    public async Task A_command_that_goes_on_with_another_wish_is_told_what_the_first_one_made()
    {
        var symbol = host.FreshSymbol();
        (await host.RunAsync($"token create --symbol {symbol} --decimals 6 --supply 5")).ShouldBeDone();
        await host.ForgetAsync(symbol);

        (await host.RunAsync($"token create --symbol {symbol} --decimals 7 --supply 5")).ShouldBeRejected("--decimals must be 6: ");
        (await host.RunAsync($"token create --symbol {symbol} --decimals 6 --supply 6")).ShouldBeRejected("--supply must be 5: ");
        (await host.RunAsync($"token create --symbol {symbol} --decimals 6 --supply 5 --token-2022")).ShouldBeRejected(
            "--name must be left out: "
        );
        (await host.RunAsync($"token create --symbol {symbol} --decimals 6 --supply 5 --to {TestKeys.FreshAddress()}")).ShouldBeRejected(
            "--to must be who was named first: "
        );
        (await host.RegisteredAsync(symbol)).ShouldBeNull();
    }

    [Fact]
    public async Task Commands_at_the_same_time_make_one_token_between_them()
    {
        var symbol = host.FreshSymbol();

        var ended = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => host.RunAsync($"token create --symbol {symbol} --decimals 6 --supply 5"))
        );

        ended.ShouldContain(e => e.Code == TokenCommand.Done, string.Concat(ended.Select(e => e.Errors)));
        (await host.MintAsync((await host.RegisteredAsync(symbol))!.Mint!, Commitment.Confirmed)).Supply.ShouldBe(5_000_000ul);
    }
}
