using Clones.Api.Requests;

namespace Clones.Api.Tokens;

internal readonly record struct TokenSymbol(string Value) : IField<TokenSymbol, string>
{
    public static Parsed<TokenSymbol> Parse(string raw) =>
        raw.Length is >= 1 and <= 10 && raw.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c))
            ? new TokenSymbol(raw)
            : new Refusal("must be 1 to 10 of A-Z and 0-9");

    public override string ToString() => Value;
}
