using System.Security.Cryptography;
using System.Text;
using Clones.Solana.Primitives;

namespace Clones.Settlement.Tests.Deployments.Raydium;

/// <summary>One demand of the program, named after the line of its source that makes it.</summary>
internal readonly record struct Rule(string Name, bool Holds);

/// <summary>
/// What Anchor checks of the accounts before <c>initialize</c> runs: the attributes of <c>struct Initialize</c> in initialize.rs, read from
/// the source and from nothing of ours. The program's ids are those of its lib.rs, without the feature devnet.
/// </summary>
internal static class InitializeAccountRules
{
    public static readonly PublicKey ProgramId = PublicKey.Parse("CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C");
    private static readonly PublicKey FeeReceiver = PublicKey.Parse("DNXgeM9EiiaAbaWvwjHj9fQQLAX5ZsfHyvmYUNRAdNC8");
    public static readonly PublicKey Token = PublicKey.Parse("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
    public static readonly PublicKey Token2022 = PublicKey.Parse("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
    private static readonly PublicKey AssociatedToken = PublicKey.Parse("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
    private static readonly PublicKey SystemId = PublicKey.Parse("11111111111111111111111111111111");
    private static readonly PublicKey RentSysvar = PublicKey.Parse("SysvarRent111111111111111111111111111111111");

    public static IEnumerable<Rule> Of(InitializeCall call, CpmmChain chain)
    {
        var data = call.Instruction.Data;
        yield return new("lib.rs declare_id", call.Instruction.ProgramId == ProgramId);
        yield return new("lib.rs initialize: discriminator", data.AsSpan().StartsWith(Name("global:initialize")));
        yield return new("lib.rs initialize: init_amount_0, init_amount_1, open_time: u64", data.Length == 8 + 3 * sizeof(ulong));
        yield return new("struct Initialize: 20 accounts", call.Instruction.Accounts.Count == 20);
        if (call.Instruction.Accounts.Count < 20 || data.Length < 32)
        {
            yield break;
        }

        foreach (
            var rule in WhoAndWhere(call, chain).Concat(Mints(call, chain)).Concat(Holdings(call, chain)).Concat(Programs(call, chain))
        )
        {
            yield return rule;
        }
    }

    private static IEnumerable<Rule> WhoAndWhere(InitializeCall call, CpmmChain chain)
    {
        var pool = call.PoolState.PublicKey;
        yield return new("creator: Signer", call.Creator.IsSigner);
        yield return new("creator: mut", call.Creator.IsWritable);
        var config = chain[call.AmmConfig.PublicKey];
        yield return new("amm_config: Account<AmmConfig>, owner", config?.Owner == ProgramId);
        yield return new("amm_config: Account<AmmConfig>, discriminator", config?.Data.Span.StartsWith(Name("account:AmmConfig")) == true);
        yield return new("amm_config: Account<AmmConfig>, fields", config is { Data.Length: >= 236 } && config.Data.Span[9] <= 1);
        yield return new("authority: seeds", call.Authority.PublicKey == call.Derived("vault_and_lp_mint_auth_seed"));
        yield return new("pool_state: mut", call.PoolState.IsWritable);
        yield return new("lp_mint: seeds", call.LpMint.PublicKey == call.Derived("pool_lp_mint", pool));
        yield return new("lp_mint: init", call.LpMint.IsWritable && chain.IsFree(call.LpMint.PublicKey));
        yield return new("token_0_vault: mut", call.Token0Vault.IsWritable);
        yield return new("token_0_vault: seeds", call.Token0Vault.PublicKey == call.Derived("pool_vault", pool, call.Token0Mint.PublicKey));
        yield return new("token_1_vault: mut", call.Token1Vault.IsWritable);
        yield return new("token_1_vault: seeds", call.Token1Vault.PublicKey == call.Derived("pool_vault", pool, call.Token1Mint.PublicKey));
        yield return new("observation_state: seeds", call.ObservationState.PublicKey == call.Derived("observation", pool));
        yield return new("observation_state: init", call.ObservationState.IsWritable && chain.IsFree(call.ObservationState.PublicKey));
    }

    private static IEnumerable<Rule> Mints(InitializeCall call, CpmmChain chain)
    {
        var (mint0, mint1) = (call.Token0Mint.PublicKey, call.Token1Mint.PublicKey);
        yield return new(
            "token_0_mint: constraint token_0_mint < token_1_mint",
            mint0.ToArray().AsSpan().SequenceCompareTo(mint1.ToArray()) < 0
        );
        yield return new("token_0_mint: InterfaceAccount<Mint>", chain.MintAt(mint0) is not null);
        yield return new("token_0_mint: mint::token_program", chain[mint0]?.Owner == call.Token0Program.PublicKey);
        yield return new("token_1_mint: InterfaceAccount<Mint>", chain.MintAt(mint1) is not null);
        yield return new("token_1_mint: mint::token_program", chain[mint1]?.Owner == call.Token1Program.PublicKey);
    }

    private static IEnumerable<Rule> Holdings(InitializeCall call, CpmmChain chain)
    {
        var creator = call.Creator.PublicKey;
        var held0 = chain.HoldingAt(call.CreatorToken0.PublicKey);
        yield return new("creator_token_0: mut", call.CreatorToken0.IsWritable);
        yield return new("creator_token_0: token::mint", held0?.Mint == call.Token0Mint.PublicKey);
        yield return new("creator_token_0: token::authority", held0?.Owner == creator);
        var held1 = chain.HoldingAt(call.CreatorToken1.PublicKey);
        yield return new("creator_token_1: mut", call.CreatorToken1.IsWritable);
        yield return new("creator_token_1: token::mint", held1?.Mint == call.Token1Mint.PublicKey);
        yield return new("creator_token_1: token::authority", held1?.Owner == creator);
        var shares = PublicKey.FindProgramAddress([creator.ToArray(), Token.ToArray(), call.LpMint.PublicKey.ToArray()], AssociatedToken);
        yield return new("creator_lp_token: associated_token", call.CreatorLpToken.PublicKey == shares.Address);
        yield return new("creator_lp_token: init", call.CreatorLpToken.IsWritable && chain.IsFree(call.CreatorLpToken.PublicKey));
        yield return new("create_pool_fee: mut", call.CreatePoolFee.IsWritable);
        yield return new("create_pool_fee: address", call.CreatePoolFee.PublicKey == FeeReceiver);
        yield return new("create_pool_fee: InterfaceAccount<TokenAccount>", chain.HoldingAt(call.CreatePoolFee.PublicKey) is not null);
    }

    private static IEnumerable<Rule> Programs(InitializeCall call, CpmmChain chain)
    {
        yield return new("token_program: Program<Token>", call.TokenProgram.PublicKey == Token && IsProgram(Token));
        yield return new("token_0_program: Interface<TokenInterface>", IsTokenInterface(call.Token0Program.PublicKey));
        yield return new("token_1_program: Interface<TokenInterface>", IsTokenInterface(call.Token1Program.PublicKey));
        yield return new(
            "associated_token_program: Program<AssociatedToken>",
            call.AssociatedTokenProgram.PublicKey == AssociatedToken && IsProgram(AssociatedToken)
        );
        yield return new("system_program: Program<System>", call.SystemProgram.PublicKey == SystemId && IsProgram(SystemId));
        // Three numbers: u64, f64, u8.
        yield return new("rent: Sysvar<Rent>", call.Rent.PublicKey == RentSysvar && chain[RentSysvar]?.Data.Length == 17);

        bool IsTokenInterface(PublicKey key) => (key == Token || key == Token2022) && IsProgram(key);
        bool IsProgram(PublicKey key) => chain[key] is { Executable: true };
    }

    /// <summary>Anchor names calls and accounts by the first 8 bytes of a digest.</summary>
    public static byte[] Name(string text) => SHA256.HashData(Encoding.ASCII.GetBytes(text))[..8];
}
