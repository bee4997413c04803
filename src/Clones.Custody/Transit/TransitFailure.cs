using System.Net;
using System.Security.Authentication;

namespace Clones.Custody.Transit;

/// <summary>Why an attempt gave no answer to work with, and whether another may.</summary>
/// <param name="What">A sentence without its end, for the message of the exception.</param>
/// <param name="MayPass">Another attempt in a moment can succeed.</param>
/// <param name="Status">Of the answer; null where there was none.</param>
/// <param name="RetryAfter">What Vault asks for.</param>
/// <param name="Cause">What the connection said.</param>
internal sealed record TransitFailure(string What, bool MayPass, int? Status = null, TimeSpan? RetryAfter = null, Exception? Cause = null)
{
    /// <returns>Null for an answer that the caller reads: 200, 400 and 404.</returns>
    public static TransitFailure? Of(TransitReply reply) =>
        reply.Status switch
        {
            HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.NotFound => null,
            HttpStatusCode.Forbidden => Final(
                "rejects the token: it has expired, or its policy lacks read on the key and update on encrypt and decrypt. "
                    + "Renew VAULT_TOKEN or the file of VAULT_TOKEN_FILE",
                reply
            ),
            HttpStatusCode.ServiceUnavailable => Passing("is sealed or in maintenance", reply),
            HttpStatusCode.TooManyRequests => Passing("has too many requests", reply),
            HttpStatusCode.PreconditionFailed => Passing("is behind its primary", reply),
            (HttpStatusCode)472 or (HttpStatusCode)473 => Passing("is a standby that does not answer for the active node", reply),
            >= HttpStatusCode.InternalServerError => Passing("has an internal error", reply),
            >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest => Final(
                "sends us elsewhere, which is not followed with a token. Set VAULT_ADDR to the active node",
                reply
            ),
            _ => Final("gives an answer that Transit does not give. Check VAULT_ADDR and DEPOSIT_KEY_TRANSIT_MOUNT", reply),
        };

    public static TransitFailure TimedOut(TimeSpan after) => new($"has not answered in {after.TotalSeconds:0.###} s", MayPass: true);

    public static TransitFailure Disconnected(Exception cause) =>
        cause switch
        {
            HttpRequestException { InnerException: AuthenticationException } => new(
                "offers a certificate that is not trusted. Set VAULT_CACERT to the authority that signed it",
                MayPass: false,
                Cause: cause
            ),
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => new(
                "is not found by its name. Check VAULT_ADDR",
                MayPass: true,
                Cause: cause
            ),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => new(
                "is not reachable. Check VAULT_ADDR",
                MayPass: true,
                Cause: cause
            ),
            _ => new("has closed the connection", MayPass: true, Cause: cause),
        };

    public TransitUnavailableException ToException(string operation, int attempts) =>
        new($"Vault {What} (Transit {operation}, {attempts} {(attempts == 1 ? "attempt" : "attempts")}).", Status, Cause);

    private static TransitFailure Passing(string what, TransitReply reply) => new(what, true, (int)reply.Status, reply.RetryAfter);

    private static TransitFailure Final(string what, TransitReply reply) => new(what, false, (int)reply.Status);
}
