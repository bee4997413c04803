using Clones.Acceptance;
using Clones.Messaging.Bus;
using Clones.Solana.Primitives;
using MassTransit;

namespace Clones.Settlement.Payments;

/// <summary>
/// Reads the chain for what a message asks to be paid before its unit of work begins, so that no database transaction is open meanwhile.
/// Whatever fails here is the consumer's to find, and to say.
/// </summary>
/// <param name="payments">That asks the chain.</param>
/// <param name="toPay">Out of which training pool whom to pay; null where nothing is to be paid.</param>
internal sealed class ReadAheadFilter<TMessage>(
    PaymentService payments,
    Func<TMessage, (Guid TrainingPoolId, PublicKey Recipient)?> toPay,
    ILogger<ReadAheadFilter<TMessage>> log
) : IFilter<ConsumeContext>
    where TMessage : class
{
    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        try
        {
            if (
                context.TryGetMessage<TMessage>(out var message)
                && toPay(message.Message) is var (poolId, recipient)
                && await payments.ReadAheadAsync(poolId, recipient, context.CancellationToken) is { } ahead
            )
            {
                context.AddOrUpdatePayload(() => ahead, _ => ahead);
            }
        }
        catch (UnacceptableMessageException)
        {
            // The consumer says so.
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogDebug(e, "The chain is not read ahead of a message");
        }
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("readAhead");
}
