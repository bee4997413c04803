namespace Clones.Demo;

/// <summary>Where the system under demonstration is. <c>./clones demo</c> sets all of these.</summary>
internal sealed record DemoSettings(Uri ApiUrl, Uri RpcUrl, Uri RabbitMqUrl, string OperatorApiKey, string ServiceApiKey)
{
    /// <exception cref="InvalidOperationException">A variable is missing; the message names it.</exception>
    public static DemoSettings FromEnvironment() =>
        new(
            new Uri(Required("CLONES_API_URL")),
            new Uri(Required("SOLANA_RPC_URLS").Split(',')[0].Trim()),
            new Uri(Required("RABBITMQ_URL")),
            Required("CLONES_OPERATOR_API_KEY"),
            Required("CLONES_SERVICE_API_KEY")
        );

    private static string Required(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"{name} is not set. Start the demo with ./clones demo, which sets it.");
}
