using Clones.Api.Problems;

namespace Clones.Api.Requests;

/// <summary>ETag of what a GET showed, and the If-Match of the PATCH that builds on it.</summary>
internal static class EntityTag
{
    public static void Write(HttpContext context, string version) => context.Response.Headers.ETag = $"\"{version}\"";

    /// <exception cref="ProblemException">No If-Match (428), or it names another version (412).</exception>
    public static void Require(HttpContext context, string version)
    {
        var given = context.Request.Headers.IfMatch;
        if (given.Count == 0)
        {
            throw new ProblemException(
                Problem.Field("If-Match", "is required: the ETag of what you read", 428, ProblemCode.PreconditionRequired)
            );
        }

        var tags = given.SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries));
        if (!tags.Any(tag => tag == "*" || tag == $"\"{version}\""))
        {
            throw new ProblemException(
                Problem.Field("If-Match", "names another version: somebody was faster, read it again", 412, ProblemCode.PreconditionFailed)
            );
        }
    }
}
