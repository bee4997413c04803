using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Clones.Persistence.Tokens;

/// <summary>Whole tokens to base units and back, exactly: integers only, nothing is ever rounded.</summary>
public static class BaseUnits
{
    /// <summary>What <c>digits / 10^decimals</c> tokens are in base units.</summary>
    /// <param name="digits">Above zero.</param>
    /// <param name="decimals">Without trailing zeros in the digits; negative where zeros follow them.</param>
    /// <param name="tokenDecimals">Of the mint, 0-9.</param>
    /// <param name="units">Base units.</param>
    /// <param name="refusal">Why there is none, completing the sentence "amount ..".</param>
    public static bool TryFrom(UInt128 digits, int decimals, int tokenDecimals, out ulong units, [NotNullWhen(false)] out string? refusal)
    {
        units = 0;
        if (decimals > tokenDecimals)
        {
            refusal = $"has more decimals than the token, which has {tokenDecimals}";
            return false;
        }
        for (var i = decimals; i < tokenDecimals && digits <= ulong.MaxValue; i++)
        {
            digits *= 10;
        }
        if (digits > ulong.MaxValue)
        {
            refusal = $"is larger than {Format(ulong.MaxValue, tokenDecimals)}, the most that the token can count";
            return false;
        }
        units = (ulong)digits;
        refusal = null;
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
}
