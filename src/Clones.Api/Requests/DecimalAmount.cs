using System.Globalization;
using Clones.Persistence.Tokens;

namespace Clones.Api.Requests;

/// <summary>An amount in whole units of a token, as its text says it: exact, above zero, not yet bound to a number of decimals.</summary>
internal readonly record struct DecimalAmount : IField<DecimalAmount, string>
{
    /// <summary>A u64 has at most 20 digits and a mint at most 9 decimals here.</summary>
    private const int LengthMax = 40;

    private readonly UInt128 digits;
    private readonly int decimals;

    private DecimalAmount(UInt128 digits, int decimals) => (this.digits, this.decimals) = (digits, decimals);

    public static Parsed<DecimalAmount> Parse(string raw)
    {
        const string rule = "must be a decimal number above zero such as \"12.5\", digits 0-9 and one point only";
        if (raw.Length is 0 or > LengthMax)
            return new Refusal(rule);
        var point = raw.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? raw : raw[..point];
        var fraction = point < 0 ? "" : raw[(point + 1)..];
        if (!IsDigits(whole) || (point >= 0 && !IsDigits(fraction)) || (whole.Length > 1 && whole[0] == '0'))
            return new Refusal(rule);
        fraction = fraction.TrimEnd('0');
        if (!UInt128.TryParse(whole + fraction, NumberStyles.None, CultureInfo.InvariantCulture, out var digits))
            return new Refusal("is larger than any amount there can be");
        return digits == 0 ? new Refusal("must be above zero") : new DecimalAmount(digits, fraction.Length);
    }

    /// <summary>In base units of a token with so many decimals.</summary>
    public Parsed<ulong> ToBaseUnits(int tokenDecimals) =>
        BaseUnits.TryFrom(digits, decimals, tokenDecimals, out var units, out var refusal) ? units : new Refusal(refusal);

    /// <inheritdoc cref="BaseUnits.Format"/>
    public static string Format(ulong baseUnits, int tokenDecimals) => BaseUnits.Format(baseUnits, tokenDecimals);

    private static bool IsDigits(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);
}
