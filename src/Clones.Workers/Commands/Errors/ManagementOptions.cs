using System.ComponentModel.DataAnnotations;
using Clones.Hosting;

namespace Clones.Workers.Commands.Errors;

internal sealed class ManagementOptions
{
    public const string Setting = "RABBITMQ_MANAGEMENT_URL";

    [Variable(Setting), RegularExpression("https?://.+", ErrorMessage = "is no http address. Set it as http://host:15672, or take it out.")]
    public Uri? Url { get; init; }

    /// <summary>Where it is not set, it is expected beside the broker: port 15672 of an amqp address, 443 of an amqps address.</summary>
    public Uri AddressBeside(Uri broker)
    {
        var isSecure = broker.Scheme is "amqps" or "rabbitmqs";
        return Url ?? new UriBuilder(isSecure ? "https" : "http", broker.Host, isSecure ? 443 : 15_672).Uri;
    }
}
