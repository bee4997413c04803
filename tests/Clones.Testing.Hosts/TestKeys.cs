using Clones.Custody;
using Clones.Solana.Primitives;
using Microsoft.Extensions.Configuration;

namespace Clones.Testing.Hosts;

/// <summary>Master keys and addresses of the tests.</summary>
internal static class TestKeys
{
    public const string Secret = "a secret of the tests, of more than 32 characters";
    public const string Salt = "a salt of the tests";

    public static string FreshAddress()
    {
        using var account = Account.Generate();
        return account.PublicKey.ToString();
    }

    public static IConfiguration Configuration(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build();

    public static KeyRing Ring(params (string Name, string Value)[] more) =>
        KeyRing.Load(Configuration([("DEPOSIT_KEY_ENCRYPTION_SECRET", Secret), ("DEPOSIT_KEY_ENCRYPTION_SALT", Salt), .. more]));
}
