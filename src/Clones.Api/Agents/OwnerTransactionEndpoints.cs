using Clones.Api.Auth;
using Clones.Api.Operations;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Domain.Transactions;
using Clones.Solana.Rpc;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clones.Api.Agents;

internal static class OwnerTransactionEndpoints
{
    private static readonly TimeSpan WaitDefault = TimeSpan.FromSeconds(5);

    public static void MapOwnerTransactions(this IEndpointRouteBuilder agents)
    {
        agents
            .MapGet("/{id}/transactions/{kind}", GetAsync)
            .RequireAuthorization(Policies.OwnerOrOps)
            .WithName("getOwnerTransaction")
            .WithSummary("The transaction that the owner is to sign: kind is token-creation or pool-creation")
            .WithProblems(400, 401, 403, 404, 409);
        agents.MapTransactionSubmission();
    }

    internal static async Task<Results<Ok<OwnerTransactionView>, Accepted<OwnerTransactionView>>> GetAsync(
        Guid id,
        string kind,
        HttpContext context,
        Caller caller,
        PreferWait prefer,
        IOwnerTransactionStore store,
        RpcEndpoints rpc,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var of = OwnerTransactions.KindOf(kind) ?? throw new ProblemException(Problem.NotFound);
        var row = (await store.FindAgentAsync(id, cancellationToken)).ReadableBy(caller);
        var owner = row.Agent.OwnerAddress;
        var current = await store.FindAsync(id, of, cancellationToken);
        var isWanted = row.Status == of.StatusThatWants();
        if (!isWanted && current.Transaction is null)
        {
            throw NotWanted(row, of);
        }

        var isExpired =
            current.Attempt is { Status: AttemptStatus.Prepared } prepared && await rpc.HasExpiredAsync(prepared, cancellationToken);
        if (!isWanted || !(isExpired || current.NeedsAttempt))
        {
            return TypedResults.Ok(OwnerTransactionView.Of(of, owner, current.Transaction, current.Attempt));
        }

        // The lifecycle asked for the first one itself; an expired one is followed by another when its owner asks. Asking twice is harmless.
        if (current.Attempt is not null && caller.Owns(owner))
        {
            await store.PublishAsync(of.RequestFor(id), cancellationToken);
        }
        var expired = (current.Transaction?.Id, current.Attempt?.Number, current.Attempt?.Status);
        var isThere = await time.UntilAsync(
            async () =>
            {
                current = await store.FindAsync(id, of, cancellationToken);
                return !current.NeedsAttempt && (current.Transaction?.Id, current.Attempt?.Number, current.Attempt?.Status) != expired;
            },
            prefer.Time ?? WaitDefault,
            cancellationToken
        );
        var view = OwnerTransactionView.Of(of, owner, current.Transaction, current.Attempt);
        if (isThere)
        {
            return TypedResults.Ok(view);
        }

        context.Response.Headers.RetryAfter = "1";
        return TypedResults.Accepted((string?)null, view.WithoutTransaction());
    }

    internal static ProblemException NotWanted(AgentRow row, TransactionKind kind) =>
        new(
            new Problem(
                409,
                ProblemCode.TransactionNotWanted,
                $"The agent is {row.Status}; its owner signs this in {kind.StatusThatWants()}."
            )
            {
                Members = new Dictionary<string, System.Text.Json.Nodes.JsonNode?> { ["currentStatus"] = row.Status },
            }
        );
}
