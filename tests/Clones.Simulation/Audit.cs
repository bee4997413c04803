using Clones.Domain.Agents;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Settlement.Rules;
using Clones.Solana.Primitives;

namespace Clones.Simulation;

/// <summary>What must hold at the end of every history, read off the chain itself.</summary>
internal static class Audit
{
    public static IReadOnlyList<string> Of(World world)
    {
        List<string> findings =
        [
            .. world.Timeline.Surprises,
            .. world.Database.Transitions.Illegal.Select(t => $"illegal transition: {t}"),
        ];
        var finals = world.Chain.FinalExecutions().Where(e => !e.Transaction.IsGift).ToList();
        foreach (var transaction in world.Database.Transactions.Values)
        {
            findings.AddRange(OfTransaction(world, transaction, finals));
        }
        findings.AddRange(OfMoney(world, finals));
        findings.AddRange(OfAttempts(world));
        findings.AddRange(DeploymentAudit.Of(world, finals));
        return findings;
    }

    private static IEnumerable<string> OfTransaction(World world, ChainTransaction transaction, IReadOnlyList<Execution> finals)
    {
        var payments = world.Database.Payments.Values.Where(p => p.TransactionId == transaction.Id).ToList();
        foreach (var payment in payments)
        {
            var expected = payment.Status == PaymentStatus.Completed ? 1 : 0;
            var landed = finals.Count(e => e.Error is null && IsOf(e, payment));
            if (landed != expected)
            {
                yield return $"payment {payment.Id} is {payment.Status} and stands on chain {landed} times by its tag";
            }
            if (expected == 1 && !finals.Any(e => e.Error is null && IsOf(e, transaction) && IsOf(e, payment)))
            {
                yield return $"payment {payment.Id} stands on chain in another transaction than the database says";
            }
            if (payment.Status == PaymentStatus.Failed && string.IsNullOrEmpty(payment.Reason))
            {
                yield return $"payment {payment.Id} failed without a reason";
            }
            if (payment.Status is not (PaymentStatus.Completed or PaymentStatus.Failed))
            {
                yield return $"payment {payment.Id} is {payment.Status} for ever: {transaction.Reason}";
            }
            // After a restore others are told again of what the database had forgotten.
            if (world.TimesTold(payment.Id) > expected * (1 + world.Database.Restores))
            {
                yield return $"payment {payment.Id} was told complete {world.TimesTold(payment.Id)} times";
            }
        }
    }

    private static IEnumerable<string> OfMoney(World world, IReadOnlyList<Execution> finals)
    {
        foreach (var recipient in world.Database.Payments.Values.GroupBy(p => p.Recipient))
        {
            var owed = Sum(recipient.Where(p => p.Status == PaymentStatus.Completed).Select(p => p.Amount));
            var received = Sum(
                finals
                    .Where(e => e.Error is null)
                    .SelectMany(e => e.Transaction.Transfers)
                    .Where(t => t.To.ToString() == recipient.Key)
                    .Select(t => t.Lamports)
            );
            if (owed != received)
            {
                yield return $"{recipient.Key} was to get {owed} lamports and got {received}";
            }
        }
        foreach (var wallet in world.Database.Wallets.Values)
        {
            var paid = Sum(
                world
                    .Database.Payments.Values.Where(p => p.WalletId == wallet.Id && p.Status == PaymentStatus.Completed)
                    .Select(p => p.Amount)
            );
            var fees = Sum(finals.Where(e => e.Transaction.Payer.ToString() == wallet.Address).Select(e => e.Transaction.Fee));
            var deployed = Sum(
                finals
                    .Where(e => e.Error is null && e.Transaction.Payer.ToString() == wallet.Address && e.Transaction.Instructions.Count > 0)
                    .SelectMany(e => e.Transaction.Transfers)
                    .Select(t => t.Lamports)
            );
            var there = world.Chain.Balances[PublicKey.Parse(wallet.Address)];
            if (World.Funds - paid - fees - deployed != there)
            {
                yield return $"the books say {World.Funds - paid - fees - deployed} lamports, the chain {there}";
            }
        }
        foreach (
            var reservation in world.Database.Reservations.Where(r =>
                r.ReleasedAt is null && !DeploymentAudit.MayReserve(world, r.TransactionId)
            )
        )
        {
            yield return $"the reservation of transaction {reservation.TransactionId} was never released";
        }
    }

    private static IEnumerable<string> OfAttempts(World world)
    {
        foreach (var attempts in world.Database.Attempts.Values.GroupBy(a => a.TransactionId))
        {
            var ordered = attempts.OrderBy(a => a.Number).ToList();
            foreach (var earlier in ordered.Take(ordered.Count - 1).Where(a => !IsOver(a) && !WasFoundTooLate(world, a, ordered)))
            {
                yield return $"attempt {earlier.Number} of {attempts.Key} is {earlier.Status}, and another was signed";
            }
        }
    }

    // A restored database has withdrawn what it had forgotten to be signed and finds it on chain, failed. What it prepared meanwhile it must not have
    // signed.
    private static bool WasFoundTooLate(World world, TransactionAttempt attempt, List<TransactionAttempt> all) =>
        world.Database.Restores > 0
        && attempt is { Status: AttemptStatus.Failed, Evidence: { } evidence }
        && evidence.Contains("RECOVERED", StringComparison.Ordinal)
        && all.TrueForAll(a => a.Number <= attempt.Number || a.WireBytes is null);

    // What was withdrawn before we signed can land nowhere; what an owner pays for can from the beginning.
    private static bool IsOver(TransactionAttempt attempt) =>
        attempt
            is { Status: AttemptStatus.Expired or AttemptStatus.Withdrawn, Evidence: not null }
                or { Status: AttemptStatus.Withdrawn, WireBytes: null, Payer: DeploymentPayer.DepositWallet };

    private static bool IsOf(Execution execution, ChainTransaction transaction) =>
        execution.Transaction.Memo?.StartsWith($"{transaction.Id:D}:", StringComparison.Ordinal) == true;

    private static bool IsOf(Execution execution, Payment payment) =>
        TransactionMemo.Parse(execution.Transaction.Memo) is { } memo
        && (memo.PaymentTags.Count == 0 ? memo.TransactionId == payment.Tag : memo.PaymentTags.Contains(payment.Tag));

    private static ulong Sum(IEnumerable<ulong> amounts) => amounts.Aggregate(0UL, (sum, amount) => sum + amount);
}
