using Clones.Domain;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Acceptance;

/// <summary>
/// What the chain said of wallets and recipients a moment ago, so that no payment costs a request of its own. docs/settlement.md says why a
/// remembered balance is never too optimistic, and what a remembered recipient may be wrong about.
/// </summary>
internal sealed class ChainMemory(WalletBalances balances, TimeProvider time)
{
    /// <summary>The ledger accounts for everything that we spend; this bounds what anything else could have done since.</summary>
    public static readonly TimeSpan BalanceAgeMax = TimeSpan.FromSeconds(2);

    /// <summary>Less than what lies between the acceptance of a payment and its signing on a busy day.</summary>
    public static readonly TimeSpan RecipientAgeMax = TimeSpan.FromSeconds(10);

    private readonly ShortMemory<(PublicKey Wallet, PublicKey? Mint), WalletBalance> wallets = new(BalanceAgeMax, time);
    private readonly ShortMemory<(PublicKey Recipient, PublicKey? Mint), RecipientOutlook> recipients = new(RecipientAgeMax, time);

    /// <summary>
    /// Asks the chain only for what is not remembered, for all of them at once. Every question reads its wallet too, so that its balance is
    /// fresh then.
    /// </summary>
    /// <returns>One for each.</returns>
    public async Task<IReadOnlyList<ChainView>> ReadAsync(IReadOnlyList<ChainQuestion> questions, CancellationToken cancellationToken)
    {
        var views = new ChainView[questions.Count];
        var open = new List<(int Index, ChainView Remembered, TransferQuestion Question)>();
        for (var i = 0; i < views.Length; i++)
        {
            var (wallet, mint, people, minSlot, fresh) = questions[i];
            var known = new Dictionary<PublicKey, RecipientOutlook>();
            var unknown = new HashSet<PublicKey>();
            foreach (var person in people)
            {
                if (recipients.TryGet((person, mint), out var outlook))
                {
                    known[person] = outlook;
                }
                else
                {
                    unknown.Add(person);
                }
            }
            var balance = wallets.TryGet((wallet, mint), out var remembered) && remembered.Slot >= minSlot ? remembered : null;
            views[i] = new ChainView(balance, true, known, null);
            if (fresh || balance is null || unknown.Count > 0)
            {
                open.Add((i, views[i], new TransferQuestion(wallet, mint, unknown, minSlot)));
            }
        }
        if (open.Count == 0)
        {
            return views;
        }

        var at = time.GetTimestamp();
        var answers = await balances.ReadForTransfersAsync(open.ConvertAll(o => o.Question), cancellationToken);
        foreach (var ((index, remembered, question), answer) in open.Zip(answers))
        {
            // An error is no balance and no recipient; what was remembered is as good as before.
            views[index] = answer.Outlook is { } read
                ? Remember(question, read, remembered, at)
                : remembered with
                {
                    NoAnswer = answer.Failure!.Message,
                };
        }
        return views;
    }

    private ChainView Remember(TransferQuestion question, TransferOutlook read, ChainView remembered, long at)
    {
        var (wallet, mint, _, _) = question;
        if (!wallets.TryGet((wallet, mint), out var other) || other.Slot <= read.Wallet.Slot)
        {
            wallets.Put((wallet, mint), read.Wallet, at);
        }
        var people = new Dictionary<PublicKey, RecipientOutlook>(remembered.Recipients);
        foreach (var (person, outlook) in read.Recipients)
        {
            people[person] = outlook;
            if (MayBeRemembered(outlook, read.Wallet.RentFloorLamports))
            {
                recipients.Put((person, mint), outlook, at);
            }
        }
        return new ChainView(read.Wallet, false, people, null);
    }

    /// <summary>Only what speaks for a payment: nobody is rejected, and no rent is demanded, by what may be over by now.</summary>
    private static bool MayBeRemembered(RecipientOutlook outlook, ulong rentFloorLamports) =>
        outlook is { IsWallet: true, TokenAccountUnusable: false, TokenAccountRentLamports: 0 }
        && (outlook.Mint is not null || outlook.Lamports >= rentFloorLamports);
}

/// <param name="Wallet">Address of the wallet that pays.</param>
/// <param name="Mint">Null for SOL.</param>
/// <param name="People">Who is to be paid.</param>
/// <param name="MinSlot">The least slot at which a balance may be used.</param>
/// <param name="Fresh">The remembered balance did not do.</param>
internal sealed record ChainQuestion(PublicKey Wallet, PublicKey? Mint, IEnumerable<PublicKey> People, ulong MinSlot, bool Fresh);

/// <param name="Balance">Null where none may be used.</param>
/// <param name="IsRemembered">The balance was read before this was asked for.</param>
/// <param name="Recipients">As far as they are known.</param>
/// <param name="NoAnswer">Why the chain did not answer, for people; null where it did, or was not asked.</param>
internal sealed record ChainView(
    WalletBalance? Balance,
    bool IsRemembered,
    IReadOnlyDictionary<PublicKey, RecipientOutlook> Recipients,
    string? NoAnswer
);
