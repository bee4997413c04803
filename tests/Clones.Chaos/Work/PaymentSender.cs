using System.Collections.Concurrent;
using System.Globalization;
using Clones.Chaos.Faults;
using Clones.Chaos.Servers;
using Clones.Client;
using Clones.Demo;
using Clones.Solana.Primitives;

namespace Clones.Chaos.Work;

/// <summary>
/// Sends payments as impatient clients do: several at once under one key, hanging up, trying again until it is answered. What the API has
/// accepted is remembered here, outside of the system.
/// </summary>
internal sealed class PaymentSender(
    ChaosPlan plan,
    ChaosSystem system,
    Owner owner,
    IReadOnlyList<ChaosPool> pools,
    FaultCounts tally,
    TimeProvider time
)
{
    private const int InFlightMax = 24;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    private readonly ClonesClient service = system.Service;
    private readonly IReadOnlyList<PublicKey> regulars = PaymentOrder.Regulars(plan.Seed);
    private readonly ConcurrentDictionary<int, Guid> accepted = new();
    private readonly ConcurrentDictionary<int, string> rejected = new();
    private readonly ConcurrentBag<string> findings = [];

    /// <summary>Payment ids by order number; <see cref="Guid.Empty"/> for a submission that the broker confirmed.</summary>
    public IReadOnlyDictionary<int, Guid> Accepted => accepted;

    /// <summary>Orders that were rejected, and were to be: their recipient was frozen at that moment.</summary>
    public IReadOnlyCollection<int> Rejected => [.. rejected.Keys.Where(number => !accepted.ContainsKey(number))];

    /// <summary>What no client should ever be answered.</summary>
    public IReadOnlyCollection<string> Findings => findings;

    /// <summary>Returns when every order was accepted, or rejected for good.</summary>
    public async Task SendAllAsync(IReadOnlyList<PaymentOrder> orders, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        using var slots = new SemaphoreSlim(InFlightMax);
        var sent = new List<Task>();
        foreach (var order in orders)
        {
            var wait = order.DueAt - time.GetElapsedTime(began);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, cancellationToken);
            }
            await slots.WaitAsync(cancellationToken);
            sent.Add(SendAsync(order, slots, cancellationToken));
        }
        await Task.WhenAll(sent);
    }

    /// <summary>The same requests, when all is over: the same payments must come back.</summary>
    public async Task AskAgainAsync(IEnumerable<PaymentOrder> orders, CancellationToken cancellationToken)
    {
        foreach (var order in orders.Where(o => o.AsksAgainLater && accepted.ContainsKey(o.Number)))
        {
            tally.Note("requests repeated afterwards");
            await OnceAsync(order, cancellationToken);
        }
    }

    private async Task SendAsync(PaymentOrder order, SemaphoreSlim slots, CancellationToken cancellationToken)
    {
        try
        {
            if (order.HangsUpAfter is { } patience && order.Kind != RequestKind.Submission)
            {
                tally.Note("clients that hung up");
                using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                hangUp.CancelAfter(patience);
                await OnceAsync(order, hangUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            tally.Note("duplicate requests", order.Twins);
            await Task.WhenAll(Enumerable.Range(0, order.Twins + 1).Select(_ => OnceAsync(order, cancellationToken)));
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task OnceAsync(PaymentOrder order, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                Remember(order, await AskAsync(order, cancellationToken));
                return;
            }
            catch (ClonesProblemException e) when (e.Code == "recipient_not_valid" && regulars.Contains(order.Recipient))
            {
                rejected[order.Number] = e.Message;
                return;
            }
            catch (ClonesProblemException e) when (!TransientFailures.Is(e))
            {
                findings.Add($"order {order.Number} was rejected: {e.Message}");
                return;
            }
            catch (Exception e)
                when ((TransientFailures.Is(e) || e is RabbitMQ.Client.Exceptions.RabbitMQClientException or TimeoutException)
                    && !cancellationToken.IsCancellationRequested
                )
            {
                tally.Note("requests tried again");
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private async Task<Guid> AskAsync(PaymentOrder order, CancellationToken cancellationToken)
    {
        var pool = pools[order.Pool];
        var amount = Decimal(order.AmountBaseUnits, pool.Decimals);
        var recipient = order.Recipient.ToString();
        var key = order.KeyOf(plan.Seed);
        switch (order.Kind)
        {
            case RequestKind.Payment:
                var payment = new CreatePaymentRequest
                {
                    TrainingPoolId = pool.Id,
                    Recipient = recipient,
                    Amount = amount,
                    Reference = $"order {order.Number}",
                    OnInsufficientFunds = order.MayWait ? "wait" : "reject",
                };
                return (await service.CreatePaymentAsync(payment, key, cancellationToken)).Id;
            case RequestKind.Withdrawal:
                var withdrawal = new WithdrawalRequest
                {
                    Recipient = recipient,
                    Amount = amount,
                    TokenSymbol = pool.Symbol,
                };
                return (
                    await owner.AskAsync(api => api.CreateWithdrawalAsync(pool.Id, withdrawal, key, cancellationToken), cancellationToken)
                ).Id;
            default:
                var submission = new
                {
                    submissionId = key,
                    trainingPoolId = pool.Id,
                    submitter = recipient,
                    score = order.Score,
                };
                await GradingService.PublishGradedAsync(system.VirtualHost, submission, cancellationToken);
                return Guid.Empty;
        }
    }

    private void Remember(PaymentOrder order, Guid id)
    {
        var first = accepted.GetOrAdd(order.Number, id);
        if (first != id)
        {
            findings.Add($"order {order.Number} was accepted as {first} and, under the same key, as {id}");
        }
    }

    private static string Decimal(ulong baseUnits, int decimals)
    {
        var digits = baseUnits.ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        return decimals == 0 ? digits : $"{digits[..^decimals]}.{digits[^decimals..]}";
    }
}
