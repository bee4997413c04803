using Clones.Domain;

namespace Clones.Api.Requests;

/// <summary><see cref="PlainTextRule"/> as a rejection of a field.</summary>
internal static class PlainText
{
    /// <inheritdoc cref="PlainTextRule.Reject"/>
    public static Rejection? Reject(string text, int min, int max, bool lines = false) =>
        PlainTextRule.Reject(text, min, max, lines) is { } reason ? new Rejection(reason) : null;
}
