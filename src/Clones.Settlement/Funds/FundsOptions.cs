using Clones.Hosting;

namespace Clones.Settlement.Funds;

/// <summary>Paces of the funds' reconciliation, from the section <c>Funds</c>.</summary>
internal sealed class FundsOptions
{
    [Pace]
    public TimeSpan PassEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a wallet with waiting payments is looked at.</summary>
    [Pace]
    public TimeSpan WaitingEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often any wallet is looked at, where there is time for it.</summary>
    [Pace]
    public TimeSpan WalletEvery { get; set; } = TimeSpan.FromMinutes(1);

    [Count]
    public int WalletsPerPass { get; set; } = 25;
}
