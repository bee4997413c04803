using Clones.Api.Requests;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Clones.Api.Documentation;

/// <summary>The OpenAPI 3.1 document, made from the endpoints, and the page that shows it without internet.</summary>
internal static class ApiDocument
{
    private static readonly string Walkthrough = ReadWalkthrough();

    public static IServiceCollection AddApiDocument(this IServiceCollection services) =>
        services.AddOpenApi(
            "v1",
            options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.CreateSchemaReferenceId = new SchemaNames().Of;
                options.AddDocumentTransformer(DescribeAsync);
                options.AddOperationTransformer(AddHeadersAsync);
                options.AddOperationTransformer(OperationNames.AddAsync);
                options.AddOperationTransformer(AlternativeMediaType.AddAsync);
                options.AddOperationTransformer(Examples.AddAsync);
                options.AddOperationTransformer(ResponseHeaders.AddAsync);
                options.AddSchemaTransformer(OptionalSchema.UnwrapAsync);
            }
        );

    public static void MapApiDocument(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        routes
            .MapScalarApiReference(
                "/docs",
                page =>
                    page.WithTitle("Clones API")
                        .WithOpenApiRoutePattern("/openapi/{documentName}.json")
                        .DisableDefaultFonts()
                        .DisableTelemetry()
            )
            .AllowAnonymous();
    }

    private static Task DescribeAsync(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        document.Info.Title = "Clones";
        document.Info.Version = "1";
        document.Info.Description = Walkthrough;
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            ["wallet"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "From POST /v1/auth/token.",
            },
            ["apiKey"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = Auth.ApiKeys.ApiKeyScheme.Header,
            },
        };
        return Task.CompletedTask;
    }

    /// <summary>Headers that our binders read are not parameters to the framework.</summary>
    private static Task AddHeadersAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var parameters = metadata.OfType<System.Reflection.MethodInfo>().FirstOrDefault()?.GetParameters() ?? [];
        operation.Parameters ??= [];
        if (parameters.Any(p => p.ParameterType == typeof(IdempotencyKey)))
        {
            operation.Parameters.Add(
                Header("Idempotency-Key", "1-200 printable ASCII characters.", isRequired: metadata.OfType<MovesMoney>().Any())
            );
        }

        if (parameters.Any(p => p.ParameterType == typeof(PreferWait)))
        {
            operation.Parameters.Add(Header("Prefer", "wait=N: seconds to wait for the workers, at most 30."));
        }

        if (context.Description.HttpMethod == "PATCH")
        {
            operation.Parameters.Add(Header("If-Match", "The ETag of what was read, or * to overwrite.", isRequired: true));
        }

        foreach (var parameter in metadata.OfType<QueryParameter>())
        {
            operation.Parameters.Add(parameter.ToParameter());
        }

        if (!metadata.OfType<IAllowAnonymous>().Any())
        {
            AddCallers(operation, context, metadata);
        }

        return Task.CompletedTask;
    }

    /// <summary>Who may call it, by the policy that the endpoint demands; an endpoint without one is for everybody who has signed in.</summary>
    private static void AddCallers(OpenApiOperation operation, OpenApiOperationTransformerContext context, IEnumerable<object> metadata)
    {
        var authorization = context.ApplicationServices.GetRequiredService<IOptions<AuthorizationOptions>>().Value;
        var requirement = metadata
            .OfType<IAuthorizeData>()
            .Select(a => a.Policy is { } policy ? authorization.GetPolicy(policy) : null)
            .SelectMany(p => p?.Requirements ?? [])
            .OfType<Auth.Policies.Requirement>()
            .SingleOrDefault();
        operation.Security = [];
        if (requirement is not { Wallets: false })
        {
            operation.Security.Add(Scheme("wallet"));
        }

        if (requirement is not { Scopes: [] })
        {
            operation.Security.Add(Scheme("apiKey"));
        }

        if (requirement is not null)
        {
            operation.Description = $"For {requirement.Who}.";
        }

        OpenApiSecurityRequirement Scheme(string name) => new() { [new OpenApiSecuritySchemeReference(name, context.Document)] = [] };
    }

    private static string ReadWalkthrough()
    {
        using var text = new StreamReader(typeof(ApiDocument).Assembly.GetManifestResourceStream("walkthrough.md")!);
        return text.ReadToEnd();
    }

    private static OpenApiParameter Header(string name, string description, bool isRequired = false) =>
        new()
        {
            Name = name,
            In = ParameterLocation.Header,
            Description = description,
            Required = isRequired,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };
}
