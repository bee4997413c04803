using System.Text;

namespace Clones.Client;

public sealed partial class ClonesClient
{
    /// <summary>Payments as CSV (RFC 4180), oldest first, in the filters of the list. <c>GET /v1/payments/export</c></summary>
    /// <param name="to">Gets it as it comes; half of it where this throws.</param>
    /// <exception cref="ClonesProblemException">The API rejected it.</exception>
    public async Task ExportPaymentsAsync(
        Stream to,
        string? status = null,
        Guid? trainingPoolId = null,
        string? recipient = null,
        string? reference = null,
        DateTimeOffset? createdFrom = null,
        DateTimeOffset? createdBefore = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(to);
        var request = new ClonesRequest(HttpMethod.Get, "/v1/payments/export")
            .Query("status", status)
            .Query("trainingPoolId", trainingPoolId)
            .Query("recipient", recipient)
            .Query("reference", reference)
            .Query("createdFrom", createdFrom)
            .Query("createdBefore", createdBefore);
        // Not sent again: what was written cannot be taken back.
        using var deadline = new RequestDeadline(Timeout.InfiniteTimeSpan, options.Time, cancellationToken);
        using var response = await SendOnceAsync(request, "text/csv", deadline).ConfigureAwait(false);
        var type = response.Content.Headers.ContentType?.MediaType;
        if (!response.IsSuccessStatusCode)
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            throw ClonesProblemException.From(request.Name, response.StatusCode, type, body, RetryAfter(response));
        }
        if (type != "text/csv")
        {
            throw new ClonesAnswerException(request.Name, (int)response.StatusCode, $"it is {type ?? "of no type"}, not text/csv");
        }

        await response.Content.CopyToAsync(to, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The lifecycle as the running machine has it. <c>GET /v1/agents/lifecycle</c></summary>
    /// <param name="agent">Whose path is counted; nobody's where it is null.</param>
    /// <exception cref="ClonesProblemException">The API rejected it.</exception>
    public Task<LifecycleView> GetLifecycleAsync(Guid? agent = null, CancellationToken cancellationToken = default) =>
        SendAsync<LifecycleView>(new ClonesRequest(HttpMethod.Get, "/v1/agents/lifecycle").Query("agent", agent), cancellationToken);

    /// <summary>The lifecycle, drawn. <c>GET /v1/agents/lifecycle?format=</c></summary>
    /// <param name="format"><c>mermaid</c> or <c>svg</c>.</param>
    /// <inheritdoc cref="GetLifecycleAsync"/>
    public async Task<string> DrawLifecycleAsync(string format, Guid? agent = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(format);
        var request = new ClonesRequest(HttpMethod.Get, "/v1/agents/lifecycle").Query("format", format).Query("agent", agent);
        return Encoding.UTF8.GetString((await AnswerAsync(request, cancellationToken, "*/*").ConfigureAwait(false)).Body);
    }
}
