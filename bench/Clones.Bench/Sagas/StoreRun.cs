using Clones.Bench.Servers;
using Clones.Hosting.Bus;
using Clones.Messaging;
using Clones.Messaging.Sagas;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Clones.Bench.Sagas;

/// <summary>The real thing: MassTransit, the saga repository, inbox and outbox of Clones.Persistence.</summary>
internal static class StoreRun
{
    public static async Task<Measured> MeasureAsync(BenchmarkServers servers, SagaBenchmarkOptions options, ConcurrencyMode mode)
    {
        var (input, output) = ($"{servers.Name}-step-taken", $"{servers.Name}-step-done");
        await using (var channel = await servers.RabbitMq.CreateChannelAsync())
        {
            await BenchmarkServers.DeclareAsync(channel, input);
            await BenchmarkServers.DeclareAsync(channel, output);
        }
        await EventFeed.FillAsync(servers.RabbitMq, input, MessageUrn.ForTypeString<StepTaken>(), options);

        using var host = Build(servers, options, mode, input, output);
        await using (var scope = host.Services.CreateAsyncScope())
        {
            await BenchmarkServers.ExecuteAsync(
                servers.Postgres,
                scope.ServiceProvider.GetRequiredService<StepDbContext>().Database.GenerateCreateScript()
            );
        }

        await host.StartAsync();
        var rate = await EventFeed.RateIntoAsync(servers.RabbitMq, output, options.Events);
        await host.StopAsync();

        await BooksAsync(servers, options);
        return rate;
    }

    private static Microsoft.Extensions.Hosting.IHost Build(
        BenchmarkServers servers,
        SagaBenchmarkOptions options,
        ConcurrencyMode mode,
        string input,
        string output
    )
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.Configure<MassTransitHostOptions>(o => o.WaitUntilStarted = true);
        builder.Services.AddDbContextPool<StepDbContext>(o => o.UseNpgsql(servers.Postgres));
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddEntityFrameworkOutbox<StepDbContext>(o => o.UsePostgres());
            bus.AddSagaStateMachine<StepStateMachine, StepInstance>()
                .EntityFrameworkRepository(r =>
                {
                    r.ExistingDbContext<StepDbContext>();
                    r.UsePostgres();
                    r.ConcurrencyMode = mode;
                });
            bus.UsingRabbitMq(
                (context, rabbit) =>
                {
                    rabbit.Host(servers.RabbitMqUrl);
                    rabbit.MessageTopology.SetEntityNameFormatter(new Exchanges(output));
                    rabbit.UseRawJsonSerializer(
                        RawSerializerOptions.AddTransportHeaders | RawSerializerOptions.CopyHeaders,
                        isDefault: true
                    );
                    rabbit.ReceiveEndpoint(
                        input,
                        endpoint =>
                        {
                            endpoint.ConfigureConsumeTopology = false;
                            endpoint.SetQuorumQueue();
                            endpoint.PrefetchCount = options.Parallel * 2;
                            endpoint.ConcurrentMessageLimit = options.Parallel;
                            endpoint.UseRetryPolicy();
                            endpoint.UseEntityFrameworkOutbox<StepDbContext>(context);
                            endpoint.ConfigureSaga<StepInstance>(context);
                        }
                    );
                }
            );
        });
        return builder.Build();
    }

    // A number that is not right is not fast.
    private static async Task BooksAsync(BenchmarkServers servers, SagaBenchmarkOptions options)
    {
        await using var connection = new Npgsql.NpgsqlConnection(servers.Postgres);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand(
            """
            SELECT (SELECT count(*) FROM step_saga WHERE "Steps" = 6 AND "Version" = 6), (SELECT count(*) FROM inbox_state),
                   (SELECT count(*) FROM outbox_message)
            """,
            connection
        );
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var (sagas, marks, left) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        if (sagas != options.Sagas || marks != options.Events || left != 0)
        {
            throw new InvalidOperationException($"Wrong books: {sagas} sagas done, {marks} inbox marks, {left} outbox rows left.");
        }
    }

    private sealed class Exchanges(string output) : IEntityNameFormatter
    {
        public string FormatEntityName<T>() =>
            typeof(T) == typeof(StepDone) ? output : KebabCaseEndpointNameFormatter.Instance.SanitizeName(typeof(T).Name);
    }
}
