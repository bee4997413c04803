using Clones.Domain.Tokens;

namespace Clones.Api.Tokens;

/// <param name="Mint">Base58; decimals and token program are read from the chain.</param>
internal sealed record ListTokenRequest(string Mint);

/// <param name="Mint">Null for SOL.</param>
/// <param name="TokenProgram">Null for SOL.</param>
/// <param name="UpdatedAt">Null for SOL, which nobody lists.</param>
internal sealed record TokenView(string Symbol, string? Mint, int Decimals, string? TokenProgram, DateTimeOffset? UpdatedAt)
{
    public static TokenView Of(Token token) =>
        new(token.Symbol, token.Mint, token.Decimals, token.TokenProgram, token.Mint is null ? null : token.UpdatedAt);
}
