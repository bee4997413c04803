using Clones.Settlement.Deployments.Venues;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Tests.Deployments.Raydium;

public sealed class RaydiumPoolCheckTests
{
    // Where the fields lie, in bytes: the order of PoolState in programs/cp-swap/src/states/pool.rs, behind 8 of the type's name.
    private const int ConfigOffset = 8;
    private const int CreatorOffset = 40;
    private const int Vault0Offset = 72;
    private const int Vault1Offset = 104;
    private const int LpMintOffset = 136;
    private const int Mint0Offset = 168;
    private const int Mint1Offset = 200;

    private static readonly PublicKey Stranger = Account.Generate().PublicKey;

    public static TheoryData<string> Pools => SdkPool.Names;

    [Theory]
    [MemberData(nameof(Pools))]
    public void A_pool_as_the_SDK_lays_it_out_is_the_promised_one(string name)
    {
        var pool = SdkPool.ByName[name];

        Decision(pool, pool.AccountOf("pool").Account).ShouldBeOfType<PoolFinding.AsPromised>();
    }

    [Theory]
    [MemberData(nameof(Pools))]
    public void Every_field_of_it_is_read_where_the_program_writes_it(string name)
    {
        var pool = SdkPool.ByName[name];
        var found = RaydiumCpmmPoolAccount.Decode(pool.AccountOf("pool").Account.Data.Span);
        var derived = RaydiumCpmmPool.Derive(pool.Cluster, 0, pool.Mint, TokenProgram.NativeMint);
        var isMintFirst = pool.Mint < TokenProgram.NativeMint;

        found.ShouldBe(
            new RaydiumCpmmPoolAccount(
                derived.Config,
                pool.Owner,
                derived.Vault0,
                derived.Vault1,
                derived.LpMint,
                derived.Mint0,
                derived.Mint1,
                isMintFirst ? pool.MintProgram : TokenProgram.Id,
                isMintFirst ? TokenProgram.Id : pool.MintProgram,
                derived.Observation,
                Status: 0,
                LpDecimals: 9,
                Decimals0: isMintFirst ? (byte)6 : (byte)9,
                Decimals1: isMintFirst ? (byte)9 : (byte)6,
                LpSupply: 42_426_406_871,
                OpenTime: 1_700_000_001
            )
        );
        pool.AccountOf("pool").Address.ShouldBe(derived.State);
        pool.AccountOf("vault0").Address.ShouldBe(derived.Vault0);
        pool.AccountOf("vault1").Address.ShouldBe(derived.Vault1);
        pool.AccountOf("config").Address.ShouldBe(derived.Config);
    }

    [Theory]
    [InlineData(ConfigOffset)]
    [InlineData(Vault0Offset)]
    [InlineData(Vault1Offset)]
    [InlineData(LpMintOffset)]
    [InlineData(Mint0Offset)]
    [InlineData(Mint1Offset)]
    public void A_pool_that_names_another_account_is_not_the_promised_one(int offset)
    {
        foreach (var pool in SdkPool.ByName.Values)
        {
            Decision(pool, Changed(pool.AccountOf("pool").Account, offset, Stranger))
                .ShouldBeOfType<PoolFinding.Different>()
                .Reason.ShouldContain("is not that of");
        }
    }

    [Fact]
    public void A_pool_that_somebody_else_was_the_first_to_make_is_not_the_promised_one()
    {
        foreach (var pool in SdkPool.ByName.Values)
        {
            Decision(pool, Changed(pool.AccountOf("pool").Account, CreatorOffset, Stranger))
                .ShouldBeOfType<PoolFinding.Different>()
                .Reason.ShouldContain($"was made by {Stranger}, not by {pool.Owner}");
        }
    }

    [Fact]
    public void What_the_program_does_not_own_is_no_pool()
    {
        var pool = SdkPool.ByName.Values.First();
        var state = pool.AccountOf("pool").Account;

        Decision(pool, null).ShouldBeOfType<PoolFinding.Missing>();
        Decision(pool, new AccountInfo(1, SystemProgram.Id, default, Executable: false)).ShouldBeOfType<PoolFinding.Missing>();
        Decision(pool, state with { Owner = TokenProgram.Id }).ShouldBeOfType<PoolFinding.Different>();
        Decision(pool, state with { Data = state.Data[..^1] }).ShouldBeOfType<PoolFinding.Different>();
        Decision(pool, Changed(state, 0, Stranger)).ShouldBeOfType<PoolFinding.Different>();
    }

    [Theory]
    [InlineData("vault0")]
    [InlineData("vault1")]
    public void A_vault_must_hold_its_mint_for_the_programs_authority(string which)
    {
        foreach (var pool in SdkPool.ByName.Values)
        {
            var vault = pool.AccountOf(which).Account;
            var empty = new byte[vault.Data.Length];
            vault.Data.CopyTo(empty);
            empty.AsSpan(64, sizeof(ulong)).Clear();
            AccountInfo?[] wrong =
            [
                null,
                Changed(vault, 0, Stranger),
                Changed(vault, 32, Stranger),
                vault with
                {
                    Data = empty,
                },
                vault with
                {
                    Owner = SystemProgram.Id,
                },
            ];
            foreach (var account in wrong)
            {
                Decision(pool, pool.AccountOf("pool").Account, (which, account)).ShouldBeOfType<PoolFinding.Different>();
            }
        }
    }

    private static PoolFinding Decision(SdkPool pool, AccountInfo? state, (string Which, AccountInfo? Vault)? other = null)
    {
        var vaults = new[] { "vault0", "vault1" }
            .Select(v => other is { } o && o.Which == v ? o.Vault : pool.AccountOf(v).Account)
            .ToArray();
        return RaydiumPoolCheck.Of(
            RaydiumCpmmPool.Derive(pool.Cluster, 0, pool.Mint, TokenProgram.NativeMint),
            pool.Cluster.ProgramId,
            pool.SpecOf(Stranger),
            state,
            vaults[0],
            vaults[1]
        );
    }

    private static AccountInfo Changed(AccountInfo account, int offset, PublicKey key)
    {
        var data = account.Data.ToArray();
        key.CopyTo(data.AsSpan(offset));
        return account with { Data = data };
    }
}
