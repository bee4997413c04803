using System.Diagnostics;

namespace Clones.Testing;

/// <summary>
/// One private PostgreSQL and one private RabbitMQ for all tests of a run. <c>./clones test</c> starts them beforehand and
/// names them in the environment; started alone, a test project asks the script for them. They end with the last process
/// that asked, also when that one is killed.
/// </summary>
/// <param name="Postgres">Connection string of an administrator, database "postgres".</param>
/// <param name="RabbitMq">amqp://user:password@host:port/ and a virtual host, which the fixtures replace by one of their own.</param>
/// <param name="RabbitMqManagement">http://user:password@host:port/</param>
public sealed record TestServers(string Postgres, Uri RabbitMq, Uri RabbitMqManagement)
{
    private const string PostgresVariable = "CLONES_TEST_POSTGRES";
    private const string RabbitMqVariable = "CLONES_TEST_RABBITMQ";
    private const string ManagementVariable = "CLONES_TEST_RABBITMQ_MANAGEMENT";

    private static readonly Lazy<Task<TestServers>> Started = new(FindOrStartAsync);

    /// <summary>Finds the servers or starts them (RabbitMQ takes 10 to 16 s); later calls return the same ones.</summary>
    public static Task<TestServers> StartAsync() => Started.Value;

    private static async Task<TestServers> FindOrStartAsync()
    {
        var variables = new[] { PostgresVariable, RabbitMqVariable, ManagementVariable }.ToDictionary(
            name => name,
            Environment.GetEnvironmentVariable
        );
        if (variables.Values.Any(string.IsNullOrEmpty))
        {
            variables = await AskTheScriptAsync();
        }

        return new TestServers(
            variables[PostgresVariable]!,
            new Uri(variables[RabbitMqVariable]!),
            new Uri(variables[ManagementVariable]!)
        );
    }

    private static async Task<Dictionary<string, string?>> AskTheScriptAsync()
    {
        var start = new ProcessStartInfo(Repository.PathOf("clones"))
        {
            ArgumentList = { "servers", "test", "start", Environment.ProcessId.ToString() },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var script = Process.Start(start)!;
        var errors = script.StandardError.ReadToEndAsync();
        var output = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        if (script.ExitCode != 0)
        {
            throw new InvalidOperationException($"./clones servers test start failed:\n{await errors}");
        }

        return output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2))
            .ToDictionary(parts => parts[0], string? (parts) => parts[1]);
    }
}
