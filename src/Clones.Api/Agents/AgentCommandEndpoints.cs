using Clones.Api.Auth;
using Clones.Api.Operations;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Contracts.Agents;
using Clones.Domain.Operations;
using Clones.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clones.Api.Agents;

/// <summary>The events of the lifecycle that people send. Whether one is valid now is decided by the lifecycle alone, not here.</summary>
internal static class AgentCommandEndpoints
{
    public static void MapAgentCommands(this IEndpointRouteBuilder agents)
    {
        agents.MapCommand(
            "deploy",
            AgentEvent.InitiateDeployment,
            "Start the deployment",
            (id, operation, actor) =>
                new InitiateDeployment
                {
                    AgentId = id,
                    OperationId = operation,
                    Actor = actor,
                }
        );
        agents.MapCommand(
            "create-pool",
            AgentEvent.InitiatePoolCreation,
            "Start the creation of the liquidity pool",
            (id, operation, actor) =>
                new InitiatePoolCreation
                {
                    AgentId = id,
                    OperationId = operation,
                    Actor = actor,
                }
        );
        agents.MapCommand(
            "cancel",
            AgentEvent.Cancel,
            "Cancel the deployment that is under way",
            (id, operation, actor) =>
                new CancelDeployment
                {
                    AgentId = id,
                    OperationId = operation,
                    Actor = actor,
                }
        );
        agents.MapCommand(
            "retry",
            AgentEvent.Retry,
            "Go on with a failed deployment where the chain says it stands",
            (id, operation, actor) =>
                new RetryDeployment
                {
                    AgentId = id,
                    OperationId = operation,
                    Actor = actor,
                }
        );
        agents.MapCommand(
            "deactivate",
            AgentEvent.Deactivate,
            "Take a deployed agent out of service",
            (id, operation, actor) =>
                new DeactivateAgent
                {
                    AgentId = id,
                    OperationId = operation,
                    Actor = actor,
                }
        );
        agents.MapCommand(
            "archive",
            AgentEvent.Archive,
            "Put the agent away for good",
            (id, operation, actor) =>
                new ArchiveAgent
                {
                    AgentId = id,
                    OperationId = operation,
                    Actor = actor,
                }
        );
    }

    private static void MapCommand<TCommand>(
        this IEndpointRouteBuilder agents,
        string verb,
        string kind,
        string summary,
        Func<Guid, Guid, string, TCommand> command
    )
        where TCommand : class =>
        agents
            .MapPost(
                $"/{{id}}/{verb}",
                (
                    Guid id,
                    HttpContext http,
                    Caller caller,
                    IdempotencyKey? key,
                    PreferWait prefer,
                    AgentCommands commands,
                    CancellationToken ct
                ) => commands.SendAsync(id, kind, command, http, caller, key, prefer, ct)
            )
            .RequireAuthorization(Policies.Owner)
            .WithName(verb == "create-pool" ? "createLiquidityPool" : $"{verb}Agent")
            .WithSummary(summary)
            .WithProblems(400, 401, 403, 404, 409, 422, 503);
}

internal sealed class AgentCommands(ClonesDbContext db, AgentLifecycles lifecycles, OperationStarter operations, OperationWaiter waiter)
{
    /// <summary>How long the lifecycle has to reject what has to wait for the chain, for a caller who does not want to wait.</summary>
    private static readonly TimeSpan RejectionLimit = TimeSpan.FromSeconds(5);

    /// <summary>The events that wait while a submission may still land.</summary>
    private static readonly string[] HeldUp = [AgentEvent.Cancel, AgentEvent.Retry];

    /// <summary>Starts the operation and answers with it, or with the agent where the caller wants to wait for the lifecycle.</summary>
    public async Task<Results<Accepted<OperationView>, Ok<AgentView>>> SendAsync<TCommand>(
        Guid id,
        string kind,
        Func<Guid, Guid, string, TCommand> command,
        HttpContext context,
        Caller caller,
        IdempotencyKey? key,
        PreferWait prefer,
        CancellationToken cancellationToken
    )
        where TCommand : class
    {
        var row = await db.FindOwnAgentAsync(id, caller, cancellationToken);
        var hash = IdempotencyKey.HashOf(kind, id, "");
        var operation = await operations.FindAsync(caller, key, hash, cancellationToken);
        if (operation is null)
        {
            await lifecycles.AwaitAsync(row, cancellationToken);
            operation = operations.New(kind, caller, key, hash, agentId: id);
            operation = await operations.StartAsync(operation, command(id, operation.Id, caller.Id), caller, cancellationToken);
        }

        // The lifecycle alone rejects, so that its history records it; but a caller who can be answered at once is not sent to poll for the answer.
        var isHeldUp = prefer.Time is null && HeldUp.Contains(kind) && await db.HasSubmissionInFlightAsync(id, cancellationToken);
        operation = await waiter.WaitAsync(operation, isHeldUp ? new PreferWait(RejectionLimit) : prefer, cancellationToken);
        if (operation is { Status: OperationStatus.Refused, ErrorCode: ProblemCode.SubmissionInFlight })
        {
            throw await waiter.RejectedAsync(operation, cancellationToken);
        }

        if (prefer.Time is null || operation.Status != OperationStatus.Succeeded)
        {
            return OperationEndpoints.Accepted(operation);
        }

        row = await db.FindOwnAgentAsync(id, caller, cancellationToken);
        EntityTag.Write(context, row.Version);
        return TypedResults.Ok(AgentView.Of(row));
    }
}
