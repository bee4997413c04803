using Clones.Custody;
using Clones.Workers.Commands.Keys;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Clones.Workers.Tests.Commands.Keys;

/// <summary>The services that <c>keys ..</c> has, on a database.</summary>
internal static class KeysCommandHost
{
    /// <param name="keys">The settings of the master keys.</param>
    public static async Task<(int Code, string Output)> RunAsync(
        string database,
        Dictionary<string, string?> keys,
        Func<IServiceProvider, TextWriter, Task<int>> act
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder
            .Configuration.AddInMemoryCollection([
                new("ConnectionStrings:Clones", database),
                new("RABBITMQ_URL", "amqp://nobody:nothing@127.0.0.1:1/"),
            ])
            .AddInMemoryCollection(keys);
        KeysCommand.AddServices(builder.Services, builder.Configuration, builder.Configuration.HasKeys());
        using var host = builder.Build();
        await using var scope = host.Services.CreateAsyncScope();
        await using var output = new StringWriter();
        var code = await act(scope.ServiceProvider, output);
        return (code, output.ToString());
    }
}
