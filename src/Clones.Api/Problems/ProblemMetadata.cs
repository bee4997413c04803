using System.Text.Json.Serialization;

namespace Clones.Api.Problems;

internal static class ProblemMetadata
{
    /// <summary>Documents the problems that an endpoint answers with.</summary>
    public static TBuilder WithProblems<TBuilder>(this TBuilder builder, params int[] statuses)
        where TBuilder : IEndpointConventionBuilder
    {
        foreach (var status in statuses)
        {
            builder.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ProblemView), ["application/problem+json"]));
        }

        return builder;
    }
}

/// <summary>The members of a problem document; for the OpenAPI document. There may be further ones.</summary>
/// <param name="Errors">Reasons by field, header or query parameter, where one of them is to blame.</param>
/// <param name="CurrentStatus">Of the agent, where the event is not valid in it.</param>
/// <param name="PermittedEvents">The events that are valid in that status.</param>
/// <param name="OperationId">The operation that was rejected.</param>
/// <param name="LastValidBlockHeight">The last one at which the submission in flight can land.</param>
/// <param name="PossibleAtBlockHeight">The finalized one from which on the event becomes possible.</param>
/// <param name="BlockHeight">The finalized one now; null where no node says it.</param>
/// <param name="Items">The rejected ones of a batch of which all or none were to be paid.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record ProblemView(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    string RequestId,
    Dictionary<string, string[]>? Errors = null,
    string? CurrentStatus = null,
    IReadOnlyList<string>? PermittedEvents = null,
    Guid? OperationId = null,
    ulong? LastValidBlockHeight = null,
    ulong? PossibleAtBlockHeight = null,
    ulong? BlockHeight = null,
    IReadOnlyList<Payments.BatchItemView>? Items = null
);
