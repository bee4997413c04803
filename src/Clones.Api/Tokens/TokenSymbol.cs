using Clones.Api.Requests;
using Clones.Domain.Tokens;

namespace Clones.Api.Tokens;

internal readonly record struct TokenSymbol(string Value) : IField<TokenSymbol, string>
{
    public static Parsed<TokenSymbol> Parse(string raw) =>
        Token.IsSymbol(raw) ? new TokenSymbol(raw) : new Rejection("must be 1 to 10 of A-Z and 0-9");

    public override string ToString() => Value;
}
