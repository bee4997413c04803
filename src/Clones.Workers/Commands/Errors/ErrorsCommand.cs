using System.CommandLine;
using System.Net.Sockets;
using Clones.Hosting;
using Clones.Hosting.Bus;
using RabbitMQ.Client.Exceptions;

namespace Clones.Workers.Commands.Errors;

/// <summary>
/// <c>errors ..</c>: messages that could not be handled, and the way back to their queues. Needs RABBITMQ_URL and
/// nothing else. Exit codes: 0 done, 1 not done (the broker does not answer, there is no such message), 2 wrong usage, 78 settings.
/// </summary>
internal static class ErrorsCommand
{
    public const int Done = 0;
    public const int NotDone = 1;
    public const int WrongUsage = HostCommandLine.WrongUsage;

    /// <summary>Of each queue so many messages are read; what is behind them is counted.</summary>
    private const int LookedAtMax = 1_000;

    private const int ReasonsMax = 10;

    /// <param name="configuration">Where the broker is.</param>
    public static Command Create(Func<IConfiguration> configuration) =>
        new("errors", "messages that could not be handled, in queues that end with _error or _skipped")
        {
            List(configuration),
            Show(configuration),
            Replay(configuration),
        };

    private static Command List(Func<IConfiguration> configuration)
    {
        var command = new Command("list", "every such queue, how many messages lie in it, and why");
        command.SetAction(
            (parsed, cancellation) =>
                Run.WithAsync(configuration, parsed, (run, broker) => ListAsync(run, broker, cancellation), cancellation)
        );
        return command;
    }

    private static Command Show(Func<IConfiguration> configuration) =>
        OfQueue("show", $"the messages of a queue: id, time, reason, body; {LookedAtMax} at most, or one", configuration, ShowAsync);

    private static Command Replay(Func<IConfiguration> configuration) =>
        OfQueue("replay", "moves all messages of a queue, or one, back to the queue that they came from", configuration, ReplayAsync);

    private static Command OfQueue(
        string name,
        string description,
        Func<IConfiguration> configuration,
        Func<Run, ErrorBroker, ErrorQueueName, string?, CancellationToken, Task<int>> act
    )
    {
        var queue = Queue();
        var message = new Option<string>("--message") { Description = "the id of one message, as show has it" };
        var command = new Command(name, description) { queue, message };
        command.SetAction(
            (parsed, cancellation) =>
                Run.WithAsync(
                    configuration,
                    parsed,
                    (run, broker) => act(run, broker, NameOf(parsed, queue), parsed.GetValue(message), cancellation),
                    cancellation
                )
        );
        return command;
    }

    private static Argument<string> Queue()
    {
        var queue = new Argument<string>("QUEUE") { Description = "as the list shows it, for example submission-graded_error" };
        queue.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !ErrorQueueName.TryParse(token.Value, out _))
            {
                result.AddError("QUEUE must be the name of an error queue, for example submission-graded_error: ./clones errors list");
            }
        });
        return queue;
    }

    private static ErrorQueueName NameOf(ParseResult parsed, Argument<string> queue) =>
        ErrorQueueName.TryParse(parsed.GetRequiredValue(queue), out var name)
            ? name
            : throw new InvalidOperationException("The validator has let by a name that is none.");

    private static async Task<int> ListAsync(Run run, ErrorBroker broker, CancellationToken cancellationToken)
    {
        var queues = await run.ErrorQueuesAsync(cancellationToken);
        if (queues.Count == 0)
        {
            await run.Output.WriteLineAsync("There is no error queue: no message has failed yet.");
        }
        foreach (var queue in queues)
        {
            var reasons = new ReasonGroups();
            var count =
                await broker.ReadAsync(
                    queue,
                    LookedAtMax,
                    message =>
                    {
                        reasons.Add(message.Reason);
                        return Task.CompletedTask;
                    },
                    cancellationToken
                ) ?? 0;
            await run.Output.WriteLineAsync(
                $"{queue.Name, -44}  {count, 6} {(count == 1 ? "message" : "messages")}"
                    + (count > LookedAtMax ? $"; reasons of the first {LookedAtMax}:" : "")
            );
            var frequent = reasons.MostFrequent().ToList();
            foreach (var (reason, times) in frequent.Take(ReasonsMax))
            {
                await run.Output.WriteLineAsync($"  {times, 6}  {reason}");
            }
            if (frequent.Count > ReasonsMax)
            {
                await run.Output.WriteLineAsync(
                    $"          and {frequent.Count - ReasonsMax} other reasons: ./clones errors show {queue.Name}"
                );
            }
        }
        return Done;
    }

    private static async Task<int> ShowAsync(
        Run run,
        ErrorBroker broker,
        ErrorQueueName queue,
        string? id,
        CancellationToken cancellationToken
    )
    {
        var shown = 0;
        var count = await broker.ReadAsync(
            queue,
            id is null ? LookedAtMax : int.MaxValue,
            async message =>
            {
                if (id is null || message.Id == id)
                {
                    shown++;
                    await run.Output.WriteLineAsync(
                        $"{message.Id}\n  failed  {message.FailedAt}\n  reason  {message.Reason}\n  body    {message.Body}"
                    );
                }
            },
            cancellationToken
        );
        if (count is not { } all)
        {
            return await run.NoQueueAsync(queue);
        }
        if (id is not null && shown == 0)
        {
            return await run.NoMessageAsync(queue, id);
        }
        await run.Output.WriteLineAsync($"{shown} of {all} messages");
        return Done;
    }

    private static async Task<int> ReplayAsync(
        Run run,
        ErrorBroker broker,
        ErrorQueueName queue,
        string? id,
        CancellationToken cancellationToken
    )
    {
        var moved = 0;
        try
        {
            if (!await broker.ReplayAsync(queue, id, () => moved++, cancellationToken))
            {
                return await run.NoQueueAsync(queue);
            }
        }
        catch (OriginMissingException e)
        {
            return await run.NotDoneAsync(e.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return await run.NotDoneAsync("Interrupted: what was not moved is where it was.");
        }
        finally
        {
            if (moved > 0)
            {
                await run.Output.WriteLineAsync(
                    $"{moved} {(moved == 1 ? "message" : "messages")} moved from {queue.Name} to {queue.Origin}"
                );
            }
        }
        if (moved > 0)
        {
            return Done;
        }
        if (id is not null)
        {
            return await run.NoMessageAsync(queue, id);
        }
        await run.Output.WriteLineAsync($"There is no message in {queue.Name}.");
        return Done;
    }

    private sealed class Run(IConfiguration configuration, TextWriter output, TextWriter errors)
    {
        public TextWriter Output => output;

        public static async Task<int> WithAsync(
            Func<IConfiguration> configuration,
            ParseResult parsed,
            Func<Run, ErrorBroker, Task<int>> act,
            CancellationToken cancellationToken
        )
        {
            var settings = configuration();
            var run = new Run(settings, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var address = settings.ReadSettings<BrokerOptions>().Address;
            try
            {
                await using var broker = await ErrorBroker.ConnectAsync(address, cancellationToken);
                return await act(run, broker);
            }
            catch (HttpRequestException e)
            {
                return await run.NotDoneAsync(e.Message);
            }
            // AMQP's own, and what the socket says; the text of none holds the password.
            catch (Exception e)
                when (e
                        is BrokerUnreachableException
                            or OperationInterruptedException
                            or PublishException
                            or SocketException
                            or IOException
                            or TimeoutException
                )
            {
                var reason = e is BrokerUnreachableException { InnerException: { } inner } ? inner.Message : e.Message;
                return await run.NotDoneAsync($"The broker at {address.Authority} did not do its part: {reason}");
            }
        }

        public Task<IReadOnlyList<ErrorQueueName>> ErrorQueuesAsync(CancellationToken cancellationToken) =>
            new BrokerManagement(
                configuration.ReadSettings<BrokerOptions>().Address,
                configuration.ReadSettings<ManagementOptions>()
            ).ErrorQueuesAsync(cancellationToken);

        public async Task<int> NotDoneAsync(string reason)
        {
            await errors.WriteLineAsync(reason);
            return NotDone;
        }

        public async Task<int> NoQueueAsync(ErrorQueueName queue)
        {
            await NotDoneAsync($"There is no queue \"{queue.Name}\": ./clones errors list");
            return WrongUsage;
        }

        public Task<int> NoMessageAsync(ErrorQueueName queue, string id) =>
            NotDoneAsync($"No message {id} in {queue.Name}: ./clones errors show {queue.Name}");
    }
}
