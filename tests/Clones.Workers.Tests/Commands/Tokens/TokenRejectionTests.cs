using Clones.Solana.Rpc;
using Clones.Testing.Hosts;
using Clones.Workers.Commands.Tokens;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Tests.Commands.Tokens;

public sealed class TokenRejectionTests(TokenHost host) : IClassFixture<TokenHost>
{
    [Theory]
    [InlineData("token create --symbol dev --decimals 6 --supply 1", "--symbol must be 1 to 10 of A-Z and 0-9.")]
    [InlineData("token create --symbol TOOLONGNAME --decimals 6 --supply 1", "--symbol must be 1 to 10 of A-Z and 0-9.")]
    [InlineData("token create --symbol SOL --decimals 6 --supply 1", "--symbol must not be SOL, which is always listed.")]
    [InlineData("token create --decimals 6 --supply 1", "Option '--symbol' is required.")]
    [InlineData("token create --symbol X --supply 1", "Option '--decimals' is required.")]
    [InlineData("token create --symbol X --decimals 10 --supply 1", "--decimals must be a whole number from 0 to 9.")]
    [InlineData("token create --symbol X --decimals -1 --supply 1", "--decimals must be a whole number from 0 to 9.")]
    [InlineData("token create --symbol X --decimals 1.5 --supply 1", "--decimals must be a whole number from 0 to 9.")]
    [InlineData("token create --symbol X --decimals 6 --supply 0", "--supply must be above zero.")]
    [InlineData("token create --symbol X --decimals 6 --supply -5", "--supply must be a decimal number above zero")]
    [InlineData("token create --symbol X --decimals 6 --supply 1e6", "--supply must be a decimal number above zero")]
    [InlineData("token create --symbol X --decimals 2 --supply 0.001", "--supply has more decimals than the token, which has 2.")]
    [InlineData("token create --symbol X --decimals 9 --supply 18446744073.709551616", "--supply is larger than 18446744073.709551615,")]
    [InlineData("token create --symbol X --decimals 0 --supply 18446744073709551616", "--supply is larger than 18446744073709551615,")]
    [InlineData("token create --symbol X --decimals 6 --supply 1 --to nobody", "--to must be the base58 address of a wallet.")]
    [InlineData(
        "token create --symbol X --decimals 6 --supply 1 --to TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5D",
        "--to must be the base58 address of a wallet."
    )]
    [InlineData(
        "token create --symbol X --decimals 6 --supply 1 --name 123456789012345678901234567890123",
        "--name must be 1 to 32 characters long."
    )]
    [InlineData("token mint --symbol NOSUCH --amount 1", "--symbol names no registered token: NOSUCH.")]
    [InlineData("token add --symbol NOSUCH", "--mint is missing: no mint of NOSUCH is known on localnet.")]
    [InlineData("token add --symbol X --mint xyz", "--mint must be a base58 address.")]
    [InlineData("token burn", "Unrecognized command: 'burn'.")]
    [InlineData("airdrop nobody", "ADDRESS must be the base58 address of a wallet.")]
    [InlineData("airdrop --sol 0.0000000001", "--sol has more decimals than the token, which has 9.")]
    public async Task What_cannot_be_is_rejected_by_the_name_of_its_option(string line, string error)
    {
        (await host.RunAsync(line)).ShouldBeRejected(error);

        (await host.RegisteredAsync("X")).ShouldBeNull();
    }

    [Fact]
    public async Task Nothing_is_made_minted_or_given_on_mainnet()
    {
        var mainnet = new CannedNode().Answer("getGenesisHash", _ => $"\"{SolanaCluster.MainnetGenesisHash}\"").Endpoints;
        foreach (
            var line in new[]
            {
                "token create --symbol MAIN --decimals 6 --supply 1",
                "token mint --symbol MAIN --amount 1",
                $"airdrop {TestKeys.FreshAddress()}",
            }
        )
        {
            (await host.RunAsync(line, [], mainnet)).ShouldBeRejected("SOLANA_RPC_URLS names nodes of mainnet-beta, where ");
        }
    }

    [Fact]
    public async Task A_symbol_that_is_known_on_a_cluster_is_nobody_elses()
    {
        const string Usdc = "4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU";
        var devnet = new CannedNode().Answer("getGenesisHash", _ => $"\"{SolanaCluster.DevnetGenesisHash}\"").Endpoints;
        var clones = TestKeys.FreshAddress();
        var setting = new Dictionary<string, string?> { [TokenSettings.ClonesMintSetting] = clones };

        (await host.RunAsync("token create --symbol USDC --decimals 6 --supply 1", [], devnet)).ShouldBeRejected(
            $"--symbol is taken: USDC is {Usdc} on devnet"
        );
        (await host.RunAsync($"token add --symbol USDC --mint {clones}", [], devnet)).ShouldBeRejected($"--mint must be {Usdc}: ");
        (await host.RunAsync("token create --symbol CLONES --decimals 6 --supply 1", setting)).ShouldBeRejected(
            $"--symbol is taken: CLONES is {clones} on localnet"
        );
        (await host.RunAsync("token list", setting, devnet)).ShouldBeDone().Output.ShouldContain(Usdc);
    }

    [Fact]
    public async Task A_token_of_somebody_else_is_added_but_not_minted()
    {
        var symbol = host.FreshSymbol();
        (await host.RunAsync($"token create --symbol {symbol} --decimals 6 --supply 1")).ShouldBeDone();
        var mint = (await host.RegisteredAsync(symbol))!.Mint!;
        await host.ForgetAsync(symbol);
        var other = host.FreshSymbol();
        var stranger = new Dictionary<string, string?> { [DevelopmentWallet.Setting] = host.KeypairPath + ".stranger" };

        (await host.RunAsync($"token add --symbol {other} --mint {mint}")).ShouldBeDone();

        (await host.RunAsync($"token mint --symbol {other} --amount 1", stranger)).ShouldBeRejected(
            "--symbol names a token that the development wallet "
        );
        (await host.RunAsync($"token add --symbol {symbol} --mint {mint}")).ShouldBeRejected("--symbol is taken: ");
        (await host.RunAsync($"token add --symbol {symbol} --mint {TestKeys.FreshAddress()}")).ShouldBeRejected("--mint ");
    }

    [Fact]
    public async Task More_than_a_supply_can_hold_is_not_minted()
    {
        var symbol = host.FreshSymbol();
        (await host.RunAsync($"token create --symbol {symbol} --decimals 0 --supply 18446744073709551614")).ShouldBeDone();

        (await host.RunAsync($"token mint --symbol {symbol} --amount 2")).ShouldBeRejected(
            "--amount is more than can be added to the supply: at most 1."
        );
    }

    [Fact]
    public async Task A_database_or_a_cluster_that_does_not_answer_is_said_to_be_so()
    {
        var closed = new Dictionary<string, string?> { ["SOLANA_RPC_URLS"] = "http://127.0.0.1:1/" };
        var noServer = new Dictionary<string, string?>
        {
            ["ConnectionStrings:Clones"] = "Host=127.0.0.1;Port=1;Database=clones;Username=clones;Password=secret",
        };

        var noCluster = await host.RunAsync("token list", closed);
        var noDatabase = await host.RunAsync("token list", noServer);

        (noCluster.Code, noDatabase.Code).ShouldBe((TokenCommand.NotDone, TokenCommand.NotDone));
        noCluster.Errors.ShouldStartWith("The cluster does not answer: ");
        noDatabase.Errors.ShouldStartWith("The database does not answer: ");
        noDatabase.Errors.ShouldNotContain("secret");
        (await host.WithAsync(db => db.Tokens.CountAsync(t => t.Symbol == "X"))).ShouldBe(0);
    }
}
