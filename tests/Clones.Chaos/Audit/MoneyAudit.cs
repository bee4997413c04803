using Clones.Domain.Payments;
using Clones.Solana.Primitives;

namespace Clones.Chaos.Audit;

/// <summary>To the last unit: each transfer against its payment, each wallet against its history, each person against what they were to get.</summary>
internal static class MoneyAudit
{
    public static IEnumerable<string> Of(Evidence evidence) => [.. Transfers(evidence), .. Balances(evidence), .. People(evidence)];

    private static IEnumerable<string> Transfers(Evidence evidence)
    {
        var carried = evidence.Database.Payments.Where(p => p.TransactionId is not null).ToLookup(p => p.TransactionId!.Value);
        foreach (var entry in evidence.Entries)
        {
            if (entry.TransactionId is not { } id || !carried.Contains(id))
            {
                continue;
            }
            var lamports = -(Int128)entry.Fee;
            var tokens = new Dictionary<PublicKey, Int128>();
            foreach (var payment in carried[id].Where(_ => entry.Succeeded))
            {
                if (payment.Mint is null)
                {
                    lamports -= payment.Amount;
                }
                else
                {
                    var mint = PublicKey.Parse(payment.Mint);
                    tokens[mint] = tokens.GetValueOrDefault(mint) - payment.Amount;
                }
            }
            // Whoever had no account for the token gets one, and its rent comes out of the same wallet: one account a payment at most.
            var rents = (lamports - entry.Lamports) / (Int128)evidence.TokenAccountRent;
            var moved = entry.Tokens.Where(t => t.Value != 0).ToDictionary();
            if (
                lamports - entry.Lamports != rents * (Int128)evidence.TokenAccountRent
                || rents < 0
                || rents > carried[id].Count(p => p.Mint is not null && entry.Succeeded)
                || moved.Count != tokens.Count
                || moved.Any(m => tokens.GetValueOrDefault(m.Key) != m.Value)
            )
            {
                yield return $"{entry.Signature} moved {entry.Lamports} lamports and {string.Join(", ", moved.Values)} tokens, "
                    + $"where its payments are {lamports} and {string.Join(", ", tokens.Values)}";
            }
        }
    }

    private static IEnumerable<string> Balances(Evidence evidence)
    {
        foreach (var (pool, wallet) in evidence.Pools.Zip(evidence.Wallets))
        {
            var gifts = wallet.History.Where(e => e.TransactionId is null).ToList();
            foreach (var theft in gifts.Where(e => e.Fee > 0 || e.Lamports < 0 || e.Tokens.Values.Any(amount => amount < 0)))
            {
                yield return $"{theft.Signature} took something out of {pool.Wallet} and carries no memo";
            }
            var lamports = Sum(wallet.History.Select(e => e.Lamports));
            if (lamports != wallet.Lamports)
            {
                yield return $"{pool.Wallet} should hold {lamports} lamports and holds {wallet.Lamports}";
            }
            var paid = Sum(
                evidence
                    .Database.Payments.Where(p => p.TrainingPoolId == pool.Id && p.Mint is not null && p.Status == PaymentStatus.Completed)
                    .Select(p => (Int128)p.Amount)
            );
            if (
                pool.Mint is { } mint
                && Sum(gifts.Select(e => e.Tokens.GetValueOrDefault(mint))) - paid is var left
                && left != wallet.Tokens
            )
            {
                yield return $"{pool.Wallet} should hold {left} base units and holds {wallet.Tokens}";
            }
        }
    }

    private static IEnumerable<string> People(Evidence evidence)
    {
        var payments = evidence.Database.Payments.ToDictionary(p => p.Id);
        foreach (var order in evidence.Orders.Where(o => evidence.Holdings.ContainsKey(o.Number)))
        {
            if (!payments.TryGetValue(evidence.PaymentOf(order), out var payment))
            {
                continue;
            }
            var worth =
                order.Kind == Work.RequestKind.Submission
                    ? evidence.Pools[order.Pool].PriceBaseUnits * (ulong)order.Score / 100
                    : order.AmountBaseUnits;
            var due = payment.Status == PaymentStatus.Completed ? worth : 0;
            if (evidence.Holdings[order.Number] != due)
            {
                yield return $"{order.Recipient} (order {order.Number}) should hold {due} and holds {evidence.Holdings[order.Number]}";
            }
        }
    }

    private static Int128 Sum(IEnumerable<Int128> amounts) => amounts.Aggregate(Int128.Zero, (sum, amount) => sum + amount);
}
