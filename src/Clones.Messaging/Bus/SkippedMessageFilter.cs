using System.Text.Json;
using MassTransit;
using MassTransit.Transports;
using Microsoft.Extensions.Logging;

namespace Clones.Messaging.Bus;

/// <summary>
/// A message that its queue has no consumer for is rejected like any other bad one: it goes to the error queue with a reason, and the log says so.
/// MassTransit would put it into a queue of its own (<c>_skipped</c>), without a word. What is thrown here is outside of the filter that moves
/// failed messages, and would be delivered again for ever: hence moved by hand.
/// </summary>
internal sealed class SkippedMessageFilter(ILogger<SkippedMessageFilter> logger) : IFilter<ReceiveContext>
{
    private const string Envelope = "vnd.masstransit+json";
    private const int TypesMax = 5;
    private const int TypeLengthMax = 200;

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        var queue = context.InputAddress.Segments[^1];
        var reason = ReasonOf(context, queue);
        if (!context.TryGetPayload(out IErrorTransport? errors))
        {
            throw new TransportException(context.InputAddress, "The endpoint has no error transport.");
        }
        await errors.Send(ErrorQueueMove.Of(context, new UnacceptableMessageException(reason))).ConfigureAwait(false);
        logger.LogError("A message in {Queue} was moved to its error queue: {Reason}", queue, reason);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("rejectSkipped");

    private static string ReasonOf(ReceiveContext context, string queue)
    {
        var enveloped = context.ContentType?.MediaType.Contains(Envelope, StringComparison.OrdinalIgnoreCase) == true;
        var types = (enveloped ? TypesInEnvelope(context) : TypesInHeader(context)).Take(TypesMax).Select(Printable).ToList();
        var said = types.Count == 0 ? "it names no type" : $"it says to be {string.Join(", ", types)}";
        return enveloped
            ? $"Nobody at {queue} takes this message: {said}, in an envelope of MassTransit. Publish the body alone, as plain JSON (application/json)."
            : $"Nobody at {queue} takes this message: {said}. Publish it without the header {MessageHeaders.MessageType}.";
    }

    private static string[] TypesInHeader(ReceiveContext context) =>
        context.TransportHeaders.TryGetHeader(MessageHeaders.MessageType, out var header) && header is string types
            ? types.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : [];

    private static string[] TypesInEnvelope(ReceiveContext context)
    {
        try
        {
            using var envelope = JsonDocument.Parse(context.Body.GetBytes());
            return
                envelope.RootElement.ValueKind == JsonValueKind.Object
                && envelope.RootElement.TryGetProperty("messageType", out var types)
                && types.ValueKind == JsonValueKind.Array
                ? [.. types.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String).Select(t => t.GetString()!)]
                : [];
        }
        // A text that is half of a surrogate pair cannot be read as one either.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    private static string Printable(string type) =>
        new([.. type.Take(TypeLengthMax).Select(c => char.IsAscii(c) && !char.IsControl(c) ? c : '?')]);
}
