using Serilog.Context;

namespace Clones.Api.Requests;

/// <summary>One id per request, in its answer, its problems and its logs; the caller's own where it is harmless to write down.</summary>
internal static class RequestId
{
    private const string Header = "X-Request-Id";
    private const int LengthMax = 64;

    public static void UseRequestIds(this IApplicationBuilder app) =>
        app.Use(
            async (context, next) =>
            {
                var given = context.Request.Headers[Header];
                context.TraceIdentifier = given.Count == 1 && IsPlain(given[0]) ? given[0]! : Guid.CreateVersion7().ToString("n");
                context.Response.AddHeader(Header, context.TraceIdentifier);
                using (LogContext.PushProperty("XRequestId", context.TraceIdentifier))
                {
                    await next(context);
                }
            }
        );

    private static bool IsPlain(string? text) =>
        text is { Length: > 0 and <= LengthMax } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
