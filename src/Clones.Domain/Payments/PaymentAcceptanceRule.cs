using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using static Clones.Domain.Payments.AcceptanceDecision;

namespace Clones.Domain.Payments;

/// <summary>Which payments of one wallet are accepted, wait or are rejected. The one rule for HTTP, messages and payments that waited.</summary>
public static class PaymentAcceptanceRule
{
    /// <summary>Ceiling of what one payment may cost in fees, in lamports: the signature (5,000) and the priority fee together.</summary>
    public const ulong FeeLamportsMax = 105_000;

    /// <summary>Decides in order: what one takes is gone for those behind it.</summary>
    /// <param name="wallet">Under its lock.</param>
    /// <param name="candidates">None of them was accepted before, and no two have the same key.</param>
    /// <param name="mayReadAgain">False at the last try: what the nodes cannot answer by then waits, or is rejected.</param>
    /// <returns>One for each candidate.</returns>
    public static IReadOnlyList<AcceptanceDecision> Decide(
        WalletUnderLock wallet,
        IEnumerable<PaymentCandidate> candidates,
        bool mayReadAgain
    )
    {
        var tally = new Tally(wallet, mayReadAgain);
        return PayoutBatch.Form(wallet.PayoutBatch, [.. candidates.Select(c => (c, tally.Decide(c)))]);
    }

    /// <summary>Stored as it is, nothing reserved.</summary>
    public static Guid TransactionIdOf(PaymentRequest request) => TransactionIds.OfPayment(request.Caller, request.IdempotencyKey);

    private sealed class Tally(WalletUnderLock wallet, bool mayReadAgain)
    {
        private readonly Dictionary<string, UInt128> reserved = new(wallet.Reserved);
        private readonly Dictionary<string, WaitingRewards> waiting = new(wallet.Waiting);

        /// <summary>Of these, a payment that is tried again found too little: those behind it wait too, or a large payment would starve.</summary>
        private readonly HashSet<string> exhausted = [];

        public AcceptanceDecision Decide(PaymentCandidate candidate)
        {
            var request = candidate.Request;
            var isReward = request.Kind == PaymentKind.Reward;
            if (candidate.Stored is { } stored && (exhausted.Contains(FundsOf(request)) || (isReward && wallet.PoolIsPaused)))
            {
                return new Wait(stored.Reason);
            }
            // What needs no chain to be rejected is not kept waiting for one.
            if (RecipientRule.Reject(request.Recipient, wallet.Address, request.Mint) is { } rejection)
            {
                return new Reject(new PaymentAcceptanceResult.RecipientRejected(rejection));
            }
            if (candidate.Balance is not { } balance || candidate.Recipient is not { } recipient)
            {
                return Undecided(candidate, new PaymentAcceptanceResult.ChainUnavailable(), candidate.NoAnswer ?? "No node answered.");
            }
            if (RecipientRule.Reject(recipient, balance, request.Amount) is { } outlook)
            {
                return new Reject(new PaymentAcceptanceResult.RecipientRejected(outlook));
            }
            if (candidate.Stored is null && isReward)
            {
                if (wallet.PoolIsPaused)
                {
                    return request.MayWait
                        ? Queued(candidate, "pool_paused: The training pool is paused.")
                        : new Reject(new PaymentAcceptanceResult.PoolPaused(request.TrainingPoolId));
                }
                if (waiting.GetValueOrDefault(FundsOf(request)) is { Count: > 0 } queue)
                {
                    return request.MayWait
                        ? Queued(candidate, $"insufficient_funds: {queue.Count} earlier payments wait for the same funds.")
                        : BehindQueue(candidate, balance, recipient, queue);
                }
            }
            return Reserve(candidate, balance, recipient);
        }

        /// <summary>The newcomer insists on an answer: it is accepted where there is enough for it and for all that wait.</summary>
        private AcceptanceDecision BehindQueue(
            PaymentCandidate candidate,
            WalletBalance balance,
            RecipientOutlook recipient,
            WaitingRewards queue
        )
        {
            if (balance.Slot < wallet.SettledSlot)
            {
                return ReadAgain(candidate, wallet.SettledSlot);
            }
            // Who waits is taken to need as much gas as the newcomer.
            var inLamports = candidate.Request.Mint is null;
            var gas = (UInt128)queue.Count * (FeeLamportsMax + recipient.TokenAccountRentLamports);
            return Missing(candidate, balance, recipient, inLamports ? 0 : queue.Amount, gas + (inLamports ? queue.Amount : 0)) switch
            {
                null => Reserve(candidate, balance, recipient),
                var missing => Rejected(candidate, balance, missing),
            };
        }

        private AcceptanceDecision Reserve(PaymentCandidate candidate, WalletBalance balance, RecipientOutlook recipient)
        {
            var id = TransactionIdOf(candidate.Request);
            if (wallet.OnChain.TryGetValue(id, out var landed))
            {
                // Paid before the database was restored from a backup: it takes nothing any more, once the balance shows that it was paid.
                return balance.Slot < landed ? ReadAgain(candidate, landed) : new Accept(id, 0, null, balance.Slot);
            }
            if (balance.Slot < wallet.SettledSlot)
            {
                return ReadAgain(candidate, wallet.SettledSlot);
            }
            if (Missing(candidate, balance, recipient, 0, 0) is { } missing)
            {
                return Rejected(candidate, balance, missing);
            }

            var lamports = Lamports(candidate.Request, recipient);
            Take(AvailableFunds.Lamports, lamports);
            if (candidate.Request.Mint is not { } mint)
            {
                return new Accept(id, (ulong)lamports, null, balance.Slot);
            }
            Take(mint.ToString(), candidate.Request.Amount);
            return new Accept(id, (ulong)lamports, candidate.Request.Amount, balance.Slot);
        }

        /// <param name="candidate">To be paid.</param>
        /// <param name="balance">Of the wallet.</param>
        /// <param name="recipient">To be paid.</param>
        /// <param name="tokensAhead">Base units of the mint that others are to get first.</param>
        /// <param name="lamportsAhead">The same in lamports.</param>
        private PaymentAcceptanceResult? Missing(
            PaymentCandidate candidate,
            WalletBalance balance,
            RecipientOutlook recipient,
            UInt128 tokensAhead,
            UInt128 lamportsAhead
        )
        {
            var request = candidate.Request;
            if (request.Mint is { } mint && Left(balance, mint, tokensAhead) is var tokens && tokens < request.Amount)
            {
                return new PaymentAcceptanceResult.MissingTokens(mint, request.Amount, tokens);
            }
            var needed = Lamports(request, recipient);
            var lamports = Left(balance, null, lamportsAhead);
            return lamports < needed ? new PaymentAcceptanceResult.MissingLamports(needed, lamports) : null;
        }

        /// <summary>
        /// Nothing is rejected for want of funds by a balance that was read before the request came, or that is older than what the ledger
        /// knows: a node that lags behind a deposit answers what the wallet held before it.
        /// </summary>
        private AcceptanceDecision Rejected(PaymentCandidate candidate, WalletBalance balance, PaymentAcceptanceResult missing)
        {
            if (balance.Slot < wallet.LedgerSlot || candidate.BalanceIsRemembered)
            {
                return ReadAgain(candidate, Math.Max(balance.Slot, wallet.LedgerSlot));
            }
            return candidate.Stored is not null || candidate.Request.MayWait
                ? Queued(candidate, TextOf(missing, candidate.Request.Mint))
                : new Reject(missing);
        }

        private AcceptanceDecision ReadAgain(PaymentCandidate candidate, ulong slot) =>
            mayReadAgain
                ? new ReadAgain(slot)
                : Undecided(candidate, new PaymentAcceptanceResult.BalanceTooOld(slot), "The nodes lag behind.");

        /// <summary>Whoever may wait for funds may wait for a node as well: what the chain would say of them is asked later.</summary>
        private AcceptanceDecision Undecided(PaymentCandidate candidate, PaymentAcceptanceResult result, string why)
        {
            if (candidate.Stored is { } stored)
            {
                exhausted.Add(FundsOf(candidate.Request));
                return new Wait(stored.Reason);
            }
            return candidate.Request.MayWait ? Queued(candidate, $"chain_unavailable: {why}") : new Reject(result);
        }

        private Wait Queued(PaymentCandidate candidate, string reason)
        {
            var funds = FundsOf(candidate.Request);
            if (candidate.Stored is not null)
            {
                exhausted.Add(funds);
            }
            else if (candidate.Request.Kind == PaymentKind.Reward)
            {
                waiting[funds] = waiting.GetValueOrDefault(funds).With(candidate.Request.Amount);
            }
            return new Wait(reason);
        }

        private ulong Left(WalletBalance balance, PublicKey? mint, UInt128 ahead)
        {
            var available = AvailableFunds.Of(balance, mint, reserved);
            return available > ahead ? (ulong)(available - ahead) : 0;
        }

        private void Take(string funds, UInt128 amount) => reserved[funds] = reserved.GetValueOrDefault(funds) + amount;
    }

    private static UInt128 Lamports(PaymentRequest request, RecipientOutlook recipient) =>
        (UInt128)FeeLamportsMax + recipient.TokenAccountRentLamports + (request.Mint is null ? request.Amount : 0);

    private static string FundsOf(PaymentRequest request) => request.Mint?.ToString() ?? AvailableFunds.Lamports;

    private static string TextOf(PaymentAcceptanceResult missing, PublicKey? mint) =>
        missing switch
        {
            PaymentAcceptanceResult.MissingTokens t =>
                $"insufficient_funds: {t.Needed} base units of {t.Mint} are needed, {t.Available} are available.",
            PaymentAcceptanceResult.MissingLamports l =>
                $"{(mint is null ? "insufficient_funds" : "insufficient_gas")}: {l.Needed} lamports are needed (fee and account rent included), {l.Available} are available.",
            _ => throw new ArgumentOutOfRangeException(nameof(missing)),
        };
}
