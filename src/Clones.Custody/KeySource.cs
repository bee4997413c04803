using System.Globalization;
using Clones.Hosting;

namespace Clones.Custody;

/// <summary>What the versions of the master key are derived from, and which of them is written with. Versions are settings, not code.</summary>
internal sealed class KeySource
{
    private const string Secret1 = KeySettings.Prefix + "SECRET";
    private const string Salt1 = KeySettings.Prefix + "SALT";
    private const string LatestName = KeySettings.Prefix + "LATEST";
    private const string MinVersionName = KeySettings.Prefix + "MIN_VERSION";

    /// <summary>What is written from now on needs this much; what the old system wrote under less must still open.</summary>
    private const int LatestSecretLengthMin = 32;

    // A secret of 32 times the same character is as long as it should be, and no secret.
    private const int DistinctBytesMin = 8;

    private KeySource(SortedDictionary<int, (string Secret, string Salt)> names, int latest, int minVersion)
    {
        (Names, Latest, MinVersion) = (names, latest, minVersion);
    }

    /// <summary>By version: which variables hold its secret and its salt.</summary>
    public IReadOnlyDictionary<int, (string Secret, string Salt)> Names { get; }

    /// <summary>The highest version, or DEPOSIT_KEY_ENCRYPTION_LATEST where a new key must first be everywhere.</summary>
    public int Latest { get; }

    /// <summary>What is under less does not open; 0 opens even plaintext.</summary>
    public int MinVersion { get; }

    /// <param name="settings">All variables.</param>
    /// <param name="isWrittenWith">False where Vault is written with, and these open only what they have written.</param>
    /// <exception cref="ConfigurationMissingException">Says what to set, never what was set.</exception>
    public static KeySource Read(KeySettings settings, bool isWrittenWith = true)
    {
        var names = new SortedDictionary<int, (string Secret, string Salt)>();
        if (settings.Has(Secret1))
        {
            names.Add(1, (Secret1, SaltOf(1, settings, Salt1)));
        }
        foreach (var name in settings.Names)
        {
            if (KeySettingName.VersionOfSecret(name) is { } version)
            {
                names.Add(version, (name, SaltOf(version, settings, KeySettingName.Salt(version), Salt1)));
            }
        }
        foreach (var name in settings.Names)
        {
            if (KeySettingName.VersionOfSalt(name) is { } version && !names.ContainsKey(version))
            {
                throw new ConfigurationMissingException(
                    $"{KeySettingName.Salt(version)} is a salt without its secret. "
                        + $"Set {KeySettingName.Secret(version)} as well, or take both away."
                );
            }
        }
        if (names.Count == 0)
        {
            throw new ConfigurationMissingException(
                $"{Secret1} is missing. Set {Secret1} to at least {LatestSecretLengthMin} random characters (openssl rand -hex 32) "
                    + $"and {Salt1} likewise, and keep a copy of both: without them every deposit wallet is lost."
            );
        }

        var latest = LatestOf(settings.Text(LatestName), names);
        if (isWrittenWith && IsWeak(settings[names[latest].Secret]))
        {
            throw new ConfigurationMissingException(
                $"The secret of key version {latest} is too weak to write with. "
                    + $"If nothing was ever stored under it, give it at least {LatestSecretLengthMin} random characters; otherwise leave it, to open "
                    + $"what it wrote, and set such a secret as {KeySettings.Prefix}SECRET_V{names.Keys.Last() + 1}."
            );
        }
        return new KeySource(names, latest, MinVersionOf(settings.Text(MinVersionName), latest));
    }

    private static bool IsWeak(ReadOnlySpan<byte> secret)
    {
        Span<bool> seen = stackalloc bool[256];
        foreach (var b in secret)
        {
            seen[b] = true;
        }
        return secret.Length < LatestSecretLengthMin || seen.Count(true) < DistinctBytesMin;
    }

    private static string SaltOf(int version, KeySettings settings, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (settings.Has(name))
            {
                return name;
            }
        }
        throw new ConfigurationMissingException($"{names[0]} is missing. Set the salt that belongs to key version {version}.");
    }

    private static int LatestOf(string? wanted, SortedDictionary<int, (string, string)> names) =>
        string.IsNullOrEmpty(wanted) ? names.Keys.Last()
        : VersionOf(wanted) is { } version && names.ContainsKey(version) ? version
        : throw new ConfigurationMissingException(
            $"{LatestName} names a version without a secret. Set it to one of {string.Join(", ", names.Keys)}, or leave it out for the highest."
        );

    private static int MinVersionOf(string? wanted, int latest) =>
        string.IsNullOrEmpty(wanted) ? 0
        : VersionOf(wanted) is { } version && version <= latest ? version
        : throw new ConfigurationMissingException(
            $"{MinVersionName} must be a version from 0 to {latest}, the one that is written with: less is rejected, "
                + "and more would reject what this very process writes."
        );

    private static int? VersionOf(string text) =>
        int.TryParse(text.TrimStart('v', 'V'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
}
