using Clones.Api.Limits;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Clones.Api.Documentation;

/// <summary>
/// The headers that answers really carry, by status and by what is answered. A test compares them with those that come over the wire. Those of the
/// transport, and those that keep browsers safe, stand on every answer and are left out.
/// </summary>
internal static class ResponseHeaders
{
    private static readonly string[] Versioned = ["PoolView", "AgentView"];

    public static Task AddAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        AddTooMany(operation, context);
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var mayWait = metadata
            .OfType<System.Reflection.MethodInfo>()
            .Any(m => m.GetParameters().Any(p => p.ParameterType == typeof(PreferWait)));
        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (response is not OpenApiResponse answer)
            {
                continue;
            }

            var headers = answer.Headers ??= new Dictionary<string, IOpenApiHeader>();
            foreach (var (name, header) in Of(operation, status, SchemaOf(answer), mayWait))
            {
                headers[name] = header;
            }
        }
        return Task.CompletedTask;
    }

    /// <summary>Any caller may be one too many, at any endpoint.</summary>
    private static void AddTooMany(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var responses = operation.Responses ??= [];
        if (responses.ContainsKey("429"))
        {
            return;
        }

        responses["429"] = new OpenApiResponse
        {
            Description = "Too Many Requests",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/problem+json"] = new()
                {
                    Schema = new OpenApiSchemaReference(nameof(ProblemView), context.Document),
                    Example = Examples.OfProblem(operation, "429"),
                },
            },
        };
    }

    private static IEnumerable<(string, OpenApiHeader)> Of(OpenApiOperation operation, string status, string? schema, bool mayWait)
    {
        yield return (
            "X-Request-Id",
            Header("The caller's own where it sent one, else one that was made for it; finds the request in the logs.", isAlways: true)
        );
        yield return (
            "RateLimit-Policy",
            Header(
                "Requests a minute that this caller has, draft-ietf-httpapi-ratelimit-headers-10: \"minute\";q=1200;w=60. Not sent where there is no limit."
            )
        );
        yield return ("RateLimit", Header("What is left of them: \"minute\";r=1180. Not sent where there is no limit."));
        if (
            schema == nameof(ProblemView)
            || operation.OperationId is "createToken" or "refreshToken" or "getLifecycle" or "exportPayments" or "streamAgentEvents"
                && status == "200"
        )
        {
            yield return ("Cache-Control", Header("Has no-store: not to be kept.", isAlways: true));
        }

        if (status == "401")
        {
            yield return (
                "WWW-Authenticate",
                Header("The ways to say who calls (RFC 9110, 11.6.1): Bearer, ApiKey. Not sent where a sign-in was rejected.")
            );
        }

        if (status == "429")
        {
            yield return ("Retry-After", Header("Whole seconds until another request is accepted.", isAlways: true));
        }

        if (status == "503")
        {
            yield return ("Retry-After", Header("Whole seconds after which it is worth another try."));
        }

        if (status == "409")
        {
            yield return (
                "Retry-After",
                Header("Whole seconds, where time will mend it: pool_not_ready, submission_in_flight, chain_is_read.")
            );
        }

        if (status == "202" && operation.OperationId == "getOwnerTransaction")
        {
            yield return ("Retry-After", Header("Whole seconds after which to ask again.", isAlways: true));
        }

        if (status == "201" || status == "202" && operation.OperationId != "getOwnerTransaction")
        {
            yield return ("Location", Header("Where it is to be read: a path on this host.", isAlways: true));
        }

        if (status is "200" or "201" && Versioned.Contains(schema))
        {
            yield return ("ETag", Header("Its version, for If-Match of a PATCH.", isAlways: true));
        }

        if (mayWait && status is "200" or "202")
        {
            yield return ("Preference-Applied", Header("wait=N, where Prefer asked for it and it was understood (RFC 7240)."));
        }

        if (operation.OperationId == "exportPayments" && status == "200")
        {
            yield return ("Content-Disposition", Header("attachment; filename=\"payments.csv\"", isAlways: true));
        }
    }

    private static string? SchemaOf(OpenApiResponse response) =>
        (response.Content?.Values.FirstOrDefault()?.Schema as OpenApiSchemaReference)?.Reference.Id;

    private static OpenApiHeader Header(string description, bool isAlways = false) =>
        new()
        {
            Description = description,
            Required = isAlways,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };
}
