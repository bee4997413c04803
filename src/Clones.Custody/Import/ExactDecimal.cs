using System.Globalization;
using System.Text.RegularExpressions;
using Clones.Domain.Tokens;

namespace Clones.Custody.Import;

/// <summary>
/// A number above zero exactly as its text says it, <c>Digits / 10^Decimals</c>. It never passes through a double: 0.1 is one tenth. mongoexport
/// writes doubles from a million on, and whole ones too, with an exponent (<c>1E+06</c>).
/// </summary>
/// <param name="Digits">Without trailing zeros.</param>
/// <param name="Decimals">Negative where zeros follow the digits.</param>
internal readonly partial record struct ExactDecimal(UInt128 Digits, int Decimals)
{
    /// <summary>No number that MongoDB writes is longer.</summary>
    private const int LengthMax = 400;

    /// <exception cref="LineRejectedException">No number, not above zero, or too large for any token.</exception>
    public static ExactDecimal Parse(string text, string field)
    {
        if (text.Length > LengthMax || Number().Match(text) is not { Success: true } match)
        {
            throw new LineRejectedException(field, "must be a number");
        }

        var fraction = match.Groups["fraction"].Value;
        var digits = (match.Groups["whole"].Value + fraction).TrimStart('0');
        var significant = digits.TrimEnd('0');
        if (significant.Length == 0 || match.Groups["minus"].Success)
        {
            throw new LineRejectedException(field, "must be above zero");
        }

        // Four digits of an exponent at most, so that nothing here overflows.
        var exponent = match.Groups["exponent"].Success
            ? int.Parse(match.Groups["exponent"].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
            : 0;
        return UInt128.TryParse(significant, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? new ExactDecimal(value, fraction.Length - exponent - (digits.Length - significant.Length))
            : throw new LineRejectedException(field, "has more digits than any amount of a token can have");
    }

    /// <param name="tokenDecimals">Of the mint; 0 for a number that must be whole.</param>
    /// <exception cref="LineRejectedException">More decimals than the token has, or more than a u64 counts.</exception>
    public ulong ToBaseUnits(int tokenDecimals, string field) =>
        BaseUnits.TryFrom(Digits, Decimals, tokenDecimals, out var units, out var rejection)
            ? units
            : throw new LineRejectedException(field, rejection);

    [GeneratedRegex(
        "^(?<minus>-)?(?<whole>[0-9]+)([.](?<fraction>[0-9]+))?([eE](?<exponent>[+-]?[0-9]{1,4}))?$(?!\n)",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Number();
}
