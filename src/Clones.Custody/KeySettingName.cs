using System.Globalization;
using System.Text.RegularExpressions;
using Clones.Hosting;

namespace Clones.Custody;

/// <summary>The names of <c>DEPOSIT_KEY_ENCRYPTION_*</c>. One that is misspelt stops the start: a master key that is not read is one that opens nothing.</summary>
internal static partial class KeySettingName
{
    /// <summary>A longer name may be a secret whose <c>=</c> was forgotten, and is not shown.</summary>
    private const int ShownLengthMax = 16;

    /// <summary>As long as a misspelt <c>ENCRYPTION_SECRET_V9999</c>.</summary>
    private const int PlainLengthMax = 24;

    /// <summary>Whatever begins so is meant for us.</summary>
    private const string Family = "DEPOSIT_KEY_";

    private static readonly string[] Plain = ["SECRET", "SALT", "LATEST", "MIN_VERSION", "SOURCE", "FILE"];

    public static bool IsOurs(string name) => name.StartsWith(KeySettings.Prefix, StringComparison.OrdinalIgnoreCase);

    public static string Secret(int version) => KeySettings.Prefix + (version == 1 ? "SECRET" : Numbered("SECRET", version));

    public static string Salt(int version) => KeySettings.Prefix + (version == 1 ? "SALT" : Numbered("SALT", version));

    /// <returns>The version, 2 to 9999, whose secret it names; null where it names none.</returns>
    public static int? VersionOfSecret(string name) => VersionOf(name, "SECRET");

    /// <returns>The version, 2 to 9999, whose salt it names; null where it names none.</returns>
    public static int? VersionOfSalt(string name) => VersionOf(name, "SALT");

    /// <exception cref="ConfigurationMissingException">One begins as ours do, and is none.</exception>
    public static void Require(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (IsOurs(name))
            {
                Require(name);
            }
            else if (
                name.StartsWith(Family, StringComparison.OrdinalIgnoreCase)
                && !Transit.TransitOptions.Names.Contains(name, StringComparer.OrdinalIgnoreCase)
            )
            {
                var rest = name[Family.Length..];
                var isPlain =
                    rest.Length <= PlainLengthMax && rest.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_');
                throw new ConfigurationMissingException(
                    $"{(isPlain ? name : $"A name of {name.Length} characters that begins with {Family}")} is not a setting. "
                        + $"Those begin with {KeySettings.Prefix}, or are {string.Join(" and ", Transit.TransitOptions.Names)}."
                );
            }
        }
    }

    /// <exception cref="ConfigurationMissingException">It is none of ours.</exception>
    public static void Require(string name)
    {
        var rest = name[KeySettings.Prefix.Length..];
        if (Plain.Contains(rest, StringComparer.OrdinalIgnoreCase) || NumberedName().IsMatch(rest))
        {
            return;
        }
        var shown =
            rest.Length <= ShownLengthMax && rest.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-')
                ? $"{KeySettings.Prefix}{rest}"
                : $"A name of {name.Length} characters that begins with {KeySettings.Prefix}";
        throw new ConfigurationMissingException(
            $"{shown} is not a setting. "
                + (
                    MeantBy(rest) is { } meant
                        ? $"Did you mean {meant}?"
                        : $"There are {string.Join(", ", Plain.Select(p => KeySettings.Prefix + p))}, and SECRET_V2, SALT_V2 and so on."
                )
        );
    }

    private static string? MeantBy(string rest)
    {
        if (
            MisspeltVersion().Match(rest) is { Success: true } match
            && int.TryParse(match.Groups[2].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            && version is > 0 and < 10_000
        )
        {
            return match.Groups[1].Value.Equals("SALT", StringComparison.OrdinalIgnoreCase) ? Salt(version) : Secret(version);
        }
        var letters = Letters(rest);
        return Plain.FirstOrDefault(p => Letters(p).Equals(letters, StringComparison.OrdinalIgnoreCase)) is { } plain
            ? KeySettings.Prefix + plain
            : null;
    }

    private static string Letters(string text) => string.Concat(text.Where(char.IsAsciiLetter));

    private static string Numbered(string what, int version) => string.Create(CultureInfo.InvariantCulture, $"{what}_V{version}");

    private static int? VersionOf(string name, string what) =>
        IsOurs(name)
        && NumberedName().Match(name[KeySettings.Prefix.Length..]) is { Success: true } match
        && match.Groups[1].Value.Equals(what, StringComparison.OrdinalIgnoreCase)
            ? int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)
            : null;

    [GeneratedRegex("^(SECRET|SALT)_V([2-9]|[1-9][0-9]{1,3})\\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NumberedName();

    [GeneratedRegex("^(SECRET|SALT)[_.-]*V?[_.-]*([0-9]{1,8})\\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MisspeltVersion();
}
