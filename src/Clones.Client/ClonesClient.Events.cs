using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Clones.Client;

public sealed partial class ClonesClient
{
    private const string Transition = "transition";
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The history of an agent as it is written, each row once and in order (<c>GET /v1/agents/{id}/events</c>). It goes on until the caller stops; a stream
    /// that ends, breaks or falls silent is opened anew and resumed behind the last row, to whichever process of the API.
    /// </summary>
    /// <param name="afterSequence">Resume behind this row; 0 for the whole history.</param>
    /// <exception cref="ClonesProblemException">The API rejected it: not found, or a row beyond the history (the database was restored: read it anew).</exception>
    public async IAsyncEnumerable<TransitionView> StreamAgentEventsAsync(
        Guid id,
        long afterSequence = 0,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterSequence);
        var pause = ReconnectAfter;
        while (true)
        {
            var isOpen = false;
            await using var rows = ReadStreamAsync(id, afterSequence, p => (pause, isOpen) = (p, true), cancellationToken)
                .GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(rows, cancellationToken).ConfigureAwait(false))
            {
                if (rows.Current.Sequence <= afterSequence)
                {
                    continue;
                }

                afterSequence = rows.Current.Sequence;
                yield return rows.Current;
            }
            // One that never opened is left alone for longer; one that ended was only sent back.
            await Task.Delay(isOpen ? pause : pause * 2, options.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>False where the stream is over, in whatever way that another one can go on from.</returns>
    private static async Task<bool> NextAsync(IAsyncEnumerator<TransitionView> rows, CancellationToken cancellationToken)
    {
        try
        {
            return await rows.MoveNextAsync().ConfigureAwait(false);
        }
        catch (ClonesProblemException e) when (e.Status is 429 or >= 500)
        {
            return false;
        }
        catch (Exception e) when (IsNoAnswer(e, cancellationToken))
        {
            return false;
        }
    }

    private async IAsyncEnumerable<TransitionView> ReadStreamAsync(
        Guid id,
        long afterSequence,
        Action<TimeSpan> opened,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var request = new ClonesRequest(HttpMethod.Get, "/v1/agents/{id}/events").Path("id", id);
        if (afterSequence > 0)
        {
            request.Header("Last-Event-ID", afterSequence.ToString(CultureInfo.InvariantCulture));
        }

        using var silence = new RequestDeadline(options.SilenceMax, options.Time, cancellationToken);
        using var response = await SendOnceAsync(request, "text/event-stream", silence).ConfigureAwait(false);
        var type = response.Content.Headers.ContentType?.MediaType;
        if (!response.IsSuccessStatusCode)
        {
            var body = await response.Content.ReadAsByteArrayAsync(silence.Token).ConfigureAwait(false);
            throw ClonesProblemException.From(request.Name, response.StatusCode, type, body, RetryAfter(response));
        }
        if (type != "text/event-stream")
        {
            throw new ClonesAnswerException(request.Name, (int)response.StatusCode, $"it is {type ?? "of no type"}, not text/event-stream");
        }

        await using var stream = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
        var events = SseParser.Create(stream, (kind, data) => kind == Transition ? data.ToArray() : []);
        await foreach (var item in events.EnumerateAsync(silence.Token).ConfigureAwait(false))
        {
            silence.Begin();
            opened(events.ReconnectionInterval > TimeSpan.Zero ? events.ReconnectionInterval : ReconnectAfter);
            if (item.EventType == Transition)
            {
                yield return ReadRow(request, item.Data);
            }
        }
    }

    private static TransitionView ReadRow(ClonesRequest request, byte[] data)
    {
        try
        {
            return JsonSerializer.Deserialize<TransitionView>(data, ClonesJson.Options)
                ?? throw new ClonesAnswerException(request.Name, 200, "an event of it is null");
        }
        catch (JsonException e)
        {
            throw new ClonesAnswerException(request.Name, 200, e.Message, e);
        }
    }
}
