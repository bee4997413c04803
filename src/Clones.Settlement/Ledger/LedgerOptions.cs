namespace Clones.Settlement.Ledger;

/// <summary>Paces of the ledger, from the section <c>Ledger</c>. None of them decides anything.</summary>
internal sealed class LedgerOptions
{
    public TimeSpan PassEvery { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often the history of a wallet is read, where there is time for it.</summary>
    public TimeSpan WalletEvery { get; set; } = TimeSpan.FromSeconds(30);
    public int WalletsPerPass { get; set; } = 5;

    /// <summary>How often the signing fence is looked at.</summary>
    public TimeSpan FenceEvery { get; set; } = TimeSpan.FromSeconds(2);
}
