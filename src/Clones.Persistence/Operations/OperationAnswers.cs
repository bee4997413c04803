using Clones.Domain.Operations;

namespace Clones.Persistence.Operations;

public static class OperationAnswers
{
    /// <summary>
    /// The operation, to set its outcome on; the next save writes what was set and nothing else. It is not read first, because whoever
    /// answers knows its id only and a round trip for the rest would be for nothing. An operation that does not exist fails the save
    /// (DbUpdateConcurrencyException): the message that named it is wrong.
    /// </summary>
    public static Operation AnswerOperation(this ClonesDbContext db, Guid operationId) =>
        db.Operations.Local.FindEntry(operationId)?.Entity
        ?? db.Operations.Attach(
            new Operation
            {
                Id = operationId,
                Kind = "",
                Caller = "",
                Status = OperationStatus.Pending,
                CreatedAt = default,
            }
        ).Entity;
}
