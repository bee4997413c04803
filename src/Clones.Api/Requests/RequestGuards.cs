using Clones.Api.Problems;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Clones.Api.Requests;

/// <summary>What no endpoint should have to check: size, encoding and type of the body.</summary>
internal static class RequestGuards
{
    public const int BodyBytesMax = 64 * 1024;

    public static void UseRequestGuards(this IApplicationBuilder app) =>
        app.Use(
            async (context, next) =>
            {
                if (Reject(context) is { } problem)
                {
                    await problem.ExecuteAsync(context);
                }
                else
                {
                    await next(context);
                }
            }
        );

    private static Problem? Reject(HttpContext context)
    {
        var request = context.Request;
        var limit = context.GetEndpoint()?.Metadata.GetMetadata<BodyLimit>()?.Bytes ?? BodyBytesMax;
        if (request.ContentLength > limit)
        {
            return new Problem(413, ProblemCode.BodyTooLarge, $"A body is at most {limit} bytes here.");
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = limit;
        }

        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true })
        {
            return null;
        }

        // A compressed body is not unpacked: its size would be anybody's guess.
        if (request.Headers.ContentEncoding.Count > 0)
        {
            return Problem.Field(
                "Content-Encoding",
                "must be absent; compressed bodies are not read",
                415,
                ProblemCode.UnsupportedMediaType
            );
        }

        return request.ContentType is null || IsJsonInUtf8(request.ContentType)
            ? null
            : Problem.Field("Content-Type", "must be application/json in UTF-8", 415, ProblemCode.UnsupportedMediaType);
    }

    private static bool IsJsonInUtf8(string contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (type.Charset.Length == 0 || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}

/// <summary>A larger body than <see cref="RequestGuards.BodyBytesMax"/>, for one endpoint.</summary>
internal sealed record BodyLimit(int Bytes);
