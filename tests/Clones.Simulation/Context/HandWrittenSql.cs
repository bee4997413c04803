using System.Collections;
using System.Text.RegularExpressions;
using Clones.Contracts.Agents;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Persistence.Agents;
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

    public static async Task<IEnumerable> RunAsync(SimulatedContext seat, DbContext context, SqlStatement statement, object?[] arguments)
    {
        var sql = statement.Sql;
        if (context.Model.FindEntityType(statement.Element) is { } type && Locking.Match(sql) is { Success: true } locking)
        {
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
        if (sql.Contains("a.payer = 'OWNER'", StringComparison.Ordinal))
        {
            return await InOwnersHandsAsync(seat, (TimeSpan)arguments[0]!);
        }
        if (sql.Contains("INSERT INTO agent_wake_ups", StringComparison.Ordinal))
        {
            return await seat.AskAsync<IEnumerable>(() => Claim(seat, arguments.OfType<Guid[]>().Single()));
        }
        return sql switch
        {
            _ when sql.Contains("JOIN mint_keys k", StringComparison.Ordinal) => await seat.AskAsync<IEnumerable>(() =>
                GivenUpTokens(seat, row)
            ),
            _ when sql.Contains("l.liquidity_pool_address IS NULL", StringComparison.Ordinal) => await seat.AskAsync<IEnumerable>(() =>
                GivenUpPools(seat)
            ),
            _ when sql.Contains("l.status IN ('PENDING_TOKEN_SIGNATURE'", StringComparison.Ordinal) => await seat.AskAsync<IEnumerable>(
                () =>
                    Unprepared(seat, row, (TimeSpan)arguments[0]!)
            ),
            _ => throw new NotSupportedException($"The simulated database does not know: {sql}"),
        };
    }

    private static async Task<List<Guid>> InOwnersHandsAsync(SimulatedContext seat, TimeSpan again)
    {
        var now = seat.Host.World.Database.Clock;
        var held = (await seat.AskAsync(() => All<TransactionAttempt>(seat).Where(a => a.IsInOwnersHands()).ToList()))
            .Select(a => a.TransactionId)
            .ToHashSet();
        var due = await seat.LockAsync(
            typeof(ChainTransaction),
            r => r is ChainTransaction t && held.Contains(t.Id) && !IsOver(t.Status) && t.NextCheckAt <= now,
            skipLocked: true
        );
        return await seat.AskAsync(() =>
        {
            due.ForEach(transaction => seat.Session!.Update(transaction, t => PutOff((ChainTransaction)t, now, again)));
            return due.ConvertAll(t => ((ChainTransaction)t).Id);
        });
    }

    private static void PutOff(ChainTransaction transaction, DateTimeOffset now, TimeSpan again)
    {
        var wait = again * Math.Pow(2, Math.Min(transaction.WakeUps++, WakeUp.DoublingsMax));
        transaction.NextCheckAt = now + (wait < WakeUp.Max ? wait : WakeUp.Max);
    }

    // Two sweepers at once may both be given an agent here; the real one has a row to meet at. What comes of it is a duplicate message.
    private static List<Guid> Claim(SimulatedContext seat, IReadOnlyCollection<Guid> agents)
    {
        var (now, known) = (seat.Host.World.Database.Clock, seat.Host.World.Database.Deployments.WakeUps);
        List<Guid> claimed = [.. agents.Where(id => !known.TryGetValue(id, out var last) || last.NextAt <= now)];
        foreach (var id in claimed)
        {
            var times = known.TryGetValue(id, out var last) && last.NextAt >= now - WakeUp.Max ? last.Times : 0;
            var wait = WakeUp.First * Math.Pow(2, Math.Min(times, WakeUp.DoublingsMax));
            known[id] = (times + 1, now + (wait < WakeUp.Max ? wait : WakeUp.Max));
        }
        return claimed;
    }

    private static List<object> GivenUpTokens(SimulatedContext seat, RowOf row) =>
        [
            .. from life in All<AgentLifecycleInstance>(seat)
            where life is { CurrentState: "Draft" or "Failed", TokenMint: null } && !HasUnread(seat, life, TransactionKind.TokenCreation)
            join key in All<EncryptedMintKey>(seat) on life.CorrelationId equals key.AgentId
            select row.New(("AgentId", life.CorrelationId), ("Mint", key.Mint)),
        ];

    private static List<Guid> GivenUpPools(SimulatedContext seat) =>
        [
            .. from life in All<AgentLifecycleInstance>(seat)
            where
                life is { CurrentState: "Failed", TokenMint: not null, LiquidityPoolAddress: null }
                && !HasUnread(seat, life, TransactionKind.PoolCreation)
                && All<ChainTransaction>(seat).Any(t => t.AgentId == life.CorrelationId && t.Kind == TransactionKind.PoolCreation)
            select life.CorrelationId,
        ];

    // Has landed, and what it made was never read.
    private static bool HasUnread(SimulatedContext seat, AgentLifecycleInstance life, TransactionKind kind) =>
        All<ChainTransaction>(seat)
            .Any(t => t.AgentId == life.CorrelationId && t.Kind == kind && t is { Status: TransactionStatus.Finalized, Made: null });

    private static IEnumerable<T> All<T>(SimulatedContext seat) => seat.View(typeof(T)).Cast<T>();

    private static List<object> Reserved(SimulatedContext seat, RowOf row, Guid wallet, Guid except) =>
        [
            .. All<WalletReservation>(seat)
                .Where(r => r.WalletId == wallet && r.ReleasedAt is null && r.TransactionId != except)
                .GroupBy(r => r.Mint ?? "")
                .Select(g => row.New(("Mint", g.Key), ("Amount", g.Sum(r => (decimal)r.Amount)))),
        ];

    private static async Task<List<object>> SubmittedAsync(SimulatedContext seat, RowOf row, TimeSpan again)
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
                    seat.Session!.Update(transaction, t => PutOff((ChainTransaction)t, now, again));
                    found.Add(row.New(("TransactionId", transaction.Id), ("Number", attempt.Number)));
                }
            }
            return found;
        });

        IEnumerable<TransactionAttempt> AttemptsOf(Guid id) => All<TransactionAttempt>(seat).Where(a => a.TransactionId == id);
    }

    private static List<object> Unprepared(SimulatedContext seat, RowOf row, TimeSpan quietFor)
    {
        var now = seat.Host.World.Database.Clock;
        var before = now - quietFor;
        var transactions = All<ChainTransaction>(seat).ToList();
        var wakeUps = seat.Host.World.Database.Deployments.WakeUps;
        return
        [
            .. from life in All<AgentLifecycleInstance>(seat)
            let status = Domain.UpperSnakeCase.From(life.CurrentState)
            where
                status is AgentStatus.PendingTokenSignature or AgentStatus.PendingPoolSignature
                && !(life.UpdatedAt >= before && life.UpdatedAt <= now)
            let kind = status == AgentStatus.PendingTokenSignature ? TransactionKind.TokenCreation : TransactionKind.PoolCreation
            let own = transactions.Where(t => t.AgentId == life.CorrelationId)
            where !wakeUps.TryGetValue(life.CorrelationId, out var last) || last.NextAt <= now
            where !own.Any(t => t.Kind == kind && !IsOver(t.Status)) && !own.Any(t => t.SettledAt >= before && t.SettledAt <= now)
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
