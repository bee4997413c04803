namespace Clones.Settlement.Funds;

/// <summary>Paces of the funds' reconciliation, from the section <c>Funds</c>.</summary>
internal sealed class FundsOptions
{
    public TimeSpan PassEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a wallet with waiting payments is looked at.</summary>
    public TimeSpan WaitingEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often any wallet is looked at, where there is time for it.</summary>
    public TimeSpan WalletEvery { get; set; } = TimeSpan.FromMinutes(1);
    public int WalletsPerPass { get; set; } = 10;
}
