using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;

namespace Clones.Workers.Commands.Tokens;

/// <summary>A token for development. Unlike an agent's, it keeps its mint authority: more of it is minted whenever it is wanted.</summary>
/// <param name="Name">Kept in the mint itself, which only Token-2022 can do; null: a mint of SPL Token.</param>
internal sealed record DevelopmentMint(PublicKey Mint, string Symbol, byte Decimals, string? Name)
{
    public PublicKey Program => Name is null ? TokenProgram.Id : TokenProgram.Token2022Id;

    /// <summary>Bytes that rent is paid for.</summary>
    public int Size => Name is null ? MintAccount.Size : Token2022Mint.SizeWithMetadata(Name, Symbol, uri: "");

    /// <summary>Makes the mint and the holder's account, and mints the supply: one transaction, so that none of it is ever there without the rest.</summary>
    /// <param name="authority">Pays, may mint, and may change the name.</param>
    /// <param name="holder">Gets the supply.</param>
    /// <param name="supply">Base units.</param>
    /// <param name="rentLamports">Of <see cref="Size"/>.</param>
    public IReadOnlyList<Instruction> Creation(PublicKey authority, PublicKey holder, ulong supply, ulong rentLamports)
    {
        var space = Name is null ? MintAccount.Size : Token2022Mint.SizeWithMetadataPointer;
        List<Instruction> instructions = [SystemProgram.CreateAccount(authority, Mint, rentLamports, (ulong)space, Program)];
        if (Name is not null)
        {
            instructions.Add(Token2022Program.InitializeMetadataPointer(Mint, authority: null, metadataAddress: Mint));
        }
        instructions.Add(TokenProgram.InitializeMint2(Mint, Decimals, authority, freezeAuthority: null, Program));
        if (Name is not null)
        {
            instructions.Add(Token2022Program.InitializeMetadata(Mint, authority, authority, Name, Symbol, uri: ""));
        }
        return [.. instructions, .. Issue(Mint, Decimals, Program, authority, holder, supply)];
    }

    /// <summary>Mints into the holder's account, which is made where it is not there.</summary>
    public static IEnumerable<Instruction> Issue(
        PublicKey mint,
        byte decimals,
        PublicKey program,
        PublicKey authority,
        PublicKey holder,
        ulong amount
    ) =>
        [
            AssociatedTokenAccountProgram.CreateIdempotent(authority, holder, mint, program),
            TokenProgram.MintToChecked(
                mint,
                AssociatedTokenAccountProgram.FindAddress(holder, mint, program),
                authority,
                amount,
                decimals,
                program
            ),
        ];
}
