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
            variables = (await ServersScript.StartAsync("test")).ToDictionary(v => v.Key, string? (v) => v.Value);
        }

        return new TestServers(
            variables[PostgresVariable]!,
            new Uri(variables[RabbitMqVariable]!),
            new Uri(variables[ManagementVariable]!)
        );
    }
}
