using Clones.Domain.Agents;
using Clones.Domain.Transactions;

namespace Clones.Domain.Tests.Transactions;

public sealed class MayLandTests
{
    [Fact]
    public void What_is_live_may_land_whoever_pays_and_what_is_prepared_only_where_its_owner_does()
    {
        foreach (var status in Enum.GetValues<AttemptStatus>())
        {
            Attempt(status, DeploymentPayer.DepositWallet).MayLand().ShouldBe(status.IsLive(), $"{status}");
            Attempt(status, DeploymentPayer.Owner).MayLand().ShouldBe(status.IsLive() || status == AttemptStatus.Prepared, $"{status}");
        }
    }

    [Fact]
    public void The_filter_of_queries_says_the_same()
    {
        var filter = LiveAttempts.MayLandFilter.Compile();
        foreach (var status in Enum.GetValues<AttemptStatus>())
        {
            foreach (var payer in Enum.GetValues<DeploymentPayer>())
            {
                var attempt = Attempt(status, payer);
                filter(attempt).ShouldBe(attempt.MayLand(), $"{status} {payer}");
            }
        }
    }

    private static TransactionAttempt Attempt(AttemptStatus status, DeploymentPayer payer) =>
        new()
        {
            TransactionId = Guid.Empty,
            Number = 1,
            Status = status,
            Payer = payer,
            MessageBytes = [],
            Blockhash = "",
            LastValidBlockHeight = 0,
            ContextSlot = 0,
            GenesisHash = "",
            FeeLamportsMax = 0,
            CreatedAt = default,
        };
}
