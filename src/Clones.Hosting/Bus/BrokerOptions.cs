using System.ComponentModel.DataAnnotations;

namespace Clones.Hosting.Bus;

public sealed class BrokerOptions : IValidatableObject
{
    private const string Wanted = "Set the broker's address: amqp://user:password@host:5672/virtualhost.";

    [Variable("RABBITMQ_URL")]
    [Required(ErrorMessage = $"is missing. {Wanted}")]
    public string Url { get; init; } = "";

    /// <summary>With user and password.</summary>
    public Uri Address => new(Url);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Uri.TryCreate(Url, UriKind.Absolute, out var address) && address.Scheme is "amqp" or "amqps" or "rabbitmq" or "rabbitmqs"
            ? []
            : [new($"is no amqp address. {Wanted}", [nameof(Url)])];
}
