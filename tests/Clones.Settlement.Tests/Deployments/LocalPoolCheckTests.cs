using System.Buffers.Binary;
using System.Text.Json;
using Clones.Settlement.Deployments.Venues;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Clones.Testing.Hosts;

namespace Clones.Settlement.Tests.Deployments;

/// <summary>Whether the lock of the local venue is the one that was promised: by owner program, mint, holder and amounts.</summary>
public sealed class LocalPoolCheckTests
{
    private static readonly PublicKey Somebody = Account.Generate().PublicKey;

    private readonly LiquidityPoolSpec spec = new(
        Guid.CreateVersion7(),
        Account.Generate().PublicKey,
        Account.Generate().PublicKey,
        Account.Generate().PublicKey,
        TokenProgram.Id,
        6,
        "ADA1",
        TokenAmount: 900,
        Lamports: 500
    );

    private PublicKey Lock => LocalVenue.LockOf(spec.AgentId);

    [Fact]
    public async Task A_lock_with_the_promised_amounts_counts_and_so_does_one_that_was_given_more()
    {
        (await FindAsync(VaultOf(spec.Mint, Lock, 900), 500)).ShouldBeOfType<PoolFinding.AsPromised>();
        (await FindAsync(VaultOf(spec.Mint, Lock, 901), 501)).ShouldBeOfType<PoolFinding.AsPromised>();
    }

    [Fact]
    public async Task Lamports_alone_are_no_pool() => (await FindAsync(null, 500)).ShouldBeOfType<PoolFinding.Missing>();

    [Fact]
    public async Task Lamports_that_a_stranger_has_sent_to_the_vaults_address_are_no_vault() =>
        (
            await FindAsync(new AccountInfo(5_000_000, SystemProgram.Id, default, Executable: false), 500)
        ).ShouldBeOfType<PoolFinding.Missing>();

    [Fact]
    public async Task A_vault_of_another_program_is_not_the_promised_one()
    {
        var foreign = VaultOf(spec.Mint, Lock, 900) with { Owner = TokenProgram.Token2022Id };

        (await FindAsync(foreign, 500)).ShouldBeOfType<PoolFinding.Different>();
    }

    [Fact]
    public async Task A_vault_of_another_mint_is_not_the_promised_one() =>
        (await FindAsync(VaultOf(Somebody, Lock, 900), 500)).ShouldBeOfType<PoolFinding.Different>();

    [Fact]
    public async Task A_vault_of_another_holder_is_not_the_promised_one() =>
        (await FindAsync(VaultOf(spec.Mint, Somebody, 900), 500)).ShouldBeOfType<PoolFinding.Different>();

    [Fact]
    public async Task Too_few_tokens_are_named() =>
        (await FindAsync(VaultOf(spec.Mint, Lock, 899), 500))
            .ShouldBeOfType<PoolFinding.Different>()
            .Reason.ShouldContain("899 base units of the token, not 900");

    [Fact]
    public async Task Too_few_lamports_are_named() =>
        (await FindAsync(VaultOf(spec.Mint, Lock, 900), 499))
            .ShouldBeOfType<PoolFinding.Different>()
            .Reason.ShouldContain("499 lamports, not 500");

    [Theory]
    [InlineData(Commitment.Finalized)]
    [InlineData(Commitment.Confirmed)]
    public async Task The_chain_is_read_at_the_commitment_that_was_asked_for(Commitment commitment)
    {
        var asked = "";
        await FindAsync(null, 0, commitment, parameters => asked = parameters.GetRawText());

        asked.ShouldContain(commitment.ToString().ToLowerInvariant());
    }

    private Task<PoolFinding> FindAsync(
        AccountInfo? vault,
        ulong lamports,
        Commitment commitment = Commitment.Finalized,
        Action<JsonElement>? look = null
    )
    {
        var endpoints = new CannedNode()
            .Answer(
                "getMultipleAccounts",
                parameters =>
                {
                    look?.Invoke(parameters);
                    return $$"""{"context":{"slot":9},"value":[{{Json(vault)}},{{Json(new AccountInfo(lamports, SystemProgram.Id, default, Executable: false))}}]}""";
                }
            )
            .Endpoints;
        return new LocalVenue(endpoints, new WalletBalances(endpoints)).FindAsync(
            spec,
            commitment,
            null,
            TestContext.Current.CancellationToken
        );
    }

    private static string Json(AccountInfo? account) =>
        account is null
            ? "null"
            : $$"""{"lamports":{{account.Lamports}},"owner":"{{account.Owner}}","data":["{{Convert.ToBase64String(account.Data.Span)}}","base64"],"executable":false,"rentEpoch":0,"space":{{account.Data.Length}}}""";

    private static AccountInfo VaultOf(PublicKey mint, PublicKey holder, ulong amount)
    {
        var data = new byte[TokenAccount.Size];
        mint.CopyTo(data);
        holder.CopyTo(data.AsSpan(32));
        BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(64), amount);
        data[108] = 1;
        return new AccountInfo(2_039_280, TokenProgram.Id, data, Executable: false);
    }
}
