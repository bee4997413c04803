using Clones.Contracts.Agents;
using Clones.Domain;
using Clones.Domain.Payments;
using Microsoft.OpenApi;

namespace Clones.Api.Documentation;

/// <summary>A query parameter that an endpoint reads by itself, so that the framework does not see it; for the OpenAPI document.</summary>
/// <param name="Format">Of JSON Schema; null for plain text and numbers.</param>
/// <param name="Values">All there are; null where any text may stand.</param>
internal sealed record QueryParameter(
    string Name,
    string Description,
    JsonSchemaType Type = JsonSchemaType.String,
    string? Format = null,
    IReadOnlyList<string>? Values = null
)
{
    public static QueryParameter Limit { get; } = new("limit", "1 to 100; 50 where it is left out.", JsonSchemaType.Integer);

    public static QueryParameter Cursor { get; } = new("cursor", "nextCursor of the page before, with the same filters.");

    public static QueryParameter TrainingPool { get; } = new("trainingPoolId", "Of this training pool.", Format: "uuid");

    public static QueryParameter AgentsStatus { get; } = new("status", "In this status.", Values: AgentStatus.All);

    /// <summary>Those that <see cref="Payments.PaymentFilter"/> reads.</summary>
    public static IReadOnlyList<QueryParameter> OfPayments { get; } =
    [
        new("status", "In this status.", Values: [.. Enum.GetValues<PaymentStatus>().Select(s => UpperSnakeCase.From(s))]),
        TrainingPool,
        new("recipient", "To this wallet."),
        new("reference", "With exactly this reference."),
        new("createdFrom", "Created then or later (RFC 3339, with its offset).", Format: "date-time"),
        new("createdBefore", "Created before then (RFC 3339, with its offset).", Format: "date-time"),
    ];

    public OpenApiParameter ToParameter() =>
        new()
        {
            Name = Name,
            In = ParameterLocation.Query,
            Description = Description,
            Schema = new OpenApiSchema
            {
                Type = Type,
                Format = Format,
                Enum = Values?.Select(v => (System.Text.Json.Nodes.JsonNode)v).ToList(),
            },
        };
}

internal static class QueryParameterMetadata
{
    public static TBuilder WithQuery<TBuilder>(this TBuilder builder, params IEnumerable<QueryParameter> parameters)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata([.. parameters]);

    /// <summary>A list in pages, with these filters.</summary>
    public static TBuilder WithPages<TBuilder>(this TBuilder builder, params IEnumerable<QueryParameter> filters)
        where TBuilder : IEndpointConventionBuilder => builder.WithQuery([QueryParameter.Limit, QueryParameter.Cursor, .. filters]);
}

/// <summary>An endpoint where the Idempotency-Key may not be left out.</summary>
internal sealed record MovesMoney;
