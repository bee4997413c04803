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

    /// <summary>Asks the chain only for what is not remembered. Every question reads the wallet too, so that its balance is fresh then.</summary>
    /// <param name="wallet">Address of the wallet that pays.</param>
    /// <param name="mint">Null for SOL.</param>
    /// <param name="people">Who is to be paid.</param>
    /// <param name="minSlot">The least slot at which a balance may be used.</param>
    /// <param name="fresh">The remembered balance did not do.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ChainView> ReadAsync(
        PublicKey wallet,
        PublicKey? mint,
        IEnumerable<PublicKey> people,
        ulong minSlot,
        bool fresh,
        CancellationToken cancellationToken
    )
    {
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
        var remembered = wallets.TryGet((wallet, mint), out var balance) && balance.Slot >= minSlot ? balance : null;
        if (!fresh && remembered is not null && unknown.Count == 0)
        {
            return new ChainView(remembered, true, known, null);
        }

        try
        {
            var at = time.GetTimestamp();
            var read = await balances.ReadForTransfersAsync(wallet, mint, unknown, minSlot == 0 ? null : minSlot, cancellationToken);
            if (!wallets.TryGet((wallet, mint), out var other) || other.Slot <= read.Wallet.Slot)
            {
                wallets.Put((wallet, mint), read.Wallet, at);
            }
            foreach (var (person, outlook) in read.Recipients)
            {
                known[person] = outlook;
                if (MayBeRemembered(outlook, read.Wallet.RentFloorLamports))
                {
                    recipients.Put((person, mint), outlook, at);
                }
            }
            return new ChainView(read.Wallet, false, known, null);
        }
        catch (RpcException e)
        {
            // An error is no balance and no recipient; what was remembered is as good as before.
            return new ChainView(remembered, true, known, e.Message);
        }
    }

    /// <summary>Only what speaks for a payment: nobody is rejected, and no rent is demanded, by what may be over by now.</summary>
    private static bool MayBeRemembered(RecipientOutlook outlook, ulong rentFloorLamports) =>
        outlook is { IsWallet: true, TokenAccountUnusable: false, TokenAccountRentLamports: 0 }
        && (outlook.Mint is not null || outlook.Lamports >= rentFloorLamports);
}

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
