using System.Globalization;

namespace Clones.Custody;

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

    /// <summary>Whether Vault keeps it.</summary>
    public static bool IsTransit(string masterKey) => masterKey.StartsWith(TransitPrefix, StringComparison.Ordinal);

    /// <summary>The stored forms that need a master key to open: <c>v1</c> is needed by <c>v1</c> and <c>v1-unbound</c>.</summary>
    public static string[] NeedingIt(string masterKey) =>
        masterKey == Plaintext || IsTransit(masterKey) ? [masterKey] : [masterKey, masterKey + UnboundSuffix];

    /// <summary>Whether it is <c>plaintext</c>, <c>v1</c> .. <c>v9999</c> or <c>transit-v1</c> .., written as here: no row is under <c>v01</c>.</summary>
    public static bool IsOne(string text) =>
        text == Plaintext
        || VersionOf(text, TransitPrefix) is { } transit && text == Transit(transit)
        || VersionOf(text, "v") is { } version && text == Of(version);

    /// <summary>Whether both are versions of our own and the first is the higher.</summary>
    public static bool IsNewer(string masterKey, string than) =>
        VersionOf(masterKey, "v") is { } version && VersionOf(than, "v") is { } other && version > other;

    /// <returns>2 of <c>v2</c>; null of any other name.</returns>
    public static int? OwnVersionOf(string masterKey) => VersionOf(masterKey, "v");

    /// <summary>Whether both are of one kind, our own or Vault's, and the first is the higher version.</summary>
    public static bool IsLaterVersion(string masterKey, string than) =>
        IsNewer(masterKey, than)
        || VersionOf(masterKey, TransitPrefix) is { } version && VersionOf(than, TransitPrefix) is { } other && version > other;

    private static int? VersionOf(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal)
        && int.TryParse(text[prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        && version is > 0 and < 10_000
            ? version
            : null;
}
