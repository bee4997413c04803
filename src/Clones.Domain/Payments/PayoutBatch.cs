using Clones.Domain.Transactions;
using static Clones.Domain.Payments.AcceptanceDecision;

namespace Clones.Domain.Payments;

/// <summary>
/// Which accepted payments of one wallet share a transaction: those of one mint that are accepted together, in their order, as many as the packet
/// holds. The group decides the transaction's id, and is fixed with it.
/// </summary>
public static class PayoutBatch
{
    /// <summary>The most that fit one packet of 1,232 bytes, memo included, where every recipient has an account.</summary>
    public const int Max = 12;

    // A packet of 1,232 bytes without the signature, the header, the wallet's accounts, the programs, the blockhash, the compute budget and the
    // memo's beginning.
    private const int BytesForTransfers = 865;

    // The recipient's account (32), the instruction (17) and the tag in the memo (22).
    private const int BytesOfTransfer = 71;

    // The recipient's address and an instruction more.
    private const int BytesOfNewAccount = 42;

    // The programs that make accounts.
    private const int BytesOfPrograms = 64;

    /// <param name="batchMax">See <see cref="Pools.TrainingPool.PayoutBatch"/>.</param>
    /// <param name="decided">Of one wallet, in order.</param>
    /// <returns>The decisions, those that share a transaction with its id.</returns>
    public static IReadOnlyList<AcceptanceDecision> Form(
        int batchMax,
        IReadOnlyList<(PaymentCandidate Candidate, AcceptanceDecision Decision)> decided
    )
    {
        AcceptanceDecision[] grouped = [.. decided.Select(d => d.Decision)];
        var open = new Dictionary<string, Group>();
        for (var i = 0; i < grouped.Length; i++)
        {
            // What stands on chain already reserves nothing, and is completed by itself.
            if (grouped[i] is not Accept { Lamports: > 0 })
            {
                continue;
            }
            var candidate = decided[i].Candidate;
            var mint = candidate.Request.Mint?.ToString() ?? "";
            var needsAccount = mint.Length > 0 && candidate.Recipient is { TokenAccountRentLamports: > 0 };
            if (!open.TryGetValue(mint, out var group) || !group.TryAdd(i, needsAccount, batchMax))
            {
                Close(group);
                open[mint] = group = new Group();
                group.TryAdd(i, needsAccount, batchMax);
            }
        }
        foreach (var group in open.Values)
        {
            Close(group);
        }
        return grouped;

        void Close(Group? group)
        {
            if (group is not { Members.Count: > 1 })
            {
                return;
            }
            var id = TransactionIds.OfPayments([
                .. group.Members.Select(i => (decided[i].Candidate.Request.Caller, decided[i].Candidate.Request.IdempotencyKey)),
            ]);
            foreach (var i in group.Members)
            {
                grouped[i] = (Accept)grouped[i] with { TransactionId = id };
            }
        }
    }

    private sealed class Group
    {
        private int bytes;
        private bool makesAccounts;

        public List<int> Members { get; } = [];

        public bool TryAdd(int index, bool needsAccount, int batchMax)
        {
            var more = BytesOfTransfer + (needsAccount ? BytesOfNewAccount + (makesAccounts ? 0 : BytesOfPrograms) : 0);
            if (Members.Count > 0 && (Members.Count >= batchMax || bytes + more > BytesForTransfers))
            {
                return false;
            }
            Members.Add(index);
            bytes += more;
            makesAccounts |= needsAccount;
            return true;
        }
    }
}
