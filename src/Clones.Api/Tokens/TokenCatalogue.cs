using Clones.Domain.Tokens;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Tokens;

/// <summary>The tokens that are listed, and SOL, which needs no listing. Operators list few, so that they are read all at once.</summary>
internal sealed class TokenCatalogue
{
    public const int SolDecimals = Token.SolDecimals;
    public const string SolSymbol = Token.SolSymbol;

    private readonly List<Token> tokens;

    private TokenCatalogue(List<Token> tokens) => this.tokens = tokens;

    public IReadOnlyList<Token> All => tokens;

    public static async Task<TokenCatalogue> ReadAsync(ClonesDbContext db, CancellationToken cancellationToken)
    {
        var listed = await db.Tokens.AsNoTracking().Where(t => t.Symbol != SolSymbol).OrderBy(t => t.Symbol).ToListAsync(cancellationToken);
        var sol = new Token
        {
            Symbol = SolSymbol,
            Decimals = SolDecimals,
            UpdatedAt = DateTimeOffset.UnixEpoch,
        };
        return new TokenCatalogue([sol, .. listed]);
    }

    public Token? BySymbol(string symbol) => tokens.Find(t => t.Symbol == symbol);

    /// <param name="mint">Null for SOL.</param>
    /// <exception cref="InvalidOperationException">Something was paid in a token that was never listed.</exception>
    public Token ByMint(string? mint) =>
        tokens.Find(t => t.Mint == mint) ?? throw new InvalidOperationException($"The mint {mint} is not listed.");
}
