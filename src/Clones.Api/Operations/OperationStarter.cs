using Clones.Api.Auth;
using Clones.Api.Requests;
using Clones.Domain.Operations;
using Clones.Persistence;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Clones.Api.Operations;

/// <summary>
/// Starts work once: the operation, what belongs to it and the message to the workers in one commit. The same key with the same request finds
/// the operation that it started before.
/// </summary>
internal sealed class OperationStarter(ClonesDbContext db, IPublishEndpoint bus, TimeProvider time)
{
    /// <summary>The operation that this caller started under this key; null where there is none, or no key.</summary>
    /// <exception cref="Problems.ProblemException">The key was used with another request.</exception>
    public async Task<Operation?> FindAsync(Caller caller, IdempotencyKey? key, byte[] requestHash, CancellationToken cancellationToken)
    {
        if (key is null)
        {
            return null;
        }

        var earlier = await db
            .Operations.AsNoTracking()
            .FirstOrDefaultAsync(o => o.Caller == caller.Id && o.IdempotencyKey == key.Value, cancellationToken);
        return earlier is null || earlier.RequestHash.AsSpan().SequenceEqual(requestHash) ? earlier : throw IdempotencyKey.Reused();
    }

    /// <summary>A pending operation, not yet stored.</summary>
    public Operation New(
        string kind,
        Caller caller,
        IdempotencyKey? key,
        byte[] requestHash,
        Guid? agentId = null,
        Guid? trainingPoolId = null
    ) =>
        new()
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            Kind = kind,
            Status = OperationStatus.Pending,
            Caller = caller.Id,
            AgentId = agentId,
            TrainingPoolId = trainingPoolId,
            IdempotencyKey = key?.Value,
            RequestHash = key is null ? null : requestHash,
            CreatedAt = time.GetUtcNow(),
        };

    /// <summary>Commits the operation, whatever else the context holds, and the message.</summary>
    /// <returns>This operation, or the earlier one of the same request that was faster.</returns>
    /// <exception cref="DbUpdateException">Another rule of the database than that of the key rejected it.</exception>
    public async Task<Operation> StartAsync<TMessage>(
        Operation operation,
        TMessage message,
        Caller caller,
        CancellationToken cancellationToken
    )
        where TMessage : class
    {
        db.Operations.Add(operation);
        await bus.Publish(message, cancellationToken);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return operation;
        }
        catch (DbUpdateException e) when (operation.IdempotencyKey is not null && IsUniqueViolation(e))
        {
            db.ChangeTracker.Clear();
            if (
                await FindAsync(caller, new IdempotencyKey(operation.IdempotencyKey), operation.RequestHash!, cancellationToken) is
                { } first
            )
            {
                return first;
            }

            throw;
        }
    }

    public static bool IsUniqueViolation(DbUpdateException e) =>
        e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };
}
