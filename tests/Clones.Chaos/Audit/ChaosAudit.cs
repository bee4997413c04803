using System.Numerics;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;

namespace Clones.Chaos.Audit;

/// <summary>Holds the three accounts against each other. Pure; every line that it returns is a broken promise.</summary>
internal static class ChaosAudit
{
    public static IReadOnlyList<string> Of(Evidence evidence) =>
        [
            .. Lost(evidence),
            .. Executions(evidence),
            .. Tags(evidence),
            .. Attempts(evidence.Database),
            .. Changes(evidence.Database),
            .. Leftovers(evidence.Database),
            .. MoneyAudit.Of(evidence),
            .. AgentAudit.Of(evidence),
        ];

    /// <summary>What the clients were told against the database.</summary>
    private static IEnumerable<string> Lost(Evidence evidence)
    {
        var payments = evidence.Database.Payments.ToDictionary(p => p.Id);
        var known = new HashSet<Guid>();
        foreach (var order in evidence.Orders)
        {
            if (!evidence.Accepted.ContainsKey(order.Number))
            {
                if (evidence.Rejected.Contains(order.Number))
                {
                    continue;
                }
                yield return $"order {order.Number} was never accepted";
                continue;
            }
            var id = evidence.PaymentOf(order);
            if (!payments.TryGetValue(id, out var payment))
            {
                yield return $"order {order.Number} was accepted and the database has no payment for it";
                continue;
            }
            known.Add(id);
            if (payment.Recipient != order.Recipient.ToString())
            {
                yield return $"payment {id} is to {payment.Recipient} and was ordered to {order.Recipient}";
            }
        }
        foreach (var stranger in payments.Keys.Where(id => !known.Contains(id)))
        {
            yield return $"payment {stranger} was made and nobody has ordered it";
        }
    }

    /// <summary>The database against the chain, memo by memo.</summary>
    private static IEnumerable<string> Executions(Evidence evidence)
    {
        var entries = evidence.Entries.Where(e => e.TransactionId is not null).ToLookup(e => e.TransactionId!.Value);
        var transactions = evidence.Database.Transactions.ToDictionary(t => t.Id);
        foreach (var unknown in entries.Where(e => !transactions.ContainsKey(e.Key)))
        {
            yield return $"the chain holds memo {unknown.Key}, which the database does not know";
        }
        foreach (var transaction in transactions.Values)
        {
            var landed = entries[transaction.Id].Count(e => e.Succeeded);
            var expected = transaction.Status == TransactionStatus.Finalized ? 1 : 0;
            if (landed != expected)
            {
                yield return $"transaction {transaction.Id} is {transaction.Status} and its memo succeeded on chain {landed} times";
            }
        }
        foreach (var payment in evidence.Database.Payments)
        {
            var status = payment.TransactionId is { } id ? transactions[id].Status : (TransactionStatus?)null;
            var ended = payment.Status switch
            {
                PaymentStatus.Completed => status == TransactionStatus.Finalized,
                PaymentStatus.Failed => status is null or TransactionStatus.Failed && !string.IsNullOrEmpty(payment.Reason),
                _ => false,
            };
            if (!ended)
            {
                yield return $"payment {payment.Id} is {payment.Status} ({payment.Reason}) and its transaction {status}";
            }
            var told = evidence.Told.GetValueOrDefault(payment.Id);
            if (told != (payment.Status == PaymentStatus.Completed ? 1 : 0))
            {
                yield return $"payment {payment.Id} is {payment.Status} and was told complete {told} times";
            }
        }
    }

    /// <summary>Payment by payment, also within a transaction that several share: each stands on chain once, where the database says.</summary>
    private static IEnumerable<string> Tags(Evidence evidence)
    {
        var onChain = evidence
            .Entries.Where(e => e.Succeeded)
            .SelectMany(e => e.PaymentTags.Select(tag => (Tag: tag, e.TransactionId)))
            .ToLookup(e => e.Tag, e => e.TransactionId);
        foreach (var payment in evidence.Database.Payments)
        {
            var expected = payment.Status == PaymentStatus.Completed ? 1 : 0;
            var stands = onChain[payment.Tag].ToList();
            if (stands.Count != expected || stands.Exists(id => id != payment.TransactionId))
            {
                yield return $"payment {payment.Id} is {payment.Status} in {payment.TransactionId} and its tag stands on chain in "
                    + $"{stands.Count} transactions: {string.Join(", ", stands)}";
            }
        }
    }

    private static IEnumerable<string> Attempts(DatabaseReading database)
    {
        foreach (var transaction in database.Transactions)
        {
            var attempts = transaction.Attempts.OrderBy(a => a.Number).ToList();
            foreach (var live in attempts.Where(a => a.Status.IsLive()))
            {
                yield return $"attempt {live.Number} of {transaction.Id} is {live.Status} for ever";
            }
            foreach (
                var earlier in attempts
                    .SkipLast(1)
                    .Where(a => a.Status is not AttemptStatus.Withdrawn && (a.Status != AttemptStatus.Expired || a.Evidence is null))
            )
            {
                yield return $"attempt {earlier.Number} of {transaction.Id} is {earlier.Status}, and another was signed";
            }
        }
    }

    private static IEnumerable<string> Changes(DatabaseReading database) =>
        database
            .Changes.Where(c => !LegalChanges.Allows(c))
            .Select(c => $"illegal transition in {c.What}: {c.RowId} {c.Kind} from {c.From} to {c.To}");

    private static IEnumerable<string> Leftovers(DatabaseReading database)
    {
        // An agent that waits for its owner keeps what its deployment will cost.
        var waiting = database
            .Transactions.Where(t => t.Kind != TransactionKind.Payment && t.SettledAt is null)
            .Select(t => t.Id)
            .ToHashSet();
        foreach (var left in database.OpenReservations.Where(r => !waiting.Contains(r.TransactionId)))
        {
            yield return $"the reservation of transaction {left.TransactionId} was never released";
        }
        var open = database.OpenReservations.ToLookup(r => (r.WalletId, r.Mint ?? ""), r => new BigInteger(r.Amount));
        var totals = database.ReservedTotals.ToDictionary(t => (t.WalletId, t.Mint), t => t.Total);
        foreach (var key in open.Select(o => o.Key).Union(totals.Keys))
        {
            var sum = open[key].Aggregate(BigInteger.Zero, (a, b) => a + b);
            if (sum != totals.GetValueOrDefault(key))
            {
                yield return $"the open reservations of wallet {key.Item1} are {sum} {key.Item2}, and their total says {totals.GetValueOrDefault(key)}";
            }
        }
        if (database.OutboxLeft > 0)
        {
            yield return $"{database.OutboxLeft} messages were never delivered";
        }
    }
}
