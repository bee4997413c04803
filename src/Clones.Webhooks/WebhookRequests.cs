using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Clones.Domain;
using Clones.Domain.Webhooks;
using Clones.Hosting;
using Clones.Persistence.Webhooks;

namespace Clones.Webhooks;

/// <summary>Makes one attempt: signs, sends, and says what came of it. It never throws over what an endpoint does.</summary>
internal sealed class WebhookRequests(
    WebhookConnections connections,
    WebhookLoopback loopback,
    WebhookSettings settings,
    WebhookOptions options,
    TimeProvider time
) : IDisposable
{
    private readonly HttpClient http = new(connections.NewHandler()) { Timeout = Timeout.InfiniteTimeSpan };

    public async Task<WebhookOutcome> SendAsync(DueWebhook due)
    {
        var began = time.GetTimestamp();
        using var limit = new CancellationTokenSource(options.AnswerWithin, time);
        try
        {
            // The rule may be stricter than when the endpoint was registered, without the setting for development say.
            if (WebhookUrl.Reject(due.Url, await loopback.IsKnownToBeAllowedAsync(limit.Token)) is { } reason)
            {
                return new WebhookOutcome(null, $"It was not sent: its url {reason}.", null, TimeSpan.Zero, null);
            }
            using var request = Sign(due);
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var status = (int)answer.StatusCode;
            var took = time.GetElapsedTime(began);
            var body = await ReadAsync(answer.Content, limit.Token);
            return new WebhookOutcome(status, FailureOf(status), body, took, status is 429 or 503 ? RetryAfter(answer.Headers) : null);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or UriFormatException)
        {
            return new WebhookOutcome(null, FailureOf(e), null, time.GetElapsedTime(began), null);
        }
    }

    public void Dispose() => http.Dispose();

    private HttpRequestMessage Sign(DueWebhook due)
    {
        var now = time.GetUtcNow();
        var id = WebhookMessageId.Of(due.EventId);
        var body = Encoding.UTF8.GetBytes(due.Body);
        var signature = Sign(due, due.SecretGeneration, id, now, body);
        if (due.PreviousSecretUntil > now)
        {
            signature += " " + Sign(due, due.SecretGeneration - 1, id, now, body);
        }
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, due.Url) { Content = content };
        request.Options.Set(WebhookConnections.IsFailing, due.IsFailing);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Clones-Webhooks", "1"));
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", signature);
        return request;
    }

    private string Sign(DueWebhook due, int generation, string id, DateTimeOffset now, byte[] body)
    {
        var secret = settings.Secrets.Derive(due.EndpointId, generation);
        try
        {
            return WebhookSignature.Of(id, now.ToUnixTimeSeconds(), body, secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>The beginning of the body, as far as it comes in time. What has come is worth having also where the rest does not.</summary>
    private async Task<string?> ReadAsync(HttpContent content, CancellationToken limit)
    {
        var bytes = new byte[WebhookAttempt.AnswerBytesMax];
        var count = 0;
        using var soon = new CancellationTokenSource(options.BodyWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(soon.Token, limit);
        try
        {
            await using var body = await content.ReadAsStreamAsync(either.Token);
            int read;
            while (count < bytes.Length && (read = await body.ReadAsync(bytes.AsMemory(count), either.Token)) > 0)
            {
                count += read;
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // What has come stays.
        }
        return count == 0 ? null : PlainTextRule.Clean(Encoding.UTF8.GetString(bytes, 0, count));
    }

    private static string? FailureOf(int status) =>
        status switch
        {
            >= 200 and < 300 => null,
            >= 300 and < 400 => $"It answered {status}; redirects are not followed.",
            410 => "It answered 410: it is gone.",
            _ => $"It answered {status}.",
        };

    // In words of ours: what libraries say may repeat the URL, and what stands in it is nobody else's business.
    private string FailureOf(Exception e) =>
        e switch
        {
            { InnerException: WebhookRejectedException rejected } => $"It was not sent: {rejected.Message}.",
            OperationCanceledException => $"It did not answer within {options.AnswerWithin.TotalSeconds:0} s.",
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "Its host was not found.",
            HttpRequestException { InnerException: System.Net.Sockets.SocketException { SocketErrorCode: var code } } =>
                $"It could not be connected to: {code}.",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                "There was no secure connection to it: check its certificate.",
            HttpRequestException { InnerException: OperationCanceledException or TimeoutException } =>
                "It could not be connected to in time.",
            HttpRequestException { HttpRequestError: var error } => $"It did not answer as HTTP has it: {error}.",
            _ => "The connection broke before it answered.",
        };

    private TimeSpan? RetryAfter(HttpResponseHeaders headers) =>
        headers.RetryAfter switch
        {
            { Delta: { } wait } => wait,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => null,
        };
}

/// <param name="Failure">A sentence for the endpoint's owner; null where it was delivered.</param>
/// <param name="Answer">The beginning of the answer's body.</param>
internal sealed record WebhookOutcome(int? StatusCode, string? Failure, string? Answer, TimeSpan Took, TimeSpan? RetryAfter);
