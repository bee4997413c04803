using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Clones.Client;

/// <summary>One logical call: it may be sent more than once, and is the same each time.</summary>
internal sealed class ClonesRequest(HttpMethod method, string path, string? idempotencyKey = null)
{
    private readonly StringBuilder query = new();
    private readonly List<(string Name, string Value)> headers = [];
    private byte[]? body;

    public string Name => $"{method} {path}";

    /// <summary>Whether sending it twice does no more than sending it once.</summary>
    public bool MayBeRepeated => method == HttpMethod.Get || idempotencyKey is not null;

    /// <summary>How long the API may take to answer because it was asked to wait.</summary>
    public TimeSpan WaitAsked { get; private set; }

    /// <exception cref="ArgumentException">Empty, or dots, which lead to another place than the one that is meant.</exception>
    public ClonesRequest Path(string name, object value)
    {
        var text = Text(value);
        if (text is "" or "." or "..")
        {
            throw new ArgumentException($"{name} must be neither empty nor dots.", name);
        }

        path = path.Replace($"{{{name}}}", Uri.EscapeDataString(text), StringComparison.Ordinal);
        return this;
    }

    public ClonesRequest Query(string name, object? value)
    {
        if (value is not null)
        {
            query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(Text(value)));
        }

        return this;
    }

    public ClonesRequest Header(string name, string value)
    {
        headers.Add((name, value));
        return this;
    }

    public ClonesRequest Body<T>(T value)
    {
        ArgumentNullException.ThrowIfNull(value);
        body = JsonSerializer.SerializeToUtf8Bytes(value, ClonesJson.Options);
        return this;
    }

    /// <summary>RFC 7240; whole seconds, rounded up.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than nothing or more than 30 s.</exception>
    public ClonesRequest Wait(TimeSpan? wait)
    {
        if (wait is not { } time)
        {
            return this;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, nameof(wait));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, ClonesClient.WaitMax, nameof(wait));
        WaitAsked = time;
        return Header("Prefer", string.Create(CultureInfo.InvariantCulture, $"wait={(int)Math.Ceiling(time.TotalSeconds)}"));
    }

    public HttpRequestMessage ToMessage(Uri baseAddress, string accept = "application/json")
    {
        var message = new HttpRequestMessage(method, new Uri(baseAddress, path.TrimStart('/') + query));
        message.Headers.Accept.ParseAdd(accept);
        if (idempotencyKey is not null)
        {
            message.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        }

        foreach (var (name, value) in headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            message.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        return message;
    }

    private static string Text(object value) =>
        value switch
        {
            DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
            bool flag => flag ? "true" : "false",
            IFormattable text => text.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
}
