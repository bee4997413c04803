using System.Text.RegularExpressions;
using Clones.Hosting;

namespace Clones.Custody.Transit;

/// <summary>Where HashiCorp Vault is and which key of its Transit engine wraps data keys. No member shows the token.</summary>
internal sealed partial class TransitOptions
{
    private const string AddressName = "VAULT_ADDR";
    private const string NamespaceName = "VAULT_NAMESPACE";
    private const string KeyName = "DEPOSIT_KEY_TRANSIT_KEY";
    private const string MountName = "DEPOSIT_KEY_TRANSIT_MOUNT";

    /// <summary>Of its settings, those that begin as the other settings of keys do.</summary>
    public static IReadOnlyList<string> Names { get; } = [KeyName, MountName];

    /// <summary><c>VAULT_ADDR</c>; ends with a slash. Plain http only to this machine: the token and data keys travel in the clear there.</summary>
    public required Uri Address { get; init; }

    /// <summary><c>VAULT_TOKEN</c> or <c>VAULT_TOKEN_FILE</c>.</summary>
    public required TransitToken Token { get; init; }

    /// <summary><c>DEPOSIT_KEY_TRANSIT_KEY</c>: name of the key.</summary>
    public required string Key { get; init; }

    /// <summary><c>DEPOSIT_KEY_TRANSIT_MOUNT</c>: path that the engine is mounted at, without slashes at its ends.</summary>
    public string Mount { get; init; } = "transit";

    /// <summary><c>VAULT_NAMESPACE</c>; null for the root namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary><c>VAULT_CACERT</c>; null for the trust of the operating system.</summary>
    public TransitTrust? Trust { get; init; }

    /// <summary>How long one attempt may take, answer included.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>First attempt included, 1 or more.</summary>
    public int AttemptsMax { get; init; } = 4;

    /// <summary>Before the second attempt; doubles before each further one.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <exception cref="ConfigurationMissingException">A setting is missing or wrong; the message says what to set, never what was set.</exception>
    public static TransitOptions Read(IConfiguration configuration) =>
        new()
        {
            Address = ReadAddress(configuration[AddressName]),
            Token = TransitToken.Read(configuration),
            Key = ReadKey(configuration[KeyName]),
            Mount = ReadMount(configuration[MountName]),
            Namespace = ReadNamespace(configuration[NamespaceName]),
            Trust = TransitTrust.Read(configuration),
        };

    private static Uri ReadAddress(string? text)
    {
        const string wanted = $"Set {AddressName} to the address of Vault, for example https://vault.internal:8200";
        if (string.IsNullOrEmpty(text))
        {
            throw new ConfigurationMissingException($"{AddressName} is missing. {wanted}.");
        }
        if (
            !Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp)
        )
        {
            throw new ConfigurationMissingException($"{AddressName} is no http(s) address. {wanted}.");
        }
        if (address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            throw new ConfigurationMissingException(
                $"{AddressName} carries more than an address. {wanted}, without user, query or fragment."
            );
        }
        return address.Scheme == Uri.UriSchemeHttps || address.IsLoopback
            ? address
            : throw new ConfigurationMissingException(
                $"{AddressName} is plain http to another machine, which would show data keys and the token to the network. {wanted}."
            );
    }

    private static string ReadKey(string? name)
    {
        const string wanted = $"Set {KeyName} to the name of a Transit key (letters, digits, _ . -)";
        return string.IsNullOrEmpty(name) ? throw new ConfigurationMissingException($"{KeyName} is missing. {wanted}.")
            : Name().IsMatch(name) ? name
            : throw new ConfigurationMissingException($"{KeyName} is no name of a Transit key. {wanted}.");
    }

    private static string ReadMount(string? path) =>
        string.IsNullOrEmpty(path) ? "transit"
        : path.Trim('/').Split('/').All(Name().IsMatch) ? path.Trim('/')
        : throw new ConfigurationMissingException(
            $"Set {MountName} to the path that the Transit engine is mounted at, or leave it out for transit."
        );

    private static string? ReadNamespace(string? path) =>
        string.IsNullOrEmpty(path) ? null
        : Namespaces().IsMatch(path) ? path
        : throw new ConfigurationMissingException(
            $"Set {NamespaceName} to the path of a Vault namespace, or leave it out for the root namespace."
        );

    /// <summary>Vault's own rule for names in paths (framework.GenericNameRegex), in ASCII. It lets no dot segment through.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[!-~]{1,512}\z")]
    private static partial Regex Namespaces();
}
