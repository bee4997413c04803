using System.Globalization;
using Clones.Client;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Demo;

internal sealed record Finding(string What, string Books, string Chain)
{
    public bool Agrees => Books == Chain;
}

/// <summary>Counts on the chain: every transaction of the database landed once, nothing else touched the wallet, balances agree to the last unit.</summary>
internal sealed class Audit(IRpcClient rpc)
{
    public async Task<IReadOnlyList<Finding>> CheckAsync(StoryResult story, CancellationToken cancellation)
    {
        var history = await HistoryAsync(story.DepositWallet, cancellation);
        var transactionIds = story
            .Payments.Select(p => p.TransactionId!.Value)
            .Concat(story.OwnerTransactions.Select(t => t.TransactionId!.Value))
            .Distinct()
            .ToList();
        var successesPerId = transactionIds.ToDictionary(id => id, id => history.Count(h => h.Err is null && Carries(h, id)));
        var withMemo = history.Count(h => h.Memo is not null);

        var findings = new List<Finding>
        {
            new("transactions executed exactly once", $"{transactionIds.Count}", $"{successesPerId.Count(s => s.Value == 1)}"),
            new("transactions executed more than once", "0", $"{successesPerId.Count(s => s.Value > 1)}"),
            new("signatures with a memo in the wallet's history", $"{transactionIds.Count}", $"{withMemo}"),
            new("signatures without one (the funding)", "1", $"{history.Count - withMemo}"),
        };
        findings.Add(await TokenBalanceAsync(story, cancellation));
        findings.Add(await LamportBalanceAsync(story, history, cancellation));
        findings.Add(await RecipientsAsync(story, cancellation));
        return findings;
    }

    private static ulong BaseUnits(PaymentView payment) => ulong.Parse(payment.AmountBaseUnits, CultureInfo.InvariantCulture);

    private static bool Carries(SignatureInfo entry, Guid transactionId) =>
        entry.Memo?.Contains($"{transactionId}:", StringComparison.OrdinalIgnoreCase) == true;

    private async Task<IReadOnlyList<SignatureInfo>> HistoryAsync(PublicKey address, CancellationToken cancellation) =>
        await new AddressHistory(rpc, address, Commitment.Finalized).ReadWholeAsync(cancellation)
        ?? throw new InvalidOperationException($"The cluster does not list the history of {address} to its beginning.");

    private async Task<Finding> TokenBalanceAsync(StoryResult story, CancellationToken cancellation)
    {
        var paid = story.Payments.Where(p => p.Mint == story.Mint.ToString()).Aggregate(0UL, (sum, p) => checked(sum + BaseUnits(p)));
        var onChain = await rpc.GetTokenAccountBalanceAsync(HoldingsOf(story.DepositWallet, story.Mint), cancellationToken: cancellation);
        return new Finding("deposit wallet, token base units", $"{story.FundedTokens - paid}", $"{onChain.Value.Amount}");
    }

    /// <summary>What the wallet was funded with, less what the transactions of the database took from it by the chain's own account.</summary>
    private async Task<Finding> LamportBalanceAsync(StoryResult story, IReadOnlyList<SignatureInfo> history, CancellationToken cancellation)
    {
        var books = story.FundedLamports;
        var signatures = story.Payments.Select(p => p.Signature).Concat(story.OwnerTransactions.Select(t => t.Signature)).Distinct();
        foreach (var signature in signatures)
        {
            var detail =
                await rpc.GetTransactionAsync(Signature.Parse(signature!), cancellationToken: cancellation)
                ?? throw new InvalidOperationException($"The chain does not know {signature}.");
            var slot = Transaction.Deserialize(detail.TransactionBytes.Span).Message.AccountKeys.ToList().IndexOf(story.DepositWallet);
            books -= detail.PreBalances[slot] - detail.PostBalances[slot];
        }
        var onChain = await rpc.GetBalanceAsync(story.DepositWallet, cancellationToken: cancellation);
        return new Finding("deposit wallet, lamports", $"{books}", $"{onChain.Value}");
    }

    private async Task<Finding> RecipientsAsync(StoryResult story, CancellationToken cancellation)
    {
        var rewards = story.Payments.Where(p => p.Kind == "REWARD").ToList();
        var received = 0;
        foreach (var reward in rewards)
        {
            var holdings = await rpc.GetTokenAccountBalanceAsync(
                HoldingsOf(PublicKey.Parse(reward.Recipient), story.Mint),
                cancellationToken: cancellation
            );
            if (holdings.Value.Amount == BaseUnits(reward))
            {
                received++;
            }
        }
        return new Finding("fresh wallets that hold exactly their reward", $"{rewards.Count}", $"{received}");
    }

    private static PublicKey HoldingsOf(PublicKey wallet, PublicKey mint) =>
        AssociatedTokenAccountProgram.FindAddress(wallet, mint, TokenProgram.Id);
}
