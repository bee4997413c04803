using Clones.Contracts.Agents;
using Clones.Contracts.Deployments;
using Clones.Domain;
using Clones.Domain.Operations;
using Clones.Domain.Transactions;
using Clones.Persistence.Agents;
using Microsoft.EntityFrameworkCore;

namespace Clones.Lifecycle.Tests;

/// <summary>
/// Every event in every state and both sides of each guard, through the real repository. All cases run at once, each on an agent of its
/// own; what is expected comes from the specification's text.
/// </summary>
public sealed class AgentLifecycleTableTests(AgentLifecycleTableTests.Run run) : IClassFixture<AgentLifecycleTableTests.Run>
{
    public static TheoryData<string> Cases => [.. LifecycleCase.All.Select(c => c.ToString())];

    [Fact]
    public void Nothing_went_to_an_error_queue() => run.Host.Faults.ShouldBeEmpty();

    [Fact]
    public void Every_event_stands_in_the_table_for_every_state_with_and_without_a_live_submission()
    {
        foreach (var status in AgentStatus.All)
        {
            foreach (var @event in AgentEvent.All)
            {
                var cells = LifecycleCase.All.Where(c => c.Status == status && c.Event == @event).ToList();
                cells.ShouldContain(c => !c.MayLand, $"{@event} in {status}");
                cells.ShouldContain(c => c.MayLand, $"{@event} in {status}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task An_event_does_what_the_specification_says_and_nothing_else(string name)
    {
        var (row, rows, operationId) = run.Cases[name];
        var instance = await run.Host.QueryAsync(db => db.AgentLifecycles.SingleAsync(i => i.CorrelationId == rows.Id));
        var operation = await run.Host.QueryAsync(db => db.Operations.SingleAsync(o => o.Id == operationId));
        var history = await run.Host.QueryAsync(db => db.AgentTransitions.SingleAsync(t => t.AgentId == rows.Id));
        var transaction = await run.Host.QueryAsync(db =>
            db.Transactions.Include(t => t.Attempts).SingleOrDefaultAsync(t => t.AgentId == rows.Id)
        );
        var accepted = row.IsAccepted;
        var status = accepted ? row.Target! : row.Status;

        UpperSnakeCase.From(instance.CurrentState).ShouldBe(status);
        instance.Sequence.ShouldBe(AgentRows.SequenceBefore + 1);
        instance.Version.ShouldBe(2);

        history.ShouldSatisfyAllConditions(
            () => history.Sequence.ShouldBe(instance.Sequence),
            () => history.FromStatus.ShouldBe(row.Status),
            () => history.ToStatus.ShouldBe(status),
            () => history.Event.ShouldBe(row.Event),
            () => history.Accepted.ShouldBe(accepted),
            () => history.Actor.ShouldBe(AgentEvents.Actor),
            () => history.OperationId.ShouldBe(operationId),
            () => history.TransactionId.ShouldBe(NamesTransaction(row.Event) ? rows.TransactionId : null),
            () => history.Signature.ShouldBe(AgentEvents.MadeBy(row.Event)?.Made.Signature),
            () => history.Reason.ShouldBe(accepted ? (row.Event == AgentEvent.Fail ? AgentEvents.FailReason : null) : operation.ErrorDetail)
        );

        operation.AgentStatus.ShouldBe(status);
        operation.CompletedAt.ShouldNotBeNull();
        if (accepted)
        {
            ShouldBeSucceeded(operation);
        }
        else
        {
            ShouldBeRejected(operation, row);
        }

        ShouldHoldTheContext(instance, row, accepted);
        ShouldHaveClosed(transaction, row, accepted);
        ShouldHavePublished(run.Host.Published, rows.Id, row, accepted);
    }

    private static bool NamesTransaction(string @event) =>
        @event is AgentEvent.Fail or AgentEvent.TokenCreationSuccess or AgentEvent.PoolCreationSuccess;

    private static void ShouldBeSucceeded(Operation operation)
    {
        operation.Status.ShouldBe(OperationStatus.Succeeded);
        operation.ErrorCode.ShouldBeNull();
        operation.ErrorDetail.ShouldBeNull();
        operation.PermittedEvents.ShouldBeNull();
        operation.PossibleAtBlockHeight.ShouldBeNull();
    }

    private static void ShouldBeRejected(Operation operation, LifecycleCase row)
    {
        var permitted = AgentEvent
            .All.Where(e => LifecycleDiagram.Arrows.Any(a => a.From == row.Status && a.Event == e))
            .Where(e => !row.IsHeldUp || e is not (AgentEvent.Cancel or AgentEvent.Fail or AgentEvent.Retry))
            .ToList();
        operation.Status.ShouldBe(OperationStatus.Refused);
        operation.ErrorCode.ShouldBe(
            row.IsHeldUp ? "submission_in_flight"
            : row.IsUnfounded ? "success_not_on_record"
            : "event_not_valid"
        );
        ShouldTellTheHeights(operation, row);
        operation.PermittedEvents.ShouldBe(permitted);
        foreach (
            var word in permitted.Append(row.IsUnfounded ? "the database shows no finalized transaction" : row.Status).Append(row.Event)
        )
        {
            operation.ErrorDetail.ShouldNotBeNull().ShouldContain(word);
        }
    }

    /// <summary>Who is rejected because something may land learns until when, and from when on to ask again: one node here, so 150 blocks on.</summary>
    private static void ShouldTellTheHeights(Operation operation, LifecycleCase row)
    {
        ulong? last = row.IsHeldUp && row.MayLand ? AgentRows.LastValidBlockHeight : null;
        operation.LastValidBlockHeight.ShouldBe(last);
        operation.PossibleAtBlockHeight.ShouldBe(last + 150);
        if (last is not null)
        {
            operation
                .ErrorDetail.ShouldNotBeNull()
                .ShouldContain($"up to block height {last}. Ask again when the finalized block height is {last + 150}");
        }
    }

    private static void ShouldHoldTheContext(AgentLifecycleInstance instance, LifecycleCase row, bool accepted)
    {
        var (error, failures) = (accepted, row.Event) switch
        {
            (true, AgentEvent.Fail) => (AgentEvents.FailReason, AgentRows.FailuresBefore + 1),
            (true, AgentEvent.TokenCreationSuccess or AgentEvent.PoolCreationSuccess) => (null, 0),
            _ => ("the error before", AgentRows.FailuresBefore),
        };
        instance.LastError.ShouldBe(error);
        instance.ConsecutiveFailures.ShouldBe(failures);

        var newToken = accepted && row.Event == AgentEvent.TokenCreationSuccess;
        instance.TokenMint.ShouldBe(
            newToken ? "new-mint"
            : row.TokenExists ? "mint"
            : null
        );
        instance.TokenSignature.ShouldBe(
            newToken ? "new-signature"
            : row.TokenExists ? AgentRows.TokenSignature
            : null
        );
        instance.TokenSlot.ShouldBe(
            newToken ? ulong.MaxValue
            : row.TokenExists ? 10UL
            : null
        );
        instance.TokenBlockTime.ShouldBe(newToken ? 1_800_000_000L : null);

        var newPool = accepted && row.Event == AgentEvent.PoolCreationSuccess;
        var hadPool = row.Status is AgentStatus.Deployed or AgentStatus.Deactivated;
        instance.LiquidityPoolAddress.ShouldBe(
            newPool ? "new-pool"
            : hadPool ? "pool"
            : null
        );
        instance.LiquidityPoolSignature.ShouldBe(
            newPool ? "new-signature"
            : hadPool ? AgentRows.PoolSignature
            : null
        );
        instance.LiquidityPoolSlot.ShouldBe(
            newPool ? ulong.MaxValue - 1
            : hadPool ? 20UL
            : null
        );
        instance.LiquidityPoolBlockTime.ShouldBeNull();
    }

    private void ShouldHaveClosed(ChainTransaction? transaction, LifecycleCase row, bool accepted)
    {
        if (row.Transaction is not var (_, status, attemptStatus))
        {
            // Only the success that is told has one, which is at its end.
            (transaction?.Status ?? TransactionStatus.Finalized).ShouldBe(TransactionStatus.Finalized);
            return;
        }

        TransactionStatus[] ends = [TransactionStatus.Finalized, TransactionStatus.Failed, TransactionStatus.Cancelled];
        var closes = accepted && row.Event is AgentEvent.Cancel or AgentEvent.Fail && row.Status != AgentStatus.TokenCreated;
        var isClosed = closes && !ends.Contains(status);
        transaction.ShouldNotBeNull().Status.ShouldBe(isClosed ? TransactionStatus.Cancelled : status);
        var attempt = transaction.Attempts.ShouldHaveSingleItem();
        attempt.Status.ShouldBe(isClosed && attemptStatus == AttemptStatus.Prepared ? AttemptStatus.Withdrawn : attemptStatus);
        (attempt.ClosedAt is not null).ShouldBe(attempt.Status != attemptStatus);
        run.Released.Contains(transaction.Id).ShouldBe(isClosed);
    }

    private static void ShouldHavePublished(IEnumerable<object> published, Guid agentId, LifecycleCase row, bool accepted)
    {
        var changed = published.OfType<AgentStatusChanged>().Where(m => m.AgentId == agentId).ToArray();
        changed.Length.ShouldBe(accepted ? 1 : 0);
        if (accepted)
        {
            changed[0]
                .ShouldSatisfyAllConditions(
                    m => m.From.ShouldBe(row.Status),
                    m => m.To.ShouldBe(row.Target),
                    m => m.Event.ShouldBe(row.Event),
                    m => m.Sequence.ShouldBe(AgentRows.SequenceBefore + 1),
                    m => m.Actor.ShouldBe(AgentEvents.Actor),
                    m => m.Reason.ShouldBe(row.Event == AgentEvent.Fail ? AgentEvents.FailReason : null)
                );
        }

        published
            .OfType<PrepareTokenCreation>()
            .Count(m => m.AgentId == agentId)
            .ShouldBe(accepted && row.Target == AgentStatus.PendingTokenSignature ? 1 : 0);
        published
            .OfType<PreparePoolCreation>()
            .Count(m => m.AgentId == agentId)
            .ShouldBe(accepted && row.Target == AgentStatus.PendingPoolSignature ? 1 : 0);
    }

    public sealed class Run : IAsyncLifetime
    {
        internal LifecycleHost Host { get; private set; } = null!;
        internal Dictionary<string, (LifecycleCase Row, AgentRows Rows, Guid OperationId)> Cases { get; } = [];
        internal HashSet<Guid> Released { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            Host = await LifecycleHost.StartAsync();
            foreach (var row in LifecycleCase.All)
            {
                var rows = new AgentRows(row.Status, row.TokenExists);
                if (row.Transaction is var (kind, status, attempt))
                {
                    rows.With(kind, status, attempt, payer: row.Payer);
                }
                else
                {
                    rows.Behind(row.Event);
                }

                Cases.Add(row.ToString(), (row, rows, rows.Asking(row.Event)));
            }
            await Host.SaveAsync(Cases.Values.SelectMany(c => c.Rows.All));

            foreach (var (row, rows, operationId) in Cases.Values)
            {
                await Host.PublishAsync(AgentEvents.Create(row.Event, rows.Id, operationId, rows.TransactionId));
            }

            foreach (var (_, _, operationId) in Cases.Values)
            {
                await Host.AnswerOfAsync(operationId);
            }

            await Host.DrainAsync();
            Released = await Host.QueryAsync(db =>
                db.WalletReservations.Where(r => r.ReleasedAt != null).Select(r => r.TransactionId).ToHashSetAsync()
            );
        }

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
