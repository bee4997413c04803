using Clones.Contracts.Submissions;
using Clones.Domain.Payments;
using Clones.Settlement.Payments;
using Clones.Solana.Primitives;
using MassTransit;

namespace Clones.Settlement.Rewards;

public static class RewardsRegistration
{
    public static void AddRewards(this IBusRegistrationConfigurator bus) =>
        bus.AddConsumer<SubmissionGradedConsumer, SubmissionGradedDefinition>();

    private sealed class SubmissionGradedDefinition : ConsumerDefinition<SubmissionGradedConsumer>
    {
        protected override void ConfigureConsumer(
            IReceiveEndpointConfigurator endpointConfigurator,
            IConsumerConfigurator<SubmissionGradedConsumer> consumerConfigurator,
            IRegistrationContext context
        ) =>
            endpointConfigurator.UseFilter(
                ActivatorUtilities.CreateInstance<ReadAheadFilter<SubmissionGraded>>(
                    context,
                    (Func<SubmissionGraded, (Guid, PublicKey)?>)ToPay
                )
            );

        private static (Guid, PublicKey)? ToPay(SubmissionGraded message) =>
            message.Score < RewardRules.ScoreMin ? null : (message.TrainingPoolId, GradedSubmission.Parse(message).Submitter);
    }
}
