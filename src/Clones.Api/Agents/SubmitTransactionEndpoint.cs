using Clones.Api.Auth;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Contracts.Deployments;
using Clones.Domain.Transactions;
using Clones.Persistence;
using Clones.Persistence.Transactions;
using Clones.Solana.Primitives;
using MassTransit;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

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
        ClonesDbContext db,
        OwnerTransactions transactions,
        IPublishEndpoint bus,
        CancellationToken cancellationToken
    )
    {
        var of = OwnerTransactions.KindOf(kind) ?? throw new ProblemException(Problem.NotFound);
        var row = await db.FindOwnAgentAsync(id, caller, cancellationToken);
        var fields = new Fields();
        var signed = fields.Text<SignedTransaction>("transaction", body.Transaction);
        fields.ThrowIfRefused();

        // Asked before the lock is taken: a lock must not wait for a node.
        var seen = await transactions.FindAsync(id, of, cancellationToken);
        if (seen is not ({ } transaction, { } attempt))
        {
            throw OwnerTransactionEndpoints.NotWanted(row, of);
        }

        if (!signed.Carries(attempt))
        {
            throw await RefusedAsync(db, transaction, signed, cancellationToken);
        }

        var signature = signed.SignatureOf(PublicKey.Parse(row.Agent.OwnerAddress), attempt).ToString();
        var isPrepared = attempt.Status == AttemptStatus.Prepared;
        if (isPrepared && await transactions.HasExpiredAsync(attempt, cancellationToken))
        {
            throw Expired();
        }

        await using var scope = await db.Database.BeginTransactionAsync(cancellationToken);
        // Both are gone where a backup was restored meanwhile.
        transaction =
            await db
                .Transactions.FromSql($"SELECT * FROM transactions WHERE id = {transaction.Id} FOR UPDATE")
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw Expired();
        attempt =
            await db.TransactionAttempts.SingleOrDefaultAsync(
                a => a.TransactionId == transaction.Id && a.Number == attempt.Number,
                cancellationToken
            ) ?? throw Expired();
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
        await bus.Publish(new CoSignTransaction { TransactionId = transaction.Id, AttemptNumber = attempt.Number }, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await db.CheckAgainAsync([transaction.Id], WakeUp.First, cancellationToken);
        await scope.CommitAsync(cancellationToken);
        return Answer(id, kind, OwnerTransactionView.Of(of, row.Agent.OwnerAddress, transaction, attempt));
    }

    private static Accepted<OwnerTransactionView> Answer(Guid id, string kind, OwnerTransactionView view) =>
        TypedResults.Accepted($"/v1/agents/{id}/transactions/{kind}", view);

    /// <summary>An earlier attempt of ours was signed too late; anything else was never ours.</summary>
    private static async Task<ProblemException> RefusedAsync(
        ClonesDbContext db,
        ChainTransaction transaction,
        SignedTransaction signed,
        CancellationToken cancellationToken
    )
    {
        var earlier = await db
            .TransactionAttempts.AsNoTracking()
            .Where(a => a.TransactionId == transaction.Id)
            .ToListAsync(cancellationToken);
        return earlier.Exists(signed.Carries)
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
