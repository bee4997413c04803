using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Clones.Api.Problems;

namespace Clones.Api.Requests;

/// <summary>The Idempotency-Key header: 1-200 printable ASCII characters. Bound from the request; null where none was sent.</summary>
internal sealed record IdempotencyKey(string Value)
{
    private const string Header = "Idempotency-Key";
    private const int LengthMax = 200;

    /// <exception cref="ProblemException">The header is there and not a key.</exception>
    public static ValueTask<IdempotencyKey?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var given = context.Request.Headers[Header];
        if (given.Count == 0)
        {
            return ValueTask.FromResult<IdempotencyKey?>(null);
        }

        return given is [{ } key] && IsOne(key)
            ? ValueTask.FromResult<IdempotencyKey?>(new IdempotencyKey(key))
            : throw new ProblemException(Problem.Field(Header, "must be 1 to 200 printable ASCII characters, once"));
    }

    public static bool IsOne(string text) => text.Length is > 0 and <= LengthMax && text.All(c => c is >= ' ' and <= '~');

    public static ProblemException Required() => new(Problem.Field(Header, "is required, because money moves"));

    public static ProblemException Reused() =>
        new(Problem.Field(Header, "was used with another request before", 422, ProblemCode.IdempotencyKeyReused));

    /// <summary>SHA-256 of what was asked for: another request under the same key is recognised by it.</summary>
    public static byte[] HashOf<TBody>(string kind, Guid? subject, TBody body) =>
        SHA256.HashData([.. Encoding.UTF8.GetBytes($"{kind}\n{subject}\n"), .. JsonSerializer.SerializeToUtf8Bytes(body)]);
}
