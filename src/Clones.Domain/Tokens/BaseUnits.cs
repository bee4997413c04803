using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Clones.Domain.Tokens;

/// <summary>Whole tokens to base units and back, exactly: integers only, nothing is ever rounded.</summary>
public static class BaseUnits
{
    /// <summary>A u64 has at most 20 digits and a mint at most 9 decimals here.</summary>
    private const int DecimalLengthMax = 40;

    /// <summary>Reads a decimal number exactly, <c>digits / 10^decimals</c>: ASCII digits and one point, no sign, no exponent.</summary>
    /// <param name="text">Such as 12.5.</param>
    /// <param name="digits">Zero for zero.</param>
    /// <param name="decimals">Without trailing zeros.</param>
    /// <param name="rejection">Why it is none, completing the sentence "amount ..".</param>
    public static bool TryReadDecimal(string text, out UInt128 digits, out int decimals, [NotNullWhen(false)] out string? rejection)
    {
        const string Rule = "must be a decimal number above zero such as \"12.5\", digits 0-9 and one point only";
        (digits, decimals, rejection) = (0, 0, Rule);
        if (text.Length is 0 or > DecimalLengthMax)
        {
            return false;
        }
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? "" : text[(point + 1)..];
        if (!IsDigits(whole) || (point >= 0 && !IsDigits(fraction)) || (whole.Length > 1 && whole[0] == '0'))
        {
            return false;
        }
        fraction = fraction.TrimEnd('0');
        decimals = fraction.Length;
        rejection = UInt128.TryParse(whole + fraction, NumberStyles.None, CultureInfo.InvariantCulture, out digits)
            ? null
            : "is larger than any amount there can be";
        return rejection is null;
    }

    /// <summary>What <c>digits / 10^decimals</c> tokens are in base units.</summary>
    /// <param name="digits">Above zero.</param>
    /// <param name="decimals">Without trailing zeros in the digits; negative where zeros follow them.</param>
    /// <param name="tokenDecimals">Of the mint, 0-9.</param>
    /// <param name="units">Base units.</param>
    /// <param name="rejection">Why there is none, completing the sentence "amount ..".</param>
    public static bool TryFrom(UInt128 digits, int decimals, int tokenDecimals, out ulong units, [NotNullWhen(false)] out string? rejection)
    {
        units = 0;
        if (decimals > tokenDecimals)
        {
            rejection = $"has more decimals than the token, which has {tokenDecimals}";
            return false;
        }
        for (var i = decimals; i < tokenDecimals && digits <= ulong.MaxValue; i++)
        {
            digits *= 10;
        }
        if (digits > ulong.MaxValue)
        {
            rejection = $"is larger than {Format(ulong.MaxValue, tokenDecimals)}, the most that the token can count";
            return false;
        }
        units = (ulong)digits;
        rejection = null;
        return true;
    }

    /// <summary>Base units as a decimal string of whole tokens, without trailing zeros.</summary>
    public static string Format(ulong baseUnits, int tokenDecimals)
    {
        var text = baseUnits.ToString(CultureInfo.InvariantCulture).PadLeft(tokenDecimals + 1, '0');
        if (tokenDecimals == 0)
        {
            return text;
        }
        var fraction = text[^tokenDecimals..].TrimEnd('0');
        return fraction.Length == 0 ? text[..^tokenDecimals] : $"{text[..^tokenDecimals]}.{fraction}";
    }

    private static bool IsDigits(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);
}
