using System.Buffers.Binary;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Tests.Deployments.Raydium;

/// <summary>
/// What <c>pub fn initialize</c> of initialize.rs does after the accounts were found right: its own demands and those of the programs that
/// it calls, in its order, and what is on chain when it has returned.
/// </summary>
internal sealed class InitializeBody(InitializeCall call, CpmmChain chain)
{
    // PoolState::LEN (states/pool.rs) and ObservationState::LEN (states/oracle.rs), as sums of their fields.
    private const int PoolStateLength = 8 + 10 * 32 + 1 * 5 + 8 * 7 + 1 * 2 + 6 * 1 + 2 * 8 + 8 * 28;
    private const int ObservationLength = 8 + 1 + 2 + 32 + (8 + 16 + 16) * 100 + 8 * 4;
    private const ulong LockLpAmount = 100;

    private static readonly TokenExtensionType[] Supported =
    [
        TokenExtensionType.TransferFeeConfig,
        TokenExtensionType.MetadataPointer,
        TokenExtensionType.TokenMetadata,
        TokenExtensionType.InterestBearingConfig,
        TokenExtensionType.ScaledUiAmount,
    ];

    private ulong CreatePoolFee => BinaryPrimitives.ReadUInt64LittleEndian(chain[call.AmmConfig.PublicKey]!.Data.Span[36..]);

    private UInt128 Product => (UInt128)call.InitAmount0 * call.InitAmount1;

    public IEnumerable<Rule> Rules()
    {
        var config = chain[call.AmmConfig.PublicKey]!;
        yield return new("is_supported_mint(token_0_mint)", IsSupported(call.Token0Mint.PublicKey));
        yield return new("is_supported_mint(token_1_mint)", IsSupported(call.Token1Mint.PublicKey));
        yield return new("amm_config.disable_create_pool", config.Data.Span[9] == 0);
        yield return new("create_token_account(token_0_vault)", chain.IsFree(call.Token0Vault.PublicKey));
        yield return new("create_token_account(token_1_vault)", chain.IsFree(call.Token1Vault.PublicKey));
        var pool = call.Derived("pool", call.AmmConfig.PublicKey, call.Token0Mint.PublicKey, call.Token1Mint.PublicKey);
        yield return new("create_pool: owner == system_program", chain.IsFree(call.PoolState.PublicKey));
        yield return new("create_pool: expect_pda_address or signer", call.PoolState.PublicKey == pool || call.PoolState.IsSigner);
        yield return new("transfer_from_user_to_pool_vault(0)", CanPay(call.CreatorToken0.PublicKey, call.InitAmount0));
        yield return new("transfer_from_user_to_pool_vault(1)", CanPay(call.CreatorToken1.PublicKey, call.InitAmount1));
        yield return new("CurveCalculator::validate_supply", call.InitAmount0 > 0 && call.InitAmount1 > 0);
        yield return new("liquidity.checked_sub(lock_lp_amount)", Product >= LockLpAmount * LockLpAmount);
        var receiver = chain[call.CreatePoolFee.PublicKey];
        yield return new(
            "sync_native(create_pool_fee)",
            CreatePoolFee == 0
                || receiver?.Owner == call.TokenProgram.PublicKey
                    && chain.HoldingAt(call.CreatePoolFee.PublicKey) is { NativeRentLamports: not null }
        );
        var creator = chain[call.Creator.PublicKey];
        yield return new(
            "system_instruction::transfer: from carries no data",
            creator is { Data.Length: 0 } && creator.Owner == call.SystemProgram.PublicKey
        );
        yield return new("system_instruction::transfer: lamports of the creator", creator?.Lamports >= Cost());
        // The runtime's own rule at the end of every transaction.
        yield return new("rent state of the creator", creator?.Lamports - Cost() is { } rest && (rest == 0 || rest >= chain.Rent(0)));
    }

    /// <summary>Lamports that it takes from the creator: rent of six accounts, less what lies there, and the fee.</summary>
    public ulong Cost() =>
        CreatePoolFee
        + Missing(call.LpMint.PublicKey, MintAccount.Size)
        + Missing(call.CreatorLpToken.PublicKey, TokenAccount.Size)
        + Missing(call.ObservationState.PublicKey, ObservationLength)
        // No extension of a mint that is made here demands one of its accounts (get_required_init_account_extensions).
        + Missing(call.Token0Vault.PublicKey, TokenAccount.Size)
        + Missing(call.Token1Vault.PublicKey, TokenAccount.Size)
        + Missing(call.PoolState.PublicKey, PoolStateLength);

    /// <summary>PoolState::initialize of states/pool.rs: <c>#[repr(packed)]</c>, in the order of its fields.</summary>
    public AccountInfo PoolAfter()
    {
        var data = new List<byte>(InitializeAccountRules.Name("account:PoolState"));
        PublicKey[] keys =
        [
            call.AmmConfig.PublicKey,
            call.Creator.PublicKey,
            call.Token0Vault.PublicKey,
            call.Token1Vault.PublicKey,
            call.LpMint.PublicKey,
            call.Token0Mint.PublicKey,
            call.Token1Mint.PublicKey,
            chain[call.Token0Mint.PublicKey]!.Owner,
            chain[call.Token1Mint.PublicKey]!.Owner,
            call.ObservationState.PublicKey,
        ];
        data.AddRange(keys.SelectMany(key => key.ToArray()));
        var (decimals0, decimals1) = (chain.MintAt(call.Token0Mint.PublicKey)!.Decimals, chain.MintAt(call.Token1Mint.PublicKey)!.Decimals);
        data.AddRange([255, 0, 9, decimals0, decimals1]);
        data.AddRange(BitConverter.GetBytes(Liquidity()));
        data.AddRange(new byte[PoolStateLength - data.Count]);
        return new AccountInfo(chain.Rent(PoolStateLength), call.Instruction.ProgramId, data.ToArray(), Executable: false);
    }

    public (AccountInfo Vault0, AccountInfo Vault1) VaultsAfter() =>
        (
            Vault(call.Token0Mint.PublicKey, call.Token0Program.PublicKey, call.InitAmount0),
            Vault(call.Token1Mint.PublicKey, call.Token1Program.PublicKey, call.InitAmount1)
        );

    private AccountInfo Vault(PublicKey mint, PublicKey program, ulong amount)
    {
        var data = new byte[TokenAccount.Size];
        mint.CopyTo(data);
        call.Authority.PublicKey.CopyTo(data.AsSpan(32));
        BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(64), amount);
        data[108] = (byte)TokenAccountState.Initialized;
        return new AccountInfo(chain.Rent(data.Length), program, data, Executable: false);
    }

    private ulong Liquidity()
    {
        var (low, high) = (UInt128.Zero, (UInt128)ulong.MaxValue);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = middle * middle <= Product ? (middle, high) : (low, middle - 1);
        }

        return (ulong)low;
    }

    private ulong Missing(PublicKey address, int size)
    {
        var (rent, there) = (chain.Rent(size), chain[address]?.Lamports ?? 0);
        return rent > there ? rent - there : 0;
    }

    private bool IsSupported(PublicKey mint) =>
        chain[mint]!.Owner == InitializeAccountRules.Token || chain.MintAt(mint)!.Extensions.All(e => Supported.Contains(e.Type));

    private bool CanPay(PublicKey holding, ulong amount) =>
        chain.HoldingAt(holding) is { State: TokenAccountState.Initialized } held && held.Amount >= amount;
}
