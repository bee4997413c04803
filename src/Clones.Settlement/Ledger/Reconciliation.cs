using System.Numerics;
using Clones.Domain.Agents;
using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Settlement.Rules;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Settlement.Ledger;

public enum DifferenceKind
{
    /// <summary>The wallet signed a transaction whose memo names one that the database does not know.</summary>
    UnknownTransaction,

    /// <summary>The wallet signed a transaction that bears no memo of ours, since this system has it.</summary>
    NoMemo,

    /// <summary>It stands on chain, and the database has no such attempt, or holds it for expired.</summary>
    UnexpectedAttempt,

    /// <summary>More than one success of one transaction.</summary>
    ExecutedTwice,

    /// <summary>The database call it final, and the chain does not show it.</summary>
    NotOnChain,

    /// <summary>What was transferred is not what the database was to pay.</summary>
    OtherTerms,

    /// <summary>The chain executed it where the database says that it was rejected, or the other way round.</summary>
    OtherOutcome,

    /// <summary>The movements do not add up to the balance.</summary>
    BalanceDiffers,

    /// <summary>Funds left the wallet in a transaction that cannot be read. Nothing of ours is of such a kind.</summary>
    UnparsedSpending,

    /// <summary>A transaction has ended and still reserves funds.</summary>
    OpenReservation,

    /// <summary>More is reserved than is there.</summary>
    ReservedTooMuch,
}

/// <param name="Subject">Signature, transaction id or wallet address.</param>
/// <param name="Detail">For people.</param>
public sealed record Difference(DifferenceKind Kind, string Wallet, string Subject, string Detail);

/// <summary>The database of one wallet beside the chain, all of it up to one finalized slot.</summary>
/// <param name="Balance">Read at a slot not above that of the scan.</param>
public sealed record WalletFacts(
    WatchedWallet Wallet,
    WalletBalance Balance,
    IReadOnlyList<WalletMovement> Movements,
    IReadOnlyList<OnChainTransaction> OnChainRecords,
    IReadOnlyList<ChainTransaction> Transactions,
    IReadOnlyList<Payment> Payments,
    IReadOnlyList<WalletReservation> OpenReservations
);

/// <summary>Compares ledger and chain. Pure: what it is given was read before, and an answer that did not come never gets here.</summary>
public static class Reconciliation
{
    public static IReadOnlyList<Difference> Of(WalletFacts facts) =>
        [.. OnChainRecords(facts), .. Transactions(facts), .. Balances(facts), .. Unparsed(facts), .. Reservations(facts)];

    private static IEnumerable<Difference> OnChainRecords(WalletFacts facts)
    {
        var known = facts.Transactions.ToDictionary(t => t.Id);
        foreach (var onChain in facts.OnChainRecords)
        {
            if (onChain.TransactionId is not { } id)
            {
                // An imported wallet brings the past that it had under the old system.
                if (onChain.BlockTime is { } time && DateTimeOffset.FromUnixTimeSeconds(time) < facts.Wallet.CreatedAt)
                {
                    continue;
                }
                yield return Found(DifferenceKind.NoMemo, onChain.Signature, $"signed by the wallet in slot {onChain.Slot}");
            }
            else if (!known.TryGetValue(id, out var transaction))
            {
                yield return Found(
                    DifferenceKind.UnknownTransaction,
                    onChain.Signature,
                    $"memo {id:D}:{onChain.AttemptNumber} in slot {onChain.Slot}"
                );
            }
            else if (
                transaction.Attempts.Find(a => a.Signature == onChain.Signature)
                is not { Status: not (AttemptStatus.Expired or AttemptStatus.Withdrawn) }
            )
            {
                yield return Found(
                    DifferenceKind.UnexpectedAttempt,
                    onChain.Signature,
                    $"attempt {onChain.AttemptNumber} of {id:D} stands in slot {onChain.Slot}"
                );
            }
        }

        Difference Found(DifferenceKind kind, string subject, string detail) => new(kind, facts.Wallet.Address, subject, detail);
    }

    private static IEnumerable<Difference> Transactions(WalletFacts facts)
    {
        var onChainRecords = facts.OnChainRecords.ToLookup(l => l.TransactionId);
        foreach (var transaction in facts.Transactions)
        {
            var landed = onChainRecords[transaction.Id].ToList();
            var executed = landed.Where(l => l.Error is null).ToList();
            if (executed.Count > 1)
            {
                yield return Found(DifferenceKind.ExecutedTwice, string.Join(", ", executed.Select(l => l.Signature)));
            }
            if (transaction.Status == TransactionStatus.Finalized && executed.Count == 0)
            {
                // What is younger than the scan is not missing, and what its owner paid is in another wallet's history.
                var last = transaction.Attempts.Find(a => a.Status == AttemptStatus.Finalized);
                var slot = last?.Slot;
                if (slot <= facts.Balance.Slot && last?.Payer == DeploymentPayer.DepositWallet)
                {
                    yield return landed.Count > 0
                        ? Found(DifferenceKind.OtherOutcome, $"the chain rejected it: {landed[0].Signature}")
                        : Found(DifferenceKind.NotOnChain, $"the database says slot {slot}");
                }
            }
            if (transaction.Status is TransactionStatus.Failed or TransactionStatus.Cancelled && executed.Count > 0)
            {
                yield return Found(
                    DifferenceKind.OtherOutcome,
                    $"the database says {transaction.Status}, the chain executed it: {executed[0].Signature}"
                );
            }
            if (transaction.Kind == TransactionKind.Payment && executed.Count > 0)
            {
                var message = Transaction.Deserialize(executed[0].WireBytes).Message;
                Payment[] carried = [.. facts.Payments.Where(p => p.TransactionId == transaction.Id)];
                if (MessageTransfers.Deviation(message, PublicKey.Parse(facts.Wallet.Address), carried) is { } other)
                {
                    yield return Found(DifferenceKind.OtherTerms, $"{executed[0].Signature}: {other}");
                }
                if (executed[0].PaymentTags is { } tags && tags.Except(carried.Select(p => p.Tag)).Count() is var forgotten and > 0)
                {
                    yield return Found(
                        DifferenceKind.OtherTerms,
                        $"{executed[0].Signature} pays {tags.Length} payments, of which the database does not know {forgotten}"
                    );
                }
            }

            Difference Found(DifferenceKind kind, string detail) => new(kind, facts.Wallet.Address, $"{transaction.Id:D}", detail);
        }
    }

    private static IEnumerable<Difference> Balances(WalletFacts facts)
    {
        var until = facts.Movements.Where(m => m.Slot <= facts.Balance.Slot).ToLookup(m => m.Mint, m => m.Delta);
        var there = facts.Balance.Tokens.Select(t => (Mint: (string?)t.Key.ToString(), t.Value)).Append((null, facts.Balance.Lamports));
        foreach (var (mint, balance) in there)
        {
            var sum = until[mint].Aggregate(BigInteger.Zero, (total, delta) => total + delta);
            if (sum != balance)
            {
                yield return new Difference(
                    DifferenceKind.BalanceDiffers,
                    facts.Wallet.Address,
                    mint ?? "lamports",
                    $"the movements add up to {sum}, the balance at slot {facts.Balance.Slot} is {balance}"
                );
            }
        }
    }

    private static IEnumerable<Difference> Unparsed(WalletFacts facts) =>
        facts
            .Movements.Where(m => m.Unparsed is not null && m.Delta < 0 && m.Slot <= facts.Balance.Slot)
            .Select(m => new Difference(
                DifferenceKind.UnparsedSpending,
                facts.Wallet.Address,
                m.Signature,
                $"{m.Delta} {m.Mint ?? "lamports"} in slot {m.Slot}"
            ));

    private static IEnumerable<Difference> Reservations(WalletFacts facts)
    {
        var ended = facts.Transactions.Where(t => t.Status.IsEnd()).Select(t => t.Id).ToHashSet();
        foreach (var open in facts.OpenReservations.Where(r => ended.Contains(r.TransactionId)))
        {
            yield return new Difference(
                DifferenceKind.OpenReservation,
                facts.Wallet.Address,
                $"{open.TransactionId:D}",
                $"{open.Amount} {open.Mint ?? "lamports"} are still reserved"
            );
        }

        // What has landed and is not yet booked is both gone and reserved.
        var gone = facts.OnChainRecords.Select(l => l.TransactionId).ToHashSet();
        foreach (var mint in facts.OpenReservations.Where(r => !gone.Contains(r.TransactionId)).GroupBy(r => r.Mint))
        {
            var reserved = mint.Aggregate(BigInteger.Zero, (total, r) => total + r.Amount);
            var balance =
                mint.Key is null ? facts.Balance.Lamports
                : facts.Balance.Tokens.TryGetValue(PublicKey.Parse(mint.Key), out var tokens) ? tokens
                : 0;
            if (reserved > balance)
            {
                yield return new Difference(
                    DifferenceKind.ReservedTooMuch,
                    facts.Wallet.Address,
                    mint.Key ?? "lamports",
                    $"{reserved} are reserved, {balance} are there"
                );
            }
        }
    }
}
