using System.Globalization;

namespace Clones.Workers.Keys;

/// <summary>The names of master keys, as the database reads them off a stored key (<c>master_key</c>) and people write them.</summary>
internal static class MasterKeyName
{
    public const string Plaintext = "plaintext";
    private const string TransitPrefix = "transit-v";
    private const string UnboundSuffix = "-unbound";

    /// <summary>A version of our own: <c>v2</c>.</summary>
    public static string Of(int version) => string.Create(CultureInfo.InvariantCulture, $"v{version}");

    /// <summary>A version in the form of the old system, which is not bound to its wallet: <c>v1-unbound</c>.</summary>
    public static string Unbound(int version) => Of(version) + UnboundSuffix;

    /// <summary>A version of the key in Vault's Transit engine: <c>transit-v3</c>.</summary>
    public static string Transit(int version) => string.Create(CultureInfo.InvariantCulture, $"{TransitPrefix}{version}");

    /// <summary>The stored forms that need a master key to open: <c>v1</c> is needed by <c>v1</c> and <c>v1-unbound</c>.</summary>
    public static string[] NeedingIt(string masterKey) =>
        masterKey == Plaintext || masterKey.StartsWith(TransitPrefix, StringComparison.Ordinal)
            ? [masterKey]
            : [masterKey, masterKey + UnboundSuffix];

    /// <summary>Whether it is <c>plaintext</c>, <c>v1</c> .. <c>v9999</c> or <c>transit-v1</c> ..</summary>
    public static bool IsOne(string text) =>
        text == Plaintext
        || int.TryParse(
            text.StartsWith(TransitPrefix, StringComparison.Ordinal) ? text[TransitPrefix.Length..]
                : text.StartsWith('v') ? text[1..]
                : "",
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var version
        ) && version is > 0 and < 10_000;
}
