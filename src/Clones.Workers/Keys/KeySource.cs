using System.Globalization;
using System.Text.RegularExpressions;
using Clones.Persistence.Messaging.Hosting;

namespace Clones.Workers.Keys;

/// <summary>What one version of the master key is derived from.</summary>
internal sealed partial record KeySource(int Version, string Secret, string Salt)
{
    private const string Secret1 = "DEPOSIT_KEY_ENCRYPTION_SECRET";
    private const string Salt1 = "DEPOSIT_KEY_ENCRYPTION_SALT";
    private const string LatestName = "DEPOSIT_KEY_ENCRYPTION_LATEST";

    /// <summary>What is written from now on needs this much; what the old system wrote under less must still open.</summary>
    private const int LatestSecretLengthMin = 32;

    /// <param name="latest">The highest version, or DEPOSIT_KEY_ENCRYPTION_LATEST where a new key must first be everywhere.</param>
    /// <exception cref="ConfigurationMissingException">Says what to set, never what was set.</exception>
    public static IReadOnlyList<KeySource> ReadAll(IConfiguration configuration, out int latest)
    {
        var sources = new SortedDictionary<int, KeySource>();
        var salt = configuration[Salt1];
        if (configuration[Secret1] is { Length: > 0 } first)
        {
            sources.Add(1, New(1, first, salt, Salt1));
        }
        foreach (var (name, secret) in configuration.AsEnumerable())
        {
            if (VersionedSecret().Match(name) is { Success: true } match && !string.IsNullOrEmpty(secret))
            {
                var version = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
                sources.Add(version, New(version, secret, configuration[$"DEPOSIT_KEY_ENCRYPTION_SALT_V{version}"] ?? salt, Salt1));
            }
        }
        if (sources.Count == 0)
        {
            throw new ConfigurationMissingException(
                $"{Secret1} is missing. Set {Secret1} to at least {LatestSecretLengthMin} random characters (openssl rand -hex 32) "
                    + $"and {Salt1} likewise, and keep a copy of both: without them every deposit wallet is lost."
            );
        }

        latest = Latest(configuration[LatestName], sources);
        return sources[latest].Secret.Length >= LatestSecretLengthMin
            ? [.. sources.Values]
            : throw new ConfigurationMissingException(
                $"The secret of key version {latest} is too weak to write with. "
                    + $"Set one of at least {LatestSecretLengthMin} random characters as DEPOSIT_KEY_ENCRYPTION_SECRET_V{sources.Keys.Last() + 1}; "
                    + "the old one stays, to open what it wrote."
            );
    }

    private static int Latest(string? wanted, SortedDictionary<int, KeySource> sources)
    {
        if (string.IsNullOrEmpty(wanted))
        {
            return sources.Keys.Last();
        }
        var digits = wanted.StartsWith('v') || wanted.StartsWith('V') ? wanted[1..] : wanted;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && sources.ContainsKey(version)
            ? version
            : throw new ConfigurationMissingException(
                $"{LatestName} names a version without a secret. Set it to one of {string.Join(", ", sources.Keys)}, or leave it out for the highest."
            );
    }

    private static KeySource New(int version, string secret, string? salt, string saltName) =>
        string.IsNullOrEmpty(salt)
            ? throw new ConfigurationMissingException($"{saltName} is missing. Set the salt that belongs to key version {version}.")
            : new KeySource(version, secret, salt);

    /// <summary>Never shows what it holds.</summary>
    public override string ToString() => $"key version {Version}";

    [GeneratedRegex("^DEPOSIT_KEY_ENCRYPTION_SECRET_V([2-9]|[1-9][0-9]{1,3})$", RegexOptions.IgnoreCase)]
    private static partial Regex VersionedSecret();
}
