using System.Diagnostics.CodeAnalysis;
using Clones.Domain.Tokens;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Clones.Persistence.Tokens;

/// <summary>How a token comes into the registry: a symbol keeps its mint, a mint its symbol, and what is stored of it was read on the chain.</summary>
public static class TokenListing
{
    /// <param name="account">As the chain shows it; null where there is none.</param>
    /// <param name="mint">What training pools may pay in.</param>
    /// <param name="rejection">Why they may not, completing the sentence "mint ..".</param>
    public static bool TryReadMint(
        [NotNullWhen(true)] AccountInfo? account,
        [NotNullWhen(true)] out MintAccount? mint,
        [NotNullWhen(false)] out string? rejection
    )
    {
        mint = null;
        if (account is null || !TokenProgram.IsTokenProgram(account.Owner))
        {
            rejection = "is not a mint of a token program on this cluster (at commitment finalized)";
            return false;
        }
        try
        {
            mint = MintAccount.Decode(account.Data.Span);
        }
        catch (FormatException)
        {
            rejection = "is an account of a token program, but not a mint";
            return false;
        }
        rejection =
            !mint.IsInitialized ? "is not initialized"
            : mint.Decimals > Token.SolDecimals ? $"has {mint.Decimals} decimals; at most {Token.SolDecimals} are of use here"
            : null;
        return rejection is null;
    }

    /// <summary>Whether the symbol is listed with another mint, or the mint under another symbol.</summary>
    public static Task<bool> IsTakenAsync(ClonesDbContext db, string symbol, string mint, CancellationToken cancellationToken) =>
        db.Tokens.AnyAsync(t => (t.Symbol == symbol) != (t.Mint == mint), cancellationToken);

    /// <summary>Lists it, or notes that it was read anew. What was listed before keeps its decimals and program: no mint can change them.</summary>
    /// <returns>False where it is taken.</returns>
    public static async Task<bool> PutAsync(ClonesDbContext db, Token token, CancellationToken cancellationToken)
    {
        if (await IsTakenAsync(db, token.Symbol, token.Mint!, cancellationToken))
        {
            return false;
        }
        if (await db.Tokens.FirstOrDefaultAsync(t => t.Symbol == token.Symbol, cancellationToken) is { } listed)
        {
            listed.GenesisHash = token.GenesisHash;
            listed.UpdatedAt = token.UpdatedAt;
        }
        else
        {
            db.Tokens.Add(token);
        }
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Somebody was faster.
            return false;
        }
    }
}
