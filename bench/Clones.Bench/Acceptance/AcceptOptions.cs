using System.Globalization;

namespace Clones.Bench.Acceptance;

/// <param name="Postgres">An administrator's connection string.</param>
/// <param name="RabbitMq">amqp://user:password@host:port/virtualhost</param>
/// <param name="Payments">Of the run without a limit.</param>
/// <param name="Clients">That each wait for an answer before they ask again.</param>
/// <param name="Pools">Training pools that pay.</param>
/// <param name="Rate">Payments a second of the run at a given rate.</param>
/// <param name="Seconds">Of that run.</param>
internal sealed record AcceptOptions(string Postgres, Uri RabbitMq, int Payments, int Clients, int Pools, int Rate, int Seconds)
{
    /// <exception cref="ArgumentException">An option is unknown or missing its value, or a server is not named.</exception>
    public static AcceptOptions Parse(IReadOnlyList<string> args)
    {
        var values = new Dictionary<string, string>();
        for (var i = 0; i < args.Count; i += 2)
        {
            values[args[i]] = i + 1 < args.Count ? args[i + 1] : throw new ArgumentException($"{args[i]} needs a value.");
        }

        var options = new AcceptOptions(
            Take("--postgres", Environment.GetEnvironmentVariable("CLONES_BENCH_POSTGRES"))
                ?? throw new ArgumentException("Name the database: CLONES_BENCH_POSTGRES or --postgres."),
            new Uri(
                Take("--rabbitmq", Environment.GetEnvironmentVariable("CLONES_BENCH_RABBITMQ"))
                    ?? throw new ArgumentException("Name the broker: CLONES_BENCH_RABBITMQ or --rabbitmq.")
            ),
            Number("--payments", "10000"),
            Number("--clients", "32"),
            Number("--pools", "8"),
            Number("--rate", "500"),
            Number("--seconds", "10")
        );
        return values.Count == 0 ? options : throw new ArgumentException($"Unknown option: {values.Keys.First()}");

        int Number(string name, string otherwise) => int.Parse(Take(name, otherwise)!, CultureInfo.InvariantCulture);
        string? Take(string name, string? otherwise) => values.Remove(name, out var value) ? value : otherwise;
    }
}
