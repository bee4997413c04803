namespace Clones.Api.Auth;

/// <summary>What an API key may do.</summary>
internal static class Scopes
{
    /// <summary>Pay out of any training pool.</summary>
    public const string PaymentsWrite = "payments:write";
    public const string PaymentsRead = "payments:read";

    /// <summary>List tokens that training pools may pay in.</summary>
    public const string TokensWrite = "tokens:write";

    /// <summary>Tell of what other services publish, such as graded submissions.</summary>
    public const string EventsPublish = "events:publish";

    /// <summary>Read everything.</summary>
    public const string Ops = "ops";

    public static IReadOnlyList<string> All { get; } = [PaymentsWrite, PaymentsRead, TokensWrite, EventsPublish, Ops];
}
