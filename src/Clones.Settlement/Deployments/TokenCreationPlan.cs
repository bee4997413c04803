using System.Globalization;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;

namespace Clones.Settlement.Deployments;

/// <summary>
/// Creates the mint, mints the whole supply to the owner and gives the mint authority up (unless the owner wants to keep it), all in one
/// transaction: there is no moment in which a half-made token exists.
/// </summary>
internal static class TokenCreationPlan
{
    // About 60,000 are used; searching the bump of the token account can cost some 20,000 more.
    private const uint ComputeUnitLimit = 200_000;

    // Accounts of Token-2022 that the associated program makes carry ImmutableOwner: the type byte and an extension header.
    private const int Token2022AccountSize = TokenAccount.Size + 5;

    /// <summary>Bytes of the two new accounts, to ask the chain for their rent.</summary>
    public static (int Mint, int OwnerAccount) Sizes(TokenSpec promise) =>
        (
            (promise.HasMetadata ? Token2022Mint.SizeWithMetadata(promise.Name, promise.Ticker, promise.MetadataUri) : MintAccount.Size),
            HoldingSize(promise.TokenProgram)
        );

    /// <summary>Bytes of an associated token account of a token that is made here.</summary>
    public static int HoldingSize(PublicKey tokenProgram) =>
        tokenProgram == TokenProgram.Token2022Id ? Token2022AccountSize : TokenAccount.Size;

    /// <param name="payer">Pays the rent; signs.</param>
    /// <param name="owner">Mint authority for the time of the transaction, so that nothing happens without this signature.</param>
    /// <param name="promise">What is to be made.</param>
    /// <param name="mintRentLamports">Rent of the mint at its full size.</param>
    /// <param name="ownerAccountRentLamports">Rent of the owner's token account.</param>
    /// <param name="isPrefunded">Somebody has sent lamports to the mint's address, and CreateAccount rejects such an address.</param>
    public static DeploymentPlan Build(
        PublicKey payer,
        PublicKey owner,
        TokenSpec promise,
        ulong mintRentLamports,
        ulong ownerAccountRentLamports,
        bool isPrefunded = false
    )
    {
        var (mint, program) = (promise.Mint, promise.TokenProgram);
        var space = promise.HasMetadata ? Token2022Mint.SizeWithMetadataPointer : MintAccount.Size;
        List<Instruction> instructions = isPrefunded
            ?
            [
                SystemProgram.Transfer(payer, mint, mintRentLamports),
                SystemProgram.Allocate(mint, (ulong)space),
                SystemProgram.Assign(mint, program),
            ]
            : [SystemProgram.CreateAccount(payer, mint, mintRentLamports, (ulong)space, program)];
        if (promise.HasMetadata)
        {
            // Nobody may point elsewhere: the metadata stays in the mint.
            instructions.Add(Token2022Program.InitializeMetadataPointer(mint, authority: null, metadataAddress: mint));
        }

        instructions.Add(TokenProgram.InitializeMint2(mint, promise.Decimals, mintAuthority: owner, promise.FreezeAuthority, program));
        if (promise.HasMetadata)
        {
            instructions.Add(Token2022Program.InitializeMetadata(mint, owner, owner, promise.Name, promise.Ticker, promise.MetadataUri));
        }

        var holding = AssociatedTokenAccountProgram.FindAddress(owner, mint, program);
        instructions.Add(AssociatedTokenAccountProgram.Create(payer, owner, mint, program));
        instructions.Add(TokenProgram.MintToChecked(mint, holding, owner, promise.Supply, promise.Decimals, program));
        if (promise.MintAuthority is null)
        {
            instructions.Add(TokenProgram.SetAuthority(mint, TokenAuthority.MintTokens, owner, newAuthority: null, program));
        }

        return new DeploymentPlan(
            instructions,
            ComputeUnitLimit,
            RentLamports: checked(mintRentLamports + ownerAccountRentLamports),
            VenueFeeLamports: 0,
            LiquidityLamports: 0,
            Describe(payer, owner, promise)
        );
    }

    private static string[] Describe(PublicKey payer, PublicKey owner, TokenSpec promise) =>
        [
            $"Creates the token {promise.Name} ({promise.Ticker}) with {promise.Decimals} decimals at {promise.Mint}"
                + (
                    promise.HasMetadata
                        ? ", its name and ticker kept in the token itself."
                        : ". The chain keeps no name of a classic SPL token."
                ),
            $"Mints the whole supply of {TokenText.Of(promise.Supply, promise.Decimals)} {promise.Ticker} to your wallet {owner}.",
            promise.MintAuthority is null
                ? "Gives the right to mint up for good: there will never be more of it."
                : "Leaves the right to mint more with your wallet.",
            promise.FreezeAuthority is null
                ? "Nobody can ever freeze accounts of the token."
                : "Gives your wallet the right to freeze accounts of the token, the liquidity pool's among them.",
            $"{PayerText.Subject(payer, owner)} pays the fee and the rent.",
        ];
}

/// <summary>Base units as people read them.</summary>
internal static class TokenText
{
    public static string Of(ulong baseUnits, byte decimals)
    {
        var digits = baseUnits.ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        var fraction = digits[^decimals..].TrimEnd('0');
        var whole = decimal.Parse(digits[..^decimals], CultureInfo.InvariantCulture).ToString("N0", CultureInfo.InvariantCulture);
        return fraction.Length == 0 ? whole : $"{whole}.{fraction}";
    }

    public static string Sol(ulong lamports) => Of(lamports, 9);
}
