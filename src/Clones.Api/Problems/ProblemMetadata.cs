namespace Clones.Api.Problems;

internal static class ProblemMetadata
{
    /// <summary>Documents the problems that an endpoint answers with.</summary>
    public static TBuilder WithProblems<TBuilder>(this TBuilder builder, params int[] statuses)
        where TBuilder : IEndpointConventionBuilder
    {
        foreach (var status in statuses)
            builder.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ProblemView), ["application/problem+json"]));
        return builder;
    }
}

/// <summary>The members that every problem document has; for the OpenAPI document.</summary>
/// <param name="Errors">Reasons by field, header or query parameter.</param>
internal sealed record ProblemView(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    string RequestId,
    Dictionary<string, string[]>? Errors
);
