using MassTransit;

namespace Clones.Workers.Rewards;

internal static class RewardsRegistration
{
    public static void AddRewards(this IBusRegistrationConfigurator bus) => bus.AddConsumer<SubmissionGradedConsumer>();
}
