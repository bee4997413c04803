using System.Net;
using System.Text.Json;

namespace Clones.Client;

public sealed partial class ClonesClient
{
    private const string SignInPath = "v1/auth/";

    private async Task<T> SendAsync<T>(ClonesRequest request, CancellationToken cancellationToken)
        where T : class => Read<T>(request, await AnswerAsync(request, cancellationToken).ConfigureAwait(false));

    private Task SendAsync(ClonesRequest request, CancellationToken cancellationToken) => AnswerAsync(request, cancellationToken);

    private async Task<Started<T>> SendStartAsync<T>(ClonesRequest request, CancellationToken cancellationToken)
        where T : class
    {
        var answer = await AnswerAsync(request, cancellationToken).ConfigureAwait(false);
        return answer.Status == HttpStatusCode.Accepted
            ? new Started<T>(null, Read<OperationView>(request, answer))
            : new Started<T>(Read<T>(request, answer), null);
    }

    private static T Read<T>(ClonesRequest request, ClonesAnswer answer)
        where T : class
    {
        if (answer.MediaType != "application/json")
        {
            throw new ClonesAnswerException(request.Name, (int)answer.Status, $"it is {answer.MediaType ?? "of no type"}, not JSON");
        }

        T? value;
        try
        {
            value = JsonSerializer.Deserialize<T>(answer.Body, ClonesJson.Options);
        }
        catch (JsonException e)
        {
            throw new ClonesAnswerException(request.Name, (int)answer.Status, e.Message, e);
        }
        if (value is null)
        {
            throw new ClonesAnswerException(request.Name, (int)answer.Status, "it is null");
        }

        if (value is IHasEntityTag entity)
        {
            entity.ETag = answer.ETag;
        }

        return value;
    }

    /// <summary>The whole answer of a success, after as many tries as are allowed and harmless.</summary>
    private async Task<ClonesAnswer> AnswerAsync(
        ClonesRequest request,
        CancellationToken cancellationToken,
        string accept = "application/json"
    )
    {
        var retries = new Retries(options);
        while (true)
        {
            try
            {
                using var deadline = new RequestDeadline(options.TryTimeout + request.WaitAsked, options.Time, cancellationToken);
                using var response = await SendOnceAsync(request, accept, deadline).ConfigureAwait(false);
                var body = await response.Content.ReadAsByteArrayAsync(deadline.Token).ConfigureAwait(false);
                var type = response.Content.Headers.ContentType?.MediaType;
                if (response.IsSuccessStatusCode)
                {
                    return new ClonesAnswer(response.StatusCode, type, response.Headers.ETag?.ToString(), body);
                }

                throw ClonesProblemException.From(request.Name, response.StatusCode, type, body, RetryAfter(response));
            }
            catch (ClonesProblemException e) when (retries.AreWorthIt(e, request))
            {
                await retries.PauseAsync(e.RetryAfter, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (IsNoAnswer(e, cancellationToken) && retries.AreWorthIt(request))
            {
                await retries.PauseAsync(null, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"{request.Name} was not answered within {options.TryTimeout + request.WaitAsked}.", e);
            }
        }
    }

    /// <summary>One try; one more where the credentials were rejected and others can be had, because a rejected caller has done nothing.</summary>
    private async Task<HttpResponseMessage> SendOnceAsync(ClonesRequest request, string accept, RequestDeadline deadline)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            using var message = request.ToMessage(baseAddress, accept);
            var header = await CredentialsOfAsync(message, deadline.Caller).ConfigureAwait(false);
            if (header is { } given)
            {
                message.Headers.TryAddWithoutValidation(given.Name, given.Value);
            }

            deadline.Begin();
            var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
            ThrowIfFromElsewhere(request, response);
            if (
                !isFirst
                || header is null
                || response.StatusCode != HttpStatusCode.Unauthorized
                || !options.Credentials.Rejected(header.Value.Value)
            )
            {
                return response;
            }

            response.Dispose();
        }
    }

    /// <summary>Connections of the caller's may have followed a redirection, and taken the key along: that must not go unnoticed.</summary>
    private void ThrowIfFromElsewhere(ClonesRequest request, HttpResponseMessage response)
    {
        if (response.RequestMessage?.RequestUri is not { } came || baseAddress.IsBaseOf(came))
        {
            return;
        }

        var status = (int)response.StatusCode;
        response.Dispose();
        throw new ClonesAnswerException(
            request.Name,
            status,
            $"it came from {came.Authority} by a redirection, which may have carried the API key there. Set AllowAutoRedirect to false in the handler of the HttpClient, and make the key anew."
        );
    }

    private ValueTask<(string Name, string Value)?> CredentialsOfAsync(HttpRequestMessage message, CancellationToken cancellationToken) =>
        // Signing in is how credentials are had.
        baseAddress.MakeRelativeUri(message.RequestUri!).OriginalString.StartsWith(SignInPath, StringComparison.Ordinal)
            ? new(((string, string)?)null)
            : options.Credentials.HeaderAsync(this, cancellationToken);

    /// <summary>Whether nobody knows what became of it: no connection, one that broke, or no answer in time.</summary>
    private static bool IsNoAnswer(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested;

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when date > options.Time.GetUtcNow() => date - options.Time.GetUtcNow(),
            { Date: not null } => TimeSpan.Zero,
            _ => null,
        };

    private sealed record ClonesAnswer(HttpStatusCode Status, string? MediaType, string? ETag, byte[] Body);
}
