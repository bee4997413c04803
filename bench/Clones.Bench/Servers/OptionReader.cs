using System.Globalization;

namespace Clones.Bench.Servers;

/// <summary>The options of a benchmark: each a name and a value.</summary>
internal sealed class OptionReader
{
    private readonly Dictionary<string, string> values = [];

    /// <exception cref="BadOptionException">One has no value.</exception>
    public OptionReader(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i += 2)
        {
            values[args[i]] = i + 1 < args.Count ? args[i + 1] : throw new BadOptionException($"{args[i]} needs a value.");
        }
    }

    /// <exception cref="BadOptionException">A server is named neither here nor in the environment.</exception>
    public ServerAddresses Servers() =>
        new(
            Server("--postgres", "CLONES_BENCH_POSTGRES"),
            new Uri(Server("--rabbitmq", "CLONES_BENCH_RABBITMQ")),
            new Uri(Server("--rabbitmq-management", "CLONES_BENCH_RABBITMQ_MANAGEMENT"))
        );

    /// <exception cref="BadOptionException">It is not one, or below <paramref name="min"/>.</exception>
    public int Number(string name, int otherwise, int min = 1) =>
        Text(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min ? number
        : throw new BadOptionException($"{name} is a number from {min}.");

    /// <exception cref="BadOptionException">It is none of these.</exception>
    public string? OneOf(string name, params string[] choices) =>
        Text(name) is var text && (text is null || choices.Contains(text))
            ? text
            : throw new BadOptionException($"{name} is {string.Join(" or ", choices)}.");

    /// <summary>Behind the last of them.</summary>
    /// <exception cref="BadOptionException">One is left that nobody has asked for.</exception>
    public void End()
    {
        if (values.Count > 0)
        {
            throw new BadOptionException($"Unknown option: {values.Keys.First()}");
        }
    }

    private string? Text(string name) => values.Remove(name, out var value) ? value : null;

    private string Server(string name, string variable) =>
        Text(name)
        ?? Environment.GetEnvironmentVariable(variable)
        ?? throw new BadOptionException($"Name the server: {variable} or {name}.");
}

/// <summary>The text is for whoever called.</summary>
internal sealed class BadOptionException(string message) : Exception(message);

/// <param name="Postgres">An administrator's connection string.</param>
/// <param name="RabbitMq">amqp://user:password@host:port/, with any virtual host.</param>
/// <param name="RabbitMqManagement">http://user:password@host:port/</param>
internal sealed record ServerAddresses(string Postgres, Uri RabbitMq, Uri RabbitMqManagement);
