using System.Text.Json;
using System.Text.Json.Nodes;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Domain.Operations;
using Clones.Persistence;
using Clones.Solana.Rpc;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Operations;

/// <summary>Waits for the workers' answer, which is the outcome of the operation's row.</summary>
internal sealed class OperationWaiter(ClonesDbContext db, RpcEndpoints rpc, TimeProvider time)
{
    private static readonly TimeSpan HeightLimit = TimeSpan.FromSeconds(2);

    // A hint for Retry-After and nothing more: only the height counts.
    private const double SecondsPerBlock = 0.4;
    private const ulong BlocksTold = 1_000;

    /// <summary>The operation as it is when it has an outcome, or when the time is over.</summary>
    /// <exception cref="ProblemException">It was rejected or failed.</exception>
    public async Task<Operation> WaitAsync(Operation operation, PreferWait prefer, CancellationToken cancellationToken)
    {
        if (prefer.Time is null)
        {
            return operation;
        }

        await time.UntilAsync(
            async () =>
                (operation = await db.Operations.AsNoTracking().SingleAsync(o => o.Id == operation.Id, cancellationToken)).Status
                != OperationStatus.Pending,
            prefer.Time.Value,
            cancellationToken
        );
        return operation.Status is OperationStatus.Refused or OperationStatus.Failed
            ? throw await RejectedAsync(operation, cancellationToken)
            : operation;
    }

    /// <summary>What was rejected or failed, as a problem.</summary>
    public async Task<ProblemException> RejectedAsync(Operation operation, CancellationToken cancellationToken)
    {
        var members = new Dictionary<string, JsonNode?>
        {
            ["operationId"] = operation.Id.ToString(),
            ["currentStatus"] = operation.AgentStatus,
            ["permittedEvents"] = JsonSerializer.SerializeToNode(operation.PermittedEvents ?? []),
        };
        int? retryAfter = null;
        if (operation is { LastValidBlockHeight: { } last, PossibleAtBlockHeight: { } possible })
        {
            var height = await FinalizedHeightAsync(cancellationToken);
            (members["lastValidBlockHeight"], members["possibleAtBlockHeight"], members["blockHeight"]) = (last, possible, height);
            retryAfter = height is { } now ? 1 + (int)(Math.Min(possible - Math.Min(now, possible), BlocksTold) * SecondsPerBlock) : null;
        }

        return new ProblemException(
            new Problem(409, operation.ErrorCode ?? ProblemCode.EventNotValid, operation.ErrorDetail ?? "It was rejected.")
            {
                Members = members,
                RetryAfterSeconds = retryAfter,
            }
        );
    }

    /// <summary>Null where no node says it in time: the rejection is true without it.</summary>
    private async Task<ulong?> FinalizedHeightAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(HeightLimit);
        try
        {
            return await rpc.ReadAsync((node, stop) => node.GetBlockHeightAsync(Commitment.Finalized, null, stop), limit.Token);
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
