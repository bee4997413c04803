using Clones.Contracts.Agents;
using Clones.Domain;
using Clones.Domain.Agents;
using Clones.Domain.Operations;
using Clones.Persistence.Agents;
using MassTransit;

namespace Clones.Lifecycle;

/// <summary>
/// Writes down what an event did or why it did nothing: the row of the history and the answer of the operation. Only adds to the
/// context, queries nothing: the commit of the message writes it together with the instance.
/// </summary>
internal sealed class AgentHistory(ILifecycleRows rows, TimeProvider time)
{
    public AgentStatusChanged RecordTransition(BehaviorContext<AgentLifecycleInstance> context, string? from, string to)
    {
        // Covariance of ConsumeContext gives the common part of all ten messages.
        var command = ((ConsumeContext<IAgentCommand>)context).Message;
        var row = AddRow(context, command, from, to, accepted: true, (command as FailDeployment)?.Reason);
        Answer(command, OperationStatus.Succeeded, to, rejection: null);
        return new AgentStatusChanged
        {
            AgentId = row.AgentId,
            Sequence = row.Sequence,
            From = row.FromStatus,
            To = row.ToStatus,
            Event = row.Event,
            Actor = row.Actor,
            Reason = row.Reason,
            OccurredAt = row.OccurredAt,
        };
    }

    public void Reject<T>(BehaviorContext<AgentLifecycleInstance, T> context, Rejection rejection)
        where T : class, IAgentCommand
    {
        var status = UpperSnakeCase.From(context.Saga.CurrentState);
        AddRow(context, context.Message, status, status, accepted: false, rejection.Detail);
        Answer(context.Message, OperationStatus.Refused, status, rejection);
    }

    /// <summary>The event had its effect before: no row, only the answer.</summary>
    public void AnswerUnchanged(AgentLifecycleInstance instance, IAgentCommand command) =>
        Answer(command, OperationStatus.Succeeded, UpperSnakeCase.From(instance.CurrentState), rejection: null);

    /// <summary>No agent, so no history either.</summary>
    public void AnswerAgentNotFound(IAgentCommand command) =>
        Answer(command, OperationStatus.Refused, status: null, Rejection.AgentNotFound(command.AgentId));

    private AgentTransition AddRow(
        BehaviorContext<AgentLifecycleInstance> context,
        IAgentCommand command,
        string? from,
        string to,
        bool accepted,
        string? reason
    )
    {
        var now = time.GetUtcNow();
        context.Saga.Sequence++;
        context.Saga.UpdatedAt = now;
        var row = new AgentTransition
        {
            AgentId = context.Saga.CorrelationId,
            Sequence = context.Saga.Sequence,
            FromStatus = from,
            ToStatus = to,
            Event = context.EventName(),
            Accepted = accepted,
            Actor = command.Actor,
            Reason = reason,
            TransactionId = command switch
            {
                TokenCreationSucceeded success => success.TransactionId,
                PoolCreationSucceeded success => success.TransactionId,
                FailDeployment failure => failure.TransactionId,
                _ => null,
            },
            Signature = command switch
            {
                TokenCreationSucceeded success => success.Signature,
                PoolCreationSucceeded success => success.Signature,
                _ => null,
            },
            OperationId = command.OperationId,
            OccurredAt = now,
        };
        rows.Add(row);
        return row;
    }

    private void Answer(IAgentCommand command, OperationStatus outcome, string? status, Rejection? rejection)
    {
        if (command.OperationId is not { } id)
        {
            return;
        }

        var operation = rows.AnswerOperation(id);
        operation.Status = outcome;
        operation.AgentStatus = status;
        operation.ErrorCode = rejection?.Code;
        operation.ErrorDetail = rejection?.Detail;
        operation.PermittedEvents = rejection?.PermittedEvents.ToList();
        operation.LastValidBlockHeight = rejection?.InFlight?.LastValidBlockHeight;
        operation.PossibleAtBlockHeight = rejection?.InFlight?.PossibleAtBlockHeight;
        operation.CompletedAt = time.GetUtcNow();
    }
}
