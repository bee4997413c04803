using MassTransit;

namespace Clones.Custody.Sweep;

/// <summary>One step at a time: the next one is a message of the one before.</summary>
internal sealed class SweepDepositKeysDefinition : ConsumerDefinition<SweepDepositKeysConsumer>
{
    public SweepDepositKeysDefinition() => ConcurrentMessageLimit = 1;
}
