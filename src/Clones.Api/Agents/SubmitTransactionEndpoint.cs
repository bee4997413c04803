using Clones.Api.Auth;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Contracts.Deployments;
using Clones.Domain.Transactions;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Microsoft.AspNetCore.Http.HttpResults;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Api.Agents;

internal static class SubmitTransactionEndpoint
{
    public static void MapTransactionSubmission(this IEndpointRouteBuilder agents) =>
        agents
            .MapPost("/{id}/transactions/{kind}", SubmitAsync)
            .RequireAuthorization(Policies.Owner)
            .WithName("submitOwnerTransaction")
            .WithSummary("Hand in the transaction with the owner's signature")
            .WithProblems(400, 401, 403, 404, 409, 422);

    internal static async Task<Accepted<OwnerTransactionView>> SubmitAsync(
        Guid id,
        string kind,
        SignedTransactionRequest body,
        Caller caller,
        IOwnerTransactionStore store,
        RpcEndpoints rpc,
        CancellationToken cancellationToken
    )
    {
        var of = OwnerTransactions.KindOf(kind) ?? throw new ProblemException(Problem.NotFound);
        var row = (await store.FindAgentAsync(id, cancellationToken)).OwnedBy(caller);
        var fields = new Fields();
        var signed = fields.Text<SignedTransaction>("transaction", body.Transaction);
        fields.ThrowIfRejected();

        // Asked before the lock is taken: a lock must not wait for a node.
        var seen = await store.FindAsync(id, of, cancellationToken);
        if (seen is not ({ } transaction, { } attempt))
        {
            throw OwnerTransactionEndpoints.NotWanted(row, of);
        }

        if (!signed.Carries(attempt))
        {
            throw await RejectedAsync(store, transaction, signed, cancellationToken);
        }

        var signature = signed.SignatureOf(PublicKey.Parse(row.Agent.OwnerAddress), attempt).ToString();
        var isPrepared = attempt.Status == AttemptStatus.Prepared;
        if (isPrepared && await rpc.HasExpiredAsync(attempt, cancellationToken))
        {
            throw Expired();
        }

        await using var submission = await store.LockAsync(transaction.Id, attempt.Number, cancellationToken);
        (transaction, attempt) = submission.Rows ?? throw Expired();
        if (attempt.OwnerSignature == signature)
        {
            return Answer(id, kind, OwnerTransactionView.Of(of, row.Agent.OwnerAddress, transaction, attempt));
        }

        if (attempt.Status != AttemptStatus.Prepared || transaction.AttemptNumber != attempt.Number)
        {
            throw Expired();
        }

        if (transaction.Status is not (TransactionStatus.Accepted or TransactionStatus.Expired))
        {
            throw OwnerTransactionEndpoints.NotWanted(row, of);
        }

        attempt.MoveTo(AttemptStatus.Submitted);
        attempt.OwnerSignature = signature;
        var request = new CoSignTransaction { TransactionId = transaction.Id, AttemptNumber = attempt.Number };
        await submission.CommitAsync(request, cancellationToken);
        return Answer(id, kind, OwnerTransactionView.Of(of, row.Agent.OwnerAddress, transaction, attempt));
    }

    private static Accepted<OwnerTransactionView> Answer(Guid id, string kind, OwnerTransactionView view) =>
        TypedResults.Accepted($"/v1/agents/{id}/transactions/{kind}", view);

    /// <summary>An earlier attempt of ours was signed too late; anything else was never ours.</summary>
    private static async Task<ProblemException> RejectedAsync(
        IOwnerTransactionStore store,
        ChainTransaction transaction,
        SignedTransaction signed,
        CancellationToken cancellationToken
    )
    {
        var earlier = await store.AttemptsAsync(transaction.Id, cancellationToken);
        return earlier.Any(signed.Carries)
            ? Expired()
            : new ProblemException(
                Problem.Field("transaction", "is not the one that was prepared: its message differs", 422, ProblemCode.TransactionAltered)
            );
    }

    private static ProblemException Expired() =>
        new(
            new Problem(
                409,
                ProblemCode.TransactionExpired,
                "This transaction can land no more, or another took its place. GET gives a fresh one."
            )
        );
}
