using System.Collections;
using System.Text.RegularExpressions;
using Clones.Contracts.Agents;
using Clones.Persistence.Agents;
using Clones.Persistence.Settlement;
using Clones.Persistence.Wallets;
using Microsoft.EntityFrameworkCore;

namespace Clones.Simulation.Context;

/// <summary>
/// The statements that the code under test writes by hand. Those that lock rows are read; the others are known by what stands in them, and are done
/// here in the same way. One that is not known is no answer but an error: whoever writes a new one teaches it here.
/// </summary>
internal static partial class HandWrittenSql
{
    [GeneratedRegex(@"^\s*SELECT .+? FROM (?<table>\w+)\s+WHERE (?<where>.+?)\s+FOR (UPDATE|SHARE)\s*$", RegexOptions.Singleline)]
    private static partial Regex Locking { get; }

    public static async Task<IEnumerable> RunAsync(Seat seat, DbContext context, SqlStatement statement, object?[] arguments)
    {
        var sql = statement.Sql;
        if (context.Model.FindEntityType(statement.Element) is { } type && Locking.Match(sql) is { Success: true } locking)
        {
            if (seat.IsLifecycle && seat.Host.World.Plant.LifecycleSeesNoSubmission)
            {
                return Array.Empty<object>();
            }
            var isWanted = WhereClause.Read(type, locking.Groups["where"].Value, arguments);
            return await seat.LockAsync(statement.Element, isWanted);
        }
        var row = new RowOf(statement.Element);
        if (sql.Contains("FROM signing_fence", StringComparison.Ordinal))
        {
            var database = seat.Host.World.Database;
            return await seat.AskAsync<IEnumerable>(() =>
                new[] { database.Faults.WithoutFence ? database.ReadFence() with { IsOpen = true, IsHere = true } : database.ReadFence() }
            );
        }
        if (sql.Contains("FROM wallet_reservations", StringComparison.Ordinal))
        {
            return await seat.AskAsync<IEnumerable>(() => Reserved(seat, row, (Guid)arguments[0]!, (Guid)arguments[1]!));
        }
        if (sql.Contains("a.status = 'SUBMITTED'", StringComparison.Ordinal))
        {
            return await SubmittedAsync(seat, row, (TimeSpan)arguments[0]!);
        }
        return sql.Contains("FROM agent_lifecycles l", StringComparison.Ordinal) && sql.Contains("NOT EXISTS", StringComparison.Ordinal)
            ? await seat.AskAsync<IEnumerable>(() => Unprepared(seat, row, (TimeSpan)arguments[0]!))
            : throw new NotSupportedException($"The simulated database does not know: {sql}");
    }

    private static List<object> Reserved(Seat seat, RowOf row, Guid wallet, Guid except) =>
        [
            .. seat.View(typeof(WalletReservation))
                .Cast<WalletReservation>()
                .Where(r => r.WalletId == wallet && r.ReleasedAt is null && r.TransactionId != except)
                .GroupBy(r => r.Mint ?? "")
                .Select(g => row.New(("Mint", g.Key), ("Amount", g.Sum(r => (decimal)r.Amount)))),
        ];

    private static async Task<List<object>> SubmittedAsync(Seat seat, RowOf row, TimeSpan again)
    {
        var now = seat.Host.World.Database.Clock;
        var due = await seat.LockAsync(
            typeof(ChainTransaction),
            r => r is ChainTransaction { Kind: not TransactionKind.Payment } t && !IsOver(t.Status) && t.NextCheckAt <= now,
            skipLocked: true
        );
        return await seat.AskAsync(() =>
        {
            var found = new List<object>();
            foreach (var transaction in due.Cast<ChainTransaction>())
            {
                foreach (var attempt in AttemptsOf(transaction.Id).Where(a => a.Status == AttemptStatus.Submitted))
                {
                    seat.Session!.Update(transaction, t => ((ChainTransaction)t).NextCheckAt = now + again);
                    found.Add(row.New(("TransactionId", transaction.Id), ("Number", attempt.Number)));
                }
            }
            return found;
        });

        IEnumerable<TransactionAttempt> AttemptsOf(Guid id) =>
            seat.View(typeof(TransactionAttempt)).Cast<TransactionAttempt>().Where(a => a.TransactionId == id);
    }

    private static List<object> Unprepared(Seat seat, RowOf row, TimeSpan quietFor)
    {
        var before = seat.Host.World.Database.Clock - quietFor;
        var transactions = seat.View(typeof(ChainTransaction)).Cast<ChainTransaction>().ToList();
        return
        [
            .. from life in seat.View(typeof(AgentLifecycleInstance)).Cast<AgentLifecycleInstance>()
            let status = Persistence.UpperSnakeCase.From(life.CurrentState)
            where status is AgentStatus.PendingTokenSignature or AgentStatus.PendingPoolSignature && life.UpdatedAt < before
            let kind = status == AgentStatus.PendingTokenSignature ? TransactionKind.TokenCreation : TransactionKind.PoolCreation
            let own = transactions.Where(t => t.AgentId == life.CorrelationId)
            where !own.Any(t => t.Kind == kind && !IsOver(t.Status)) && !own.Any(t => t.SettledAt > before)
            select row.New(("AgentId", life.CorrelationId), ("Status", status)),
        ];
    }

    private static bool IsOver(TransactionStatus status) =>
        status is TransactionStatus.Finalized or TransactionStatus.Failed or TransactionStatus.Cancelled;

    /// <summary>Makes rows of a type that only the code under test knows.</summary>
    private sealed class RowOf(Type type)
    {
        public object New(params (string Name, object Value)[] columns)
        {
            var constructor = type.GetConstructors().Single();
            return constructor.Invoke([.. constructor.GetParameters().Select(p => columns.Single(c => c.Name == p.Name).Value)]);
        }
    }
}
