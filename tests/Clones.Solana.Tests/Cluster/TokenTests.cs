using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Solana.Tests.Cluster;

public sealed class TokenTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private PublicKey Wallet => cluster.Wallet.PublicKey;

    public static TheoryData<string> TokenPrograms => [TokenProgram.Id.ToString(), TokenProgram.Token2022Id.ToString()];

    [Theory]
    [MemberData(nameof(TokenPrograms))]
    public async Task Tokens_are_minted_moved_burned_and_their_accounts_closed(string program)
    {
        var tokenProgram = PublicKey.Parse(program);
        using var mint = Account.Generate();
        using var friend = Account.Generate();
        var own = AssociatedTokenAccountProgram.FindAddress(Wallet, mint.PublicKey, tokenProgram);
        var theirs = AssociatedTokenAccountProgram.FindAddress(friend.PublicKey, mint.PublicKey, tokenProgram);
        await cluster.SendAsync(
            [
                await cluster.CreateAccountAsync(mint.PublicKey, MintAccount.Size, tokenProgram),
                TokenProgram.InitializeMint2(mint.PublicKey, 6, Wallet, Wallet, tokenProgram),
                AssociatedTokenAccountProgram.Create(Wallet, Wallet, mint.PublicKey, tokenProgram),
                AssociatedTokenAccountProgram.CreateIdempotent(Wallet, Wallet, mint.PublicKey, tokenProgram),
                AssociatedTokenAccountProgram.CreateIdempotent(Wallet, friend.PublicKey, mint.PublicKey, tokenProgram),
                TokenProgram.MintToChecked(mint.PublicKey, own, Wallet, 1_000, 6, tokenProgram),
                TokenProgram.TransferChecked(own, mint.PublicKey, theirs, Wallet, 400, 6, tokenProgram),
                TokenProgram.SetAuthority(mint.PublicKey, TokenAuthority.MintTokens, Wallet, null, tokenProgram),
            ],
            mint
        );
        var decoded = MintAccount.Decode(await cluster.DataAsync(mint.PublicKey));
        decoded.ShouldBeEquivalentTo(new MintAccount(null, 1_000, 6, true, Wallet, []));
        var account = TokenAccount.Decode(await cluster.DataAsync(theirs));
        account.Amount.ShouldBe(400ul);
        account.Owner.ShouldBe(friend.PublicKey);
        account.State.ShouldBe(TokenAccountState.Initialized);
        (await cluster.Rpc.GetTokenAccountBalanceAsync(theirs, Commitment.Confirmed)).Value.ShouldBe(new TokenAmount(400, 6));
        (await cluster.Rpc.GetTokenSupplyAsync(mint.PublicKey, Commitment.Confirmed)).Value.ShouldBe(new TokenAmount(1_000, 6));
        var held = await cluster.Rpc.GetTokenAccountsByOwnerAsync(friend.PublicKey, tokenProgram, commitment: Commitment.Confirmed);
        held.Value.Single().Account.ShouldBe(theirs);

        await cluster.SendAsync([TokenProgram.FreezeAccount(theirs, mint.PublicKey, Wallet, tokenProgram)]);
        TokenAccount.Decode(await cluster.DataAsync(theirs)).State.ShouldBe(TokenAccountState.Frozen);
        await cluster.SendAsync(
            [
                TokenProgram.ThawAccount(theirs, mint.PublicKey, Wallet, tokenProgram),
                TokenProgram.Approve(theirs, Wallet, friend.PublicKey, 100, tokenProgram),
                TokenProgram.Transfer(theirs, own, Wallet, 60, tokenProgram),
                TokenProgram.Revoke(theirs, friend.PublicKey, tokenProgram),
                TokenProgram.BurnChecked(theirs, mint.PublicKey, friend.PublicKey, 340, 6, tokenProgram),
                TokenProgram.CloseAccount(theirs, Wallet, friend.PublicKey, tokenProgram),
                TokenProgram.Burn(own, mint.PublicKey, Wallet, 1, tokenProgram),
            ],
            friend
        );
        (await cluster.Rpc.GetAccountInfoAsync(theirs, Commitment.Confirmed)).Value.ShouldBeNull();
        TokenAccount.Decode(await cluster.DataAsync(own)).Amount.ShouldBe(659ul);
    }

    [Fact]
    public async Task A_mint_with_metadata_takes_exactly_the_space_and_rent_that_were_computed()
    {
        const string Name = "Clone Agent 日本";
        const string Symbol = "CLONE";
        const string Uri = "https://example.org/clone.json";
        using var mint = Account.Generate();
        var full = Token2022Mint.SizeWithMetadata(Name, Symbol, Uri);
        await cluster.SendAsync(
            [
                await cluster.CreateAccountAsync(mint.PublicKey, Token2022Mint.SizeWithMetadataPointer, Token2022Program.Id, full),
                Token2022Program.InitializeMetadataPointer(mint.PublicKey, Wallet, mint.PublicKey),
                TokenProgram.InitializeMint2(mint.PublicKey, 9, Wallet, null, Token2022Program.Id),
                Token2022Program.InitializeMetadata(mint.PublicKey, Wallet, Wallet, Name, Symbol, Uri),
            ],
            mint
        );
        var data = await cluster.DataAsync(mint.PublicKey);
        data.Length.ShouldBe(full);
        var lamports = (await cluster.Rpc.GetBalanceAsync(mint.PublicKey, Commitment.Confirmed)).Value;
        lamports.ShouldBe(await cluster.Rpc.GetMinimumBalanceForRentExemptionAsync((ulong)data.Length));
        var metadata = MintAccount.Decode(data).Metadata().ShouldNotBeNull();
        (metadata.Name, metadata.Symbol, metadata.Uri, metadata.Mint).ShouldBe((Name, Symbol, Uri, mint.PublicKey));
        metadata.UpdateAuthority.ShouldBe(Wallet);

        // Enlarging the metadata takes more rent.
        await cluster.SendAsync([
            SystemProgram.Transfer(Wallet, mint.PublicKey, 10_000_000),
            Token2022Program.UpdateMetadataField(mint.PublicKey, Wallet, "name", "Renamed"),
            Token2022Program.UpdateMetadataField(mint.PublicKey, Wallet, "training pool", "7"),
            Token2022Program.UpdateMetadataField(mint.PublicKey, Wallet, "gone", "x"),
            Token2022Program.RemoveMetadataKey(mint.PublicKey, Wallet, "gone", ifExists: false),
            Token2022Program.UpdateMetadataAuthority(mint.PublicKey, Wallet, null),
            Token2022Program.UpdateMetadataPointer(mint.PublicKey, Wallet, null),
        ]);
        metadata = MintAccount.Decode(await cluster.DataAsync(mint.PublicKey)).Metadata().ShouldNotBeNull();
        metadata.Name.ShouldBe("Renamed");
        metadata.Additional.ShouldBe([KeyValuePair.Create("training pool", "7")]);
        metadata.UpdateAuthority.ShouldBeNull();
    }

    [Fact]
    public async Task Sol_is_wrapped_and_unwrapped()
    {
        using var account = Account.Generate();
        await cluster.SendAsync(
            [
                await cluster.CreateAccountAsync(account.PublicKey, TokenAccount.Size, TokenProgram.Id),
                TokenProgram.InitializeAccount3(account.PublicKey, TokenProgram.NativeMint, Wallet, TokenProgram.Id),
                SystemProgram.Transfer(Wallet, account.PublicKey, 5_000_000),
                TokenProgram.SyncNative(account.PublicKey, TokenProgram.Id),
            ],
            account
        );
        var wrapped = TokenAccount.Decode(await cluster.DataAsync(account.PublicKey));
        wrapped.Amount.ShouldBe(5_000_000ul);
        wrapped.NativeRentLamports.ShouldBe(await cluster.Rpc.GetMinimumBalanceForRentExemptionAsync(TokenAccount.Size));
        await cluster.SendAsync([TokenProgram.CloseAccount(account.PublicKey, Wallet, Wallet, TokenProgram.Id)]);
        (await cluster.Rpc.GetAccountInfoAsync(account.PublicKey, Commitment.Confirmed)).Value.ShouldBeNull();
    }

    [Fact]
    public async Task Extensions_of_fixed_size_are_taken_by_the_program()
    {
        using var mint = Account.Generate();
        using var account = Account.Generate();
        // The close authority of a mint is 32 bytes; an immutable owner has none.
        var mintSize = Token2022Mint.Size(32);
        var accountSize = TokenAccount.Size + 1 + 4;
        await cluster.SendAsync(
            [
                await cluster.CreateAccountAsync(mint.PublicKey, mintSize, Token2022Program.Id),
                Token2022Program.InitializeMintCloseAuthority(mint.PublicKey, Wallet),
                TokenProgram.InitializeMint2(mint.PublicKey, 0, Wallet, null, Token2022Program.Id),
                await cluster.CreateAccountAsync(account.PublicKey, accountSize, Token2022Program.Id),
                Token2022Program.InitializeImmutableOwner(account.PublicKey),
                TokenProgram.InitializeAccount3(account.PublicKey, mint.PublicKey, Wallet, Token2022Program.Id),
            ],
            mint,
            account
        );
        var extension = MintAccount.Decode(await cluster.DataAsync(mint.PublicKey)).Extensions.Single();
        extension.Type.ShouldBe(TokenExtensionType.MintCloseAuthority);
        new PublicKey(extension.Data).ShouldBe(Wallet);
        var owned = TokenAccount.Decode(await cluster.DataAsync(account.PublicKey));
        owned.Extensions.Single().Type.ShouldBe(TokenExtensionType.ImmutableOwner);
    }
}
