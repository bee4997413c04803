using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Clones.Solana.Rpc;

/// <summary>Carries one JSON-RPC call over HTTP and sorts what comes back: a result, or the exception that names what went wrong.</summary>
internal sealed class RpcTransport(HttpClient http, Uri endpoint, TimeProvider time, RpcTurns? turns)
{
    /// <summary>Far above any answer that we ask for; a node that sends more is broken or hostile.</summary>
    private const int ResponseBytesMax = 64 * 1024 * 1024;

    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private long lastId;

    public Uri Endpoint => endpoint;

    /// <summary>Calls and reads the result. An answer of another shape than expected is a transport error.</summary>
    public Task<T> CallAsync<T>(
        string method,
        Action<Utf8JsonWriter>? writeParameters,
        Func<JsonElement, T> readResult,
        TimeSpan timeout,
        CancellationToken cancellationToken
    ) =>
        ChainQuestions.AskAsync(
            () => $"{endpoint} {Encoding.UTF8.GetString(WriteRequest(id: 0, method, writeParameters).Span)}",
            () => AskAsync(method, writeParameters, readResult, timeout, cancellationToken)
        );

    private async Task<T> AskAsync<T>(
        string method,
        Action<Utf8JsonWriter>? writeParameters,
        Func<JsonElement, T> readResult,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        var id = Interlocked.Increment(ref lastId);
        var body = WriteRequest(id, method, writeParameters);
        var (status, retryAfter, content) = await ExchangeAsync(method, body, timeout, cancellationToken).ConfigureAwait(false);
        if (status == HttpStatusCode.TooManyRequests)
        {
            throw new RpcRateLimitedException(endpoint, method, retryAfter);
        }

        using var document = Parse(method, status, content);
        try
        {
            var root = document.RootElement;
            // Some nodes answer a request that they could not read with a null id and the error.
            if (root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
            {
                throw RpcErrors.Classify(endpoint, method, (int)status, error, retryAfter);
            }

            if ((int)status is < 200 or > 299)
            {
                throw Unusable(method, status);
            }

            if (!root.TryGetProperty("id", out var answered) || !answered.TryGetInt64(out var answeredId) || answeredId != id)
            {
                throw new RpcTransportException(endpoint, method, "the answer belongs to another request", (int)status);
            }

            return root.TryGetProperty("result", out var result)
                ? readResult(result)
                : throw new RpcTransportException(endpoint, method, "the answer has neither result nor error", (int)status);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            throw new RpcTransportException(endpoint, method, "the answer has an unexpected shape", (int)status);
        }
    }

    private async Task<(HttpStatusCode Status, TimeSpan? RetryAfter, ReadOnlyMemory<byte> Content)> ExchangeAsync(
        string method,
        ReadOnlyMemory<byte> body,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        await WaitForTurnAsync(method, timeout, cancellationToken).ConfigureAwait(false);
        // Begins now: a node that is asked late has the time that any other has.
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.ContentType = Json;
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token)
                .ConfigureAwait(false);
            var content = await ReadAsync(method, response, either.Token).ConfigureAwait(false);
            return (response.StatusCode, RetryAfter(response), content);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Ours, or the HttpClient's own timeout.
            throw new RpcTransportException(endpoint, method, "no answer in time", isTimeout: true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The inner exception is left out: its text may name the whole URL. The kind of error is enough to act on.
            var kind = e is HttpRequestException { HttpRequestError: var error } ? error.ToString() : "ConnectionLost";
            throw new RpcTransportException(endpoint, method, $"the exchange failed ({kind})");
        }
    }

    /// <summary>Until our own limit lets the request through, no longer than the node may take for its answer after that.</summary>
    private async Task WaitForTurnAsync(string method, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (turns is null)
        {
            return;
        }
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            if (await turns.TryTakeAsync(isSend: method == "sendTransaction", either.Token).ConfigureAwait(false))
            {
                return;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The node was not even asked: that is no timeout of its own.
        }

        throw RpcRateLimitedException.OfOurs(endpoint, method);
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(string method, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var content = new ArrayBufferWriter<byte>(4_096);
            while (await stream.ReadAsync(content.GetMemory(4_096), cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                content.Advance(read);
                if (content.WrittenCount > ResponseBytesMax)
                {
                    throw new RpcTransportException(endpoint, method, "the answer is too large", (int)response.StatusCode);
                }
            }

            return content.WrittenMemory;
        }
    }

    private JsonDocument Parse(string method, HttpStatusCode status, ReadOnlyMemory<byte> content)
    {
        try
        {
            var document = JsonDocument.Parse(content);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
        }
        catch (JsonException)
        {
            // The text is left out: it may be anything.
        }

        throw Unusable(method, status);
    }

    private RpcTransportException Unusable(string method, HttpStatusCode status) =>
        (int)status is >= 200 and <= 299
            ? new RpcTransportException(endpoint, method, "the answer is not JSON-RPC", (int)status)
            : new RpcTransportException(
                endpoint,
                method,
                string.Create(CultureInfo.InvariantCulture, $"HTTP status {(int)status}"),
                (int)status
            );

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static ReadOnlyMemory<byte> WriteRequest(long id, string method, Action<Utf8JsonWriter>? writeParameters)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("jsonrpc", "2.0");
        writer.WriteNumber("id", id);
        writer.WriteString("method", method);
        if (writeParameters is not null)
        {
            writer.WriteStartArray("params");
            writeParameters(writer);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
