using System.Text;
using Clones.Domain.Webhooks;

namespace Clones.Hosting;

/// <summary>Of both hosts: the API shows secrets, the workers sign with them.</summary>
public sealed class WebhookSettings
{
    public const string SecretName = "CLONES_WEBHOOK_SECRET";
    public const string LoopbackName = "CLONES_WEBHOOK_LOOPBACK";
    public const string LoopbackOnMainnet = $"{LoopbackName} is for development and the cluster is mainnet: take it out.";

    private WebhookSecrets? secrets;

    /// <summary>The same for API and workers.</summary>
    [Variable(SecretName), Secret]
    public string Secret { get; init; } = "";

    /// <summary>For development: endpoints on this machine, and http. Rejected on mainnet.</summary>
    [Variable(LoopbackName)]
    public bool AllowsLoopback { get; init; }

    public WebhookSecrets Secrets => secrets ??= new WebhookSecrets(Encoding.UTF8.GetBytes(Secret));
}
