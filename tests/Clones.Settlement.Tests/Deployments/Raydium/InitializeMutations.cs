using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Tests.Deployments.Raydium;

/// <summary>Ways to spoil a pool creation, each under the rule of the program that must catch it.</summary>
internal static class InitializeMutations
{
    private static readonly PublicKey Stranger = Account.Generate().PublicKey;

    public static IReadOnlyDictionary<string, Func<InitializeCall, CpmmChain, (InitializeCall Call, CpmmChain Chain)>> ByRule { get; } =
        new Dictionary<string, Func<InitializeCall, CpmmChain, (InitializeCall, CpmmChain)>>
        {
            ["lib.rs declare_id"] = (call, chain) =>
                (new(call.Instruction with { ProgramId = RaydiumCpmmCluster.Devnet.ProgramId }), chain),
            ["lib.rs initialize: discriminator"] = (call, chain) => (WithData(call, data => data[0] ^= 1), chain),
            ["lib.rs initialize: init_amount_0, init_amount_1, open_time: u64"] = (call, chain) =>
                (new(call.Instruction with { Data = call.Instruction.Data[..^8] }), chain),
            ["struct Initialize: 20 accounts"] = (call, chain) =>
                (new(call.Instruction with { Accounts = [.. call.Instruction.Accounts.Take(19)] }), chain),
            ["creator: Signer"] = (call, chain) => (With(call, 0, call.Creator with { IsSigner = false }), chain),
            ["creator: mut"] = (call, chain) => (With(call, 0, call.Creator with { IsWritable = false }), chain),
            ["amm_config: Account<AmmConfig>, owner"] = (call, chain) => (call, chain.Without(call.AmmConfig.PublicKey)),
            ["amm_config: Account<AmmConfig>, discriminator"] = (call, chain) =>
                (call, Changed(chain, call.AmmConfig.PublicKey, data => data[0] ^= 1)),
            ["amm_config: Account<AmmConfig>, fields"] = (call, chain) =>
                (call, Changed(chain, call.AmmConfig.PublicKey, data => data[9] = 2)),
            ["authority: seeds"] = (call, chain) => (With(call, 2, AccountMeta.ReadOnly(Stranger)), chain),
            ["pool_state: mut"] = (call, chain) => (With(call, 3, AccountMeta.ReadOnly(call.PoolState.PublicKey)), chain),
            ["token_0_mint: constraint token_0_mint < token_1_mint"] = (call, chain) =>
                (With(With(call, 4, call.Token1Mint), 5, call.Token0Mint), chain),
            ["token_0_mint: InterfaceAccount<Mint>"] = (call, chain) => (call, chain.Without(call.Token0Mint.PublicKey)),
            ["token_1_mint: InterfaceAccount<Mint>"] = (call, chain) => (call, chain.Without(call.Token1Mint.PublicKey)),
            ["token_0_mint: mint::token_program"] = (call, chain) => (With(call, 15, OtherProgram(call.Token0Program)), chain),
            ["token_1_mint: mint::token_program"] = (call, chain) => (With(call, 16, OtherProgram(call.Token1Program)), chain),
            ["lp_mint: seeds"] = (call, chain) => (With(call, 6, AccountMeta.Writable(Stranger)), chain),
            ["lp_mint: init"] = (call, chain) => (call, chain.With(call.LpMint.PublicKey, chain[call.Token0Mint.PublicKey]!)),
            ["creator_token_0: mut"] = (call, chain) => (With(call, 7, AccountMeta.ReadOnly(call.CreatorToken0.PublicKey)), chain),
            ["creator_token_0: token::mint"] = (call, chain) => (With(call, 7, call.CreatorToken1), chain),
            ["creator_token_0: token::authority"] = (call, chain) => (call, Given(chain, call.CreatorToken0.PublicKey)),
            ["creator_token_1: mut"] = (call, chain) => (With(call, 8, AccountMeta.ReadOnly(call.CreatorToken1.PublicKey)), chain),
            ["creator_token_1: token::mint"] = (call, chain) => (With(call, 8, call.CreatorToken0), chain),
            ["creator_token_1: token::authority"] = (call, chain) => (call, Given(chain, call.CreatorToken1.PublicKey)),
            ["creator_lp_token: associated_token"] = (call, chain) => (With(call, 9, AccountMeta.Writable(Stranger)), chain),
            ["creator_lp_token: init"] = (call, chain) =>
                (call, chain.With(call.CreatorLpToken.PublicKey, chain[call.CreatorToken0.PublicKey]!)),
            ["token_0_vault: mut"] = (call, chain) => (With(call, 10, AccountMeta.ReadOnly(call.Token0Vault.PublicKey)), chain),
            ["token_0_vault: seeds"] = (call, chain) => (With(call, 10, call.Token1Vault), chain),
            ["token_1_vault: mut"] = (call, chain) => (With(call, 11, AccountMeta.ReadOnly(call.Token1Vault.PublicKey)), chain),
            ["token_1_vault: seeds"] = (call, chain) => (With(call, 11, call.Token0Vault), chain),
            ["create_pool_fee: mut"] = (call, chain) => (With(call, 12, AccountMeta.ReadOnly(call.CreatePoolFee.PublicKey)), chain),
            ["create_pool_fee: address"] = (call, chain) =>
                (With(call, 12, AccountMeta.Writable(RaydiumCpmmCluster.Devnet.FeeReceiver)), chain),
            ["create_pool_fee: InterfaceAccount<TokenAccount>"] = (call, chain) => (call, chain.Without(call.CreatePoolFee.PublicKey)),
            ["observation_state: seeds"] = (call, chain) => (With(call, 13, AccountMeta.Writable(Stranger)), chain),
            ["observation_state: init"] = (call, chain) => (With(call, 13, AccountMeta.ReadOnly(call.ObservationState.PublicKey)), chain),
            ["token_program: Program<Token>"] = (call, chain) => (With(call, 14, AccountMeta.ReadOnly(TokenProgram.Token2022Id)), chain),
            ["token_0_program: Interface<TokenInterface>"] = (call, chain) => (With(call, 15, call.SystemProgram), chain),
            ["token_1_program: Interface<TokenInterface>"] = (call, chain) => (With(call, 16, call.SystemProgram), chain),
            ["associated_token_program: Program<AssociatedToken>"] = (call, chain) => (With(call, 17, call.SystemProgram), chain),
            ["system_program: Program<System>"] = (call, chain) => (With(call, 18, call.Rent), chain),
            ["rent: Sysvar<Rent>"] = (call, chain) => (With(call, 19, call.SystemProgram), chain),
            ["is_supported_mint(token_0_mint)"] = (call, chain) => (call, Hooked(chain, call.Token0Mint.PublicKey)),
            ["is_supported_mint(token_1_mint)"] = (call, chain) => (call, Hooked(chain, call.Token1Mint.PublicKey)),
            ["amm_config.disable_create_pool"] = (call, chain) => (call, Changed(chain, call.AmmConfig.PublicKey, data => data[9] = 1)),
            ["create_token_account(token_0_vault)"] = (call, chain) =>
                (call, chain.With(call.Token0Vault.PublicKey, chain[call.CreatorToken0.PublicKey]!)),
            ["create_token_account(token_1_vault)"] = (call, chain) =>
                (call, chain.With(call.Token1Vault.PublicKey, chain[call.CreatorToken1.PublicKey]!)),
            ["create_pool: owner == system_program"] = (call, chain) =>
                (
                    call,
                    chain.With(call.PoolState.PublicKey, new AccountInfo(1, call.Instruction.ProgramId, new byte[637], Executable: false))
                ),
            ["create_pool: expect_pda_address or signer"] = (call, chain) => (OfAnotherConfig(call), Moved(call, chain)),
            ["transfer_from_user_to_pool_vault(0)"] = (call, chain) => (call, Drawn(chain, call.CreatorToken0.PublicKey, call.InitAmount0)),
            ["transfer_from_user_to_pool_vault(1)"] = (call, chain) => (call, Drawn(chain, call.CreatorToken1.PublicKey, call.InitAmount1)),
            ["CurveCalculator::validate_supply"] = (call, chain) => (WithData(call, data => data.AsSpan(16, 8).Clear()), chain),
            ["liquidity.checked_sub(lock_lp_amount)"] = (call, chain) =>
                (
                    WithData(
                        call,
                        data =>
                        {
                            BitConverter.TryWriteBytes(data.AsSpan(8), 99UL);
                            BitConverter.TryWriteBytes(data.AsSpan(16), 101UL);
                        }
                    ),
                    chain
                ),
            ["sync_native(create_pool_fee)"] = (call, chain) => (call, Changed(chain, call.CreatePoolFee.PublicKey, data => data[109] = 0)),
            ["system_instruction::transfer: from carries no data"] = (call, chain) =>
                (call, chain.With(call.Creator.PublicKey, chain[call.Creator.PublicKey]! with { Data = new byte[1] })),
            ["system_instruction::transfer: lamports of the creator"] = (call, chain) => (call, Holding(call, chain, cost => cost - 1)),
            ["rent state of the creator"] = (call, chain) => (call, Holding(call, chain, cost => cost + 1)),
        };

    private static InitializeCall With(InitializeCall call, int index, AccountMeta account) =>
        new(call.Instruction with { Accounts = [.. call.Instruction.Accounts.Select((a, i) => i == index ? account : a)] });

    private static InitializeCall WithData(InitializeCall call, Action<byte[]> change)
    {
        var data = call.Instruction.Data.ToArray();
        change(data);
        return new(call.Instruction with { Data = data });
    }

    private static CpmmChain Changed(CpmmChain chain, PublicKey address, Action<byte[]> change)
    {
        var data = chain[address]!.Data.ToArray();
        change(data);
        return chain.With(address, chain[address]! with { Data = data });
    }

    private static CpmmChain Given(CpmmChain chain, PublicKey holding) => Changed(chain, holding, data => Stranger.CopyTo(data.AsSpan(32)));

    private static CpmmChain Drawn(CpmmChain chain, PublicKey holding, ulong amount) =>
        Changed(chain, holding, data => BitConverter.TryWriteBytes(data.AsSpan(64), amount - 1));

    private static CpmmChain Holding(InitializeCall call, CpmmChain chain, Func<ulong, ulong> ofCost) =>
        chain.With(
            call.Creator.PublicKey,
            chain[call.Creator.PublicKey]! with
            {
                Lamports = ofCost(new InitializeBody(call, chain).Cost()),
            }
        );

    private static AccountMeta OtherProgram(AccountMeta program) =>
        AccountMeta.ReadOnly(program.PublicKey == TokenProgram.Id ? TokenProgram.Token2022Id : TokenProgram.Id);

    // A mint of Token-2022 whose transfers call another program. The mint of the other side may be one of SPL Token: then it becomes one too.
    private static CpmmChain Hooked(CpmmChain chain, PublicKey mint)
    {
        var data = new byte[170 + 64];
        chain[mint]!.Data.Span[..82].CopyTo(data);
        data[165] = 1;
        data[166] = (byte)TokenExtensionType.TransferHook;
        data[168] = 64;
        return chain.With(mint, chain[mint]! with { Data = data });
    }

    // Every address fits the pool's, but the pool is not that of this config and these mints, and does not sign.
    private static InitializeCall OfAnotherConfig(InitializeCall call)
    {
        var pool = Stranger;
        var moved = With(call, 3, AccountMeta.Writable(pool));
        moved = With(moved, 6, AccountMeta.Writable(call.Derived("pool_lp_mint", pool)));
        moved = With(
            moved,
            9,
            AccountMeta.Writable(AssociatedTokenAccountProgram.FindAddress(call.Creator.PublicKey, moved.LpMint.PublicKey, TokenProgram.Id))
        );
        moved = With(moved, 10, AccountMeta.Writable(call.Derived("pool_vault", pool, call.Token0Mint.PublicKey)));
        moved = With(moved, 11, AccountMeta.Writable(call.Derived("pool_vault", pool, call.Token1Mint.PublicKey)));
        return With(moved, 13, AccountMeta.Writable(call.Derived("observation", pool)));
    }

    private static CpmmChain Moved(InitializeCall call, CpmmChain chain) => chain.Without(call.PoolState.PublicKey);
}
