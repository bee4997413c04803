using Clones.Hosting;

namespace Clones.Settlement.Ledger;

/// <summary>Paces of the ledger, from the section <c>Ledger</c>. None of them decides anything.</summary>
internal sealed class LedgerOptions
{
    [Pace]
    public TimeSpan PassEvery { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often the history of a wallet is read, where there is time for it.</summary>
    [Pace]
    public TimeSpan WalletEvery { get; set; } = TimeSpan.FromSeconds(30);

    [Count]
    public int WalletsPerPass { get; set; } = 5;

    /// <summary>How often the signing fence is looked at.</summary>
    [Pace]
    public TimeSpan FenceEvery { get; set; } = TimeSpan.FromSeconds(2);
}
