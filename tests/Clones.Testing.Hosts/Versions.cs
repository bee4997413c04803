using System.Globalization;
using Clones.Custody;

namespace Clones.Testing.Hosts;

/// <summary>Settings of master keys v1, v2, .. as an operator adds them.</summary>
internal static class Versions
{
    /// <param name="highest">v1 to this one are known.</param>
    /// <param name="latest">DEPOSIT_KEY_ENCRYPTION_LATEST; null where it is not set.</param>
    public static Dictionary<string, string?> UpTo(int highest, int? latest = null)
    {
        var settings = new Dictionary<string, string?>
        {
            ["DEPOSIT_KEY_ENCRYPTION_SECRET"] = TestKeys.Secret,
            ["DEPOSIT_KEY_ENCRYPTION_SALT"] = TestKeys.Salt,
        };
        for (var version = 2; version <= highest; version++)
        {
            settings[$"DEPOSIT_KEY_ENCRYPTION_SECRET_V{version}"] = $"{TestKeys.Secret}, version {version}";
        }
        if (latest is { } named)
        {
            settings["DEPOSIT_KEY_ENCRYPTION_LATEST"] = named.ToString(CultureInfo.InvariantCulture);
        }
        return settings;
    }

    public static KeyRing Ring(int highest) => KeyRing.Load(TestKeys.Configuration([.. UpTo(highest).Select(s => (s.Key, s.Value!))]));
}
