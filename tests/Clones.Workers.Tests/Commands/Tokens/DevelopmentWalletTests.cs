using System.Text.Json;
using Clones.Hosting;
using Clones.Solana.Primitives;
using Clones.Testing.Hosts;
using Clones.Workers.Commands.Tokens;

// Modes of files: the workers run on Linux.
#pragma warning disable CA1416

namespace Clones.Workers.Tests.Commands.Tokens;

public sealed class DevelopmentWalletTests(TokenHost host) : IClassFixture<TokenHost>
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public void The_wallet_is_made_once_in_the_form_of_Solanas_tools_for_its_owner_only()
    {
        var path = host.KeypairPath + ".made";
        using var first = new DevelopmentWallet(path).Open();
        using var second = new DevelopmentWallet(path).Open();

        second.PublicKey.ShouldBe(first.PublicKey);
        File.GetUnixFileMode(path).ShouldBe(OwnerOnly);
        var bytes = JsonSerializer.Deserialize<int[]>(File.ReadAllText(path))!;
        bytes.Length.ShouldBe(64);
        new PublicKey([.. bytes[32..].Select(b => (byte)b)]).ShouldBe(first.PublicKey);
        Directory.GetFiles(Path.GetDirectoryName(path)!, "*.new").ShouldBeEmpty();
    }

    [Fact]
    public void The_mint_of_a_symbol_is_another_one_on_another_cluster()
    {
        using var wallet = Account.FromSeed(new byte[32]);
        using var here = DevelopmentWallet.MintOf(wallet, "one", "DEV");
        using var again = DevelopmentWallet.MintOf(wallet, "one", "DEV");
        using var there = DevelopmentWallet.MintOf(wallet, "two", "DEV");
        using var other = DevelopmentWallet.MintOf(wallet, "one", "DEV2");

        again.PublicKey.ShouldBe(here.PublicKey);
        new[] { here, there, other, wallet }.Select(a => a.PublicKey).Distinct().Count().ShouldBe(4);
    }

    [Theory]
    [InlineData("[1,2,3]", OwnerOnly, "which is no keypair file (a JSON array of 64 bytes).")]
    [InlineData("not json", OwnerOnly, "which is no keypair file (a JSON array of 64 bytes).")]
    [InlineData("", OwnerOnly, "which is no keypair file (a JSON array of 64 bytes).")]
    [InlineData("[]", OwnerOnly | UnixFileMode.GroupRead, "which others may read: chmod 600 it.")]
    public async Task A_file_that_is_no_wallet_of_its_owner_is_rejected(string text, UnixFileMode mode, string reason)
    {
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        File.SetUnixFileMode(path, mode);

        var ended = await host.RunAsync("airdrop", new Dictionary<string, string?> { [DevelopmentWallet.Setting] = path });

        ended.ShouldBeRejected($"{DevelopmentWallet.Setting} names {path}, {reason}");
        File.Delete(path);
    }

    [Fact]
    public async Task The_faucet_pays_whom_it_is_asked_to_pay()
    {
        var address = TestKeys.FreshAddress();

        var ended = (await host.RunAsync($"airdrop {address} --sol 1.5")).ShouldBeDone();

        ended.Output.ShouldBe($"1.5 SOL for {address}, which has 1.5{Environment.NewLine}");
    }

    [Fact]
    public async Task A_faucet_that_is_rate_limited_says_so_and_what_to_do()
    {
        var address = TestKeys.FreshAddress();
        await host.Localnet.SetFaultsAsync(new { rateLimit = 1, methods = new[] { "requestAirdrop" } });

        var ended = await host.RunAsync($"airdrop {address}");

        await host.Localnet.ClearFaultsAsync();
        ended.Code.ShouldBe(TokenCommand.NotDone);
        ended.Errors.ShouldContain("is rate limited and gives nothing now");
        ended.Errors.ShouldContain($"Fund {address} at https://faucet.solana.com");
    }

    [Fact]
    public async Task A_mint_of_CLONES_that_is_no_address_is_told_before_anything_starts()
    {
        var bad = new Dictionary<string, string?> { [TokenSettings.ClonesMintSetting] = "clones" };

        var ended = await host.RunAsync("token list", bad);

        ended.Code.ShouldBe(HostCommandLine.NotConfigured);
        ended.Errors.ShouldStartWith($"The workers cannot start: {TokenSettings.ClonesMintSetting}");
    }
}
