using System.Text;
using Clones.Domain.Webhooks;
using Microsoft.Extensions.Configuration;

namespace Clones.Hosting;

/// <summary>Read from the environment once, at start, by both hosts: the API shows secrets, the workers sign with them.</summary>
public sealed class WebhookSettings
{
    public const string SecretName = "CLONES_WEBHOOK_SECRET";
    public const string LoopbackName = "CLONES_WEBHOOK_LOOPBACK";
    private const int LengthMin = 32;

    public required WebhookSecrets Secrets { get; init; }

    /// <summary>For development: endpoints on this machine, and http. Refused on mainnet.</summary>
    public required bool AllowsLoopback { get; init; }

    /// <exception cref="ConfigurationMissingException">A setting is missing or wrong; the message says what to set and repeats no value.</exception>
    public static WebhookSettings Read(IConfiguration configuration)
    {
        var secret = configuration[SecretName];
        if (secret is null || secret.Length < LengthMin)
        {
            throw new ConfigurationMissingException(
                $"Set {SecretName} to at least {LengthMin} random characters, the same for API and workers, e.g. from: openssl rand -hex 32"
            );
        }

        return new WebhookSettings
        {
            Secrets = new WebhookSecrets(Encoding.UTF8.GetBytes(secret)),
            AllowsLoopback = configuration[LoopbackName] switch
            {
                null or "" or "false" => false,
                "true" => true,
                _ => throw new ConfigurationMissingException($"Set {LoopbackName} to true or false, or leave it out."),
            },
        };
    }

    public static ConfigurationMissingException LoopbackOnMainnet() =>
        new($"{LoopbackName} is for development and the cluster is mainnet: take it out.");
}
