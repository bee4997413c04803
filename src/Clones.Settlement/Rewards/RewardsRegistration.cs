using MassTransit;

namespace Clones.Settlement.Rewards;

public static class RewardsRegistration
{
    public static void AddRewards(this IBusRegistrationConfigurator bus) => bus.AddConsumer<SubmissionGradedConsumer>();
}
