using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Clones.Api.Documentation;

/// <summary>
/// What operations are called; generated clients have a method of that name. <c>WithName</c> says it; an endpoint without one is called after its way
/// (<c>POST /v1/things/{id}/parts</c>: <c>postThingsByIdParts</c>), so that no operation is ever without a name.
/// </summary>
internal static class OperationNames
{
    public static Task AddAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.OperationId ??= Of(context.Description.HttpMethod ?? "", context.Description.RelativePath ?? "");
        return Task.CompletedTask;
    }

    private static string Of(string method, string path) =>
        method.ToLowerInvariant()
        + string.Concat(
            path.Split('/', StringSplitOptions.RemoveEmptyEntries)
                .Skip(1)
                .SelectMany(part => part.StartsWith('{') ? ["by", .. part.Trim('{', '}').Split('-')] : part.Split('-'))
                .Select(word => char.ToUpperInvariant(word[0]) + word[1..])
        );
}
