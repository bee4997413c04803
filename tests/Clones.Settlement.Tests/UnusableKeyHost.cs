using System.Collections.Concurrent;
using Clones.Contracts.Settlement;
using Clones.Testing.Hosts;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Settlement.Tests;

/// <summary>Workers that wait for a key for at most four seconds, and somebody who counts what they are asked to prepare.</summary>
public sealed class UnusableKeyHost : SettlementHost
{
    private readonly ConcurrentDictionary<Guid, int> asked = new();
    private bool isCounting;

    protected override IReadOnlyDictionary<string, string?> MoreSettings { get; } =
        new Dictionary<string, string?>
        {
            ["Settlement:KeyWaitMax"] = "00:00:04",
            ["KeyRetries:First"] = "00:00:00.500",
            ["KeyRetries:Max"] = "00:00:02",
            ["KeyRetries:MissingForMin"] = "00:00:01",
        };

    /// <summary>Messages for a transaction, whoever handled them.</summary>
    internal int TimesAsked(Guid transactionId) => asked.GetValueOrDefault(transactionId);

    /// <summary>Counts by a queue of its own, so that the number is what was published.</summary>
    internal async Task CountAsync()
    {
        if (!isCounting)
        {
            var bus = FirstWorker.Services.GetRequiredService<IBusControl>();
            await bus.ConnectReceiveEndpoint(
                "counts-preparations",
                endpoint =>
                    endpoint.Handler<PrepareTransactions>(context =>
                    {
                        foreach (var id in context.Message.TransactionIds)
                        {
                            asked.AddOrUpdate(id, 1, (_, times) => times + 1);
                        }
                        return Task.CompletedTask;
                    })
            ).Ready;
            isCounting = true;
        }
    }
}
