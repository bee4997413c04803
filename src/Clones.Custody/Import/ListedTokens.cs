using Clones.Domain.Tokens;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Custody.Import;

/// <summary>The tokens that training pools may pay in here; operators list few, so that they are read all at once.</summary>
internal sealed class ListedTokens
{
    private static readonly Token Sol = new()
    {
        Symbol = Token.SolSymbol,
        Decimals = Token.SolDecimals,
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };

    private readonly List<Token> tokens;

    private ListedTokens(List<Token> tokens) => this.tokens = tokens;

    public static async Task<ListedTokens> ReadAsync(ClonesDbContext db, CancellationToken cancellationToken) =>
        new(await db.Tokens.AsNoTracking().Where(t => t.Symbol != Token.SolSymbol).ToListAsync(cancellationToken));

    /// <summary>By the mint, where the old system kept one: it is what was paid, whatever the symbol says.</summary>
    /// <exception cref="LineRejectedException">It is not listed, or its symbol is another mint's.</exception>
    public Token Of(OldToken old)
    {
        if (old.IsSol)
        {
            return Sol;
        }

        var bySymbol = tokens.Find(t => t.Symbol == old.Symbol);
        if (old.Mint?.ToString() is not { } mint)
        {
            return bySymbol ?? throw NotListed(old);
        }
        return tokens.Find(t => t.Mint == mint)
            ?? throw (
                bySymbol is null
                    ? NotListed(old)
                    : new LineRejectedException(
                        "token",
                        $"{old.Symbol} is listed with another mint; list {mint} under a symbol that is free (PUT /v1/tokens/{{symbol}})"
                    )
            );
    }

    private static LineRejectedException NotListed(OldToken old) =>
        new(
            "token",
            $"{old.Symbol ?? "its mint"} is not listed; list it first: PUT /v1/tokens/{old.Symbol ?? "{symbol}"}"
                + (old.Mint is { } mint ? $" with mint {mint}" : "")
        );
}
