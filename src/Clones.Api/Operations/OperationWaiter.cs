using System.Text.Json;
using System.Text.Json.Nodes;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Persistence;
using Clones.Persistence.Operations;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Operations;

/// <summary>Waits for the workers' answer, which is the outcome of the operation's row.</summary>
internal sealed class OperationWaiter(ClonesDbContext db, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>The operation as it is when it has an outcome, or when the time is over.</summary>
    /// <exception cref="ProblemException">It was refused or failed.</exception>
    public async Task<Operation> WaitAsync(Operation operation, PreferWait prefer, CancellationToken cancellationToken)
    {
        if (prefer.Time is null)
            return operation;
        await UntilAsync(
            async () =>
                (operation = await db.Operations.AsNoTracking().SingleAsync(o => o.Id == operation.Id, cancellationToken)).Status
                != OperationStatus.Pending,
            prefer.Time.Value,
            cancellationToken
        );
        return operation.Status is OperationStatus.Refused or OperationStatus.Failed ? throw Refused(operation) : operation;
    }

    /// <summary>Asks every 50 ms until it is so, at least once.</summary>
    /// <returns>Whether it came to be so in time.</returns>
    public async Task<bool> UntilAsync(Func<Task<bool>> isSo, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (!await isSo())
        {
            if (time.GetElapsedTime(start) >= limit)
                return false;
            await Task.Delay(Interval, time, cancellationToken);
        }
        return true;
    }

    private static ProblemException Refused(Operation operation) =>
        new(
            new Problem(409, operation.ErrorCode ?? ProblemCode.EventNotValid, operation.ErrorDetail ?? "It was refused.")
            {
                Members = new Dictionary<string, JsonNode?>
                {
                    ["operationId"] = operation.Id.ToString(),
                    ["currentStatus"] = operation.AgentStatus,
                    ["permittedEvents"] = JsonSerializer.SerializeToNode(operation.PermittedEvents ?? []),
                },
            }
        );
}
