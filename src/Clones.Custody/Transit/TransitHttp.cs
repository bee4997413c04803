using System.Net;

namespace Clones.Custody.Transit;

/// <summary>
/// Sends a request until it is answered, a bounded number of times. Every operation used here may run twice: a repeated encryption gives another
/// ciphertext of the same data key, and the first one is forgotten. Not made by HttpClientFactory, whose logging can be set to show headers.
/// </summary>
internal sealed class TransitHttp(TransitOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromSeconds(5);
    private readonly HttpClient http = new(Handler(options)) { BaseAddress = options.Address, Timeout = Timeout.InfiniteTimeSpan };

    /// <exception cref="TransitUnavailableException">No attempt was answered by Transit.</exception>
    public async Task<TransitReply> SendAsync(TransitCall call, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var token = options.Token.Current();
            var (reply, failure) = await TryAsync(call, token, cancellationToken).ConfigureAwait(false);
            if (failure is null)
            {
                return reply!;
            }

            var renewed = failure.Status == (int)HttpStatusCode.Forbidden && options.Token.Current() != token;
            if (attempt >= options.AttemptsMax || !(failure.MayPass || renewed))
            {
                throw failure.ToException(call.Operation, attempt);
            }
            logger.LogWarning(
                "Vault {Failure}: Transit {Operation} is tried again after attempt {Attempt}",
                failure.What,
                call.Operation,
                attempt
            );
            if (!renewed)
            {
                await Task.Delay(DelayAfter(attempt, failure.RetryAfter), time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<(TransitReply? Reply, TransitFailure? Failure)> TryAsync(
        TransitCall call,
        string token,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var reply = await OnceAsync(call, token, cancellationToken).ConfigureAwait(false);
            if (TransitFailure.Of(reply) is not { } failure)
            {
                return (reply, null);
            }
            reply.Dispose();
            return (null, failure);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, TransitFailure.TimedOut(options.AttemptTimeout));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (null, TransitFailure.Disconnected(e));
        }
    }

    private async Task<TransitReply> OnceAsync(TransitCall call, string token, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.AttemptTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var request = new HttpRequestMessage(
            call.Body is null ? HttpMethod.Get : HttpMethod.Post,
            new Uri($"v1/{options.Mount}/{call.Operation}/{options.Key}", UriKind.Relative)
        );
        request.Headers.Add("X-Vault-Request", "true");
        request.Headers.Add("X-Vault-Token", token);
        if (options.Namespace is { } name)
        {
            request.Headers.Add("X-Vault-Namespace", name);
        }
        using var content = call.Body is null ? null : new PinnedJsonContent(call.Body);
        request.Content = content;

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
        var answer = await ReadAsync(call, response, either.Token).ConfigureAwait(false);
        return new TransitReply(response.StatusCode, response.Headers.RetryAfter?.Delta, answer);
    }

    private static async Task<PinnedBuffer> ReadAsync(TransitCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var answer = new PinnedBuffer(4096);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            while (await stream.ReadAsync(answer.GetMemory(), cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                answer.Advance(read);
                if (answer.Written.Length > call.AnswerBytesMax)
                {
                    throw new TransitUnavailableException(
                        $"Vault's answer to Transit {call.Operation} has more than {call.AnswerBytesMax} bytes. Check VAULT_ADDR.",
                        (int)response.StatusCode
                    );
                }
            }
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    /// <summary>Doubling, with up to a half on top so that workers do not come back together.</summary>
    private TimeSpan DelayAfter(int attempt, TimeSpan? wanted)
    {
        var own = options.RetryDelay * Math.Pow(2, attempt - 1) * (1 + Random.Shared.NextDouble() / 2);
        var asked =
            wanted is { } span && span < RetryAfterMax ? span
            : wanted is null ? TimeSpan.Zero
            : RetryAfterMax;
        return own > asked ? own : asked;
    }

    private static SocketsHttpHandler Handler(TransitOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            // A redirect would carry the token to wherever it points.
            AllowAutoRedirect = false,
            UseCookies = false,
            // A proxy of the environment must not see what is plain http to this machine.
            UseProxy = options.Address.Scheme == Uri.UriSchemeHttps,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        };
        if (options.Trust is { } trust)
        {
            handler.SslOptions = trust.Tls();
        }
        return handler;
    }
}
