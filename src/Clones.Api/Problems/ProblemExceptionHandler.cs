using System.Text.Json;
using Clones.Messaging;
using Clones.Solana.Rpc;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Problems;

/// <summary>Turns what endpoints throw into problem documents. What it cannot name is a 500 and is logged with its stack.</summary>
internal sealed class ProblemExceptionHandler(ILogger<ProblemExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            return true;
        }

        var problem = exception switch
        {
            ProblemException rejected => rejected.Problem,
            BadHttpRequestException { InnerException: JsonException json } => JsonProblem.From(json),
            BadHttpRequestException bad => From(bad),
            JsonException json => JsonProblem.From(json),
            DbUpdateConcurrencyException => new Problem(412, ProblemCode.PreconditionFailed, "Somebody was faster; read it again."),
            RpcException rpc => ChainUnavailable(rpc),
            _ when PostgresErrors.IsTransient(exception) => DatabaseUnavailable(exception),
            _ => Unnamed(exception),
        };
        await problem.ExecuteAsync(httpContext);
        return true;
    }

    private static Problem From(BadHttpRequestException bad) =>
        bad.StatusCode switch
        {
            400 => new Problem(400, ProblemCode.InvalidRequest, BindingFailure.Describe(bad.Message)),
            413 => new Problem(413, ProblemCode.BodyTooLarge, "The body is larger than this endpoint reads."),
            415 => new Problem(415, ProblemCode.UnsupportedMediaType, "Send the body as application/json in UTF-8, not compressed."),
            _ => Problem.ForStatus(bad.StatusCode),
        };

    private Problem ChainUnavailable(RpcException rpc)
    {
        logger.LogWarning("The chain did not answer {Method}: {Reason}", rpc.Method, rpc.Diagnosis);
        return Problem.ChainUnavailable;
    }

    private Problem DatabaseUnavailable(Exception exception)
    {
        logger.LogWarning("The database did not answer: {Reason}", exception.GetBaseException().Message);
        return new Problem(
            503,
            ProblemCode.DatabaseUnavailable,
            "The database does not answer now, and it is not known whether the request was carried out. Send it again with the same Idempotency-Key."
        )
        {
            RetryAfterSeconds = 2,
        };
    }

    private Problem Unnamed(Exception exception)
    {
        logger.LogError(exception, "The request failed");
        return new Problem(500, ProblemCode.InternalError, "It failed here, not at your side. The request id finds it in the logs.");
    }
}
