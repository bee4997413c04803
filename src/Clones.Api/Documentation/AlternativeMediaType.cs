using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Clones.Api.Documentation;

/// <summary>A text that an endpoint answers with in the place of JSON, where it is asked to.</summary>
internal sealed record AlternativeMediaType(string MediaType, string Example)
{
    public static Task AddAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var form in context.Description.ActionDescriptor.EndpointMetadata.OfType<AlternativeMediaType>())
        {
            operation.Responses!["200"].Content![form.MediaType] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                Example = form.Example,
            };
        }

        return Task.CompletedTask;
    }
}
