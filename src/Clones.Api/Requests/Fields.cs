using Clones.Api.Problems;

namespace Clones.Api.Requests;

/// <summary>Reads the fields of one request, collecting every reason, so that a caller learns of all of them at once.</summary>
internal sealed class Fields
{
    private readonly SortedDictionary<string, string[]> errors = new(StringComparer.Ordinal);

    /// <summary>The default value where the field is rejected: <see cref="ThrowIfRejected"/> comes before any use of it.</summary>
    public T Text<T>(string name, string? raw)
        where T : IField<T, string> => raw is null ? Reject<T>(name, "must not be null") : Take(name, T.Parse(raw));

    /// <inheritdoc cref="Text{T}"/>
    public T Number<T>(string name, int raw)
        where T : IField<T, int> => Take(name, T.Parse(raw));

    public T? OptionalText<T>(string name, string? raw)
        where T : struct, IField<T, string> => raw is null ? null : Take(name, T.Parse(raw));

    public T Take<T>(string name, Parsed<T> parsed) => parsed.Reason is { } reason ? Reject<T>(name, reason) : parsed.Value!;

    public T Reject<T>(string name, string reason)
    {
        errors.TryAdd(name, [reason]);
        return default!;
    }

    public bool IsRejected(string name) => errors.ContainsKey(name);

    /// <exception cref="ProblemException">A field was rejected.</exception>
    public void ThrowIfRejected()
    {
        if (errors.Count == 0)
        {
            return;
        }

        var detail =
            errors.Count == 1
                ? $"{errors.First().Key} {errors.First().Value[0]}."
                : $"{errors.Count} fields are not valid: {string.Join(", ", errors.Keys)}.";
        throw new ProblemException(new Problem(400, ProblemCode.InvalidRequest, detail) { Errors = errors });
    }
}
