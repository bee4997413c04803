using System.Globalization;

namespace Clones.Bench.Sagas;

/// <param name="Postgres">An administrator's connection string.</param>
/// <param name="RabbitMq">amqp://user:password@host:port/virtualhost</param>
/// <param name="Sagas">Instances per run; each gets <see cref="EventsPerSaga"/> events.</param>
/// <param name="Parallel">Events that the store handles at once.</param>
/// <param name="Only">"store", "ceiling", or null for both.</param>
internal sealed record SagaBenchmarkOptions(string Postgres, Uri RabbitMq, int Sagas, int Parallel, string? Only)
{
    public const int EventsPerSaga = 6;

    /// <summary>As many as the hand-written loop needs; more do not make it faster.</summary>
    public const int CeilingParallel = 32;

    public int Events => Sagas * EventsPerSaga;

    /// <exception cref="ArgumentException">An option is unknown or missing its value, or a server is not named.</exception>
    public static SagaBenchmarkOptions Parse(IReadOnlyList<string> args)
    {
        var values = new Dictionary<string, string>();
        for (var i = 0; i < args.Count; i += 2)
        {
            values[args[i]] = i + 1 < args.Count ? args[i + 1] : throw new ArgumentException($"{args[i]} needs a value.");
        }

        var options = new SagaBenchmarkOptions(
            Take("--postgres", Environment.GetEnvironmentVariable("CLONES_BENCH_POSTGRES"))
                ?? throw new ArgumentException("Name the database: CLONES_BENCH_POSTGRES or --postgres."),
            new Uri(
                Take("--rabbitmq", Environment.GetEnvironmentVariable("CLONES_BENCH_RABBITMQ"))
                    ?? throw new ArgumentException("Name the broker: CLONES_BENCH_RABBITMQ or --rabbitmq.")
            ),
            int.Parse(Take("--sagas", "2500")!, CultureInfo.InvariantCulture),
            int.Parse(Take("--parallel", "64")!, CultureInfo.InvariantCulture),
            Take("--only", null)
        );
        return values.Count == 0 ? options : throw new ArgumentException($"Unknown option: {values.Keys.First()}");

        string? Take(string name, string? otherwise) => values.Remove(name, out var value) ? value : otherwise;
    }
}
