using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Clones.Hosting;

namespace Clones.Custody.Transit;

/// <summary>The authorities of <c>VAULT_CACERT</c>. They replace those of the operating system; the name in the certificate is checked as ever.</summary>
internal sealed class TransitTrust
{
    private const string Name = "VAULT_CACERT";
    private readonly X509Certificate2Collection roots = [];

    /// <returns>Null where VAULT_CACERT is not set.</returns>
    /// <exception cref="ConfigurationMissingException">The file holds no certificate.</exception>
    public static TransitTrust? Read(IConfiguration configuration)
    {
        if (configuration[Name] is not { Length: > 0 } path)
        {
            return null;
        }

        var trust = new TransitTrust();
        try
        {
            trust.roots.ImportFromPemFile(path);
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or NotSupportedException)
        {
            trust.roots.Clear();
        }
        return trust.roots.Count > 0
            ? trust
            : throw new ConfigurationMissingException(
                $"{Name} names a file without a readable certificate. Set {Name} to a PEM file of the authorities to trust for Vault, or leave it out."
            );
    }

    public SslClientAuthenticationOptions Tls()
    {
        // A private authority seldom publishes revocations; a check that cannot succeed would stop every payment.
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(roots);
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }
}
