using Clones.Contracts.Agents;
using Clones.Contracts.Deployments;
using Clones.Contracts.Settlement;
using Clones.Messaging.Bus;
using Clones.Settlement.Chain;
using Clones.Simulation.Store;
using Clones.Solana.Rpc;
using MassTransit;

namespace Clones.Simulation;

/// <summary>
/// Delivers what was committed to the outbox at least once: late, twice, an hour later, again when its reader died or stands still. What
/// fails too often ends in the error queue, and nobody looks there.
/// </summary>
internal sealed class Broker(Timeline timeline, RandomSource dice, Func<IReadOnlyList<SimulatedWorker>> workers, Func<bool> hasForgotten)
{
    private const int TriesMax = 6;

    public bool Down { get; set; }

    /// <summary>Chance that a message comes again although it was handled.</summary>
    public double Repeats { get; set; }

    public int DeadLetters { get; private set; }

    public void Post(object body) => Deliver(new Message(dice.Guid(), body), dice.Between(5, 60));

    private void Deliver(Message message, long after) => timeline.After(after, () => Hand(message));

    private void Hand(Message message)
    {
        var alive = workers().Where(w => w.Process.IsAlive && w.Process.StoppedUntil <= timeline.Now).ToList();
        if (Down || alive.Count == 0)
        {
            Deliver(message, 500);
            return;
        }

        var worker = dice.Of(alive);
        var delivery = new Delivery();
        worker.Process.OnDeath(() => Again(message, delivery, dice.Between(200, 5_000)));
        // A reader that stands still loses its connection, and with it the message.
        timeline.After(
            30_000,
            () =>
            {
                if (worker.Process.StoppedUntil > timeline.Now)
                {
                    Again(message, delivery, 100);
                }
            }
        );
        _ = HandleAsync(worker, message, delivery);
    }

    private async Task HandleAsync(SimulatedWorker worker, Message message, Delivery delivery)
    {
        try
        {
            await worker.HandleAsync(message.Id, message.Body);
        }
        catch (Exception e)
        {
            if (!IsPassing(message.Body, e))
            {
                timeline.Surprises.Add($"handling {message.Body.GetType().Name} threw {e}");
            }
            if (++message.Failures < TriesMax)
            {
                Again(message, delivery, message.Failures * 700);
            }
            else if (!delivery.IsOver)
            {
                delivery.IsOver = true;
                DeadLetters++;
            }
            return;
        }

        delivery.IsOver = true;
        if (dice.Chance(Repeats))
        {
            Deliver(message, dice.Chance(0.2) ? dice.Between(60_000, 3_600_000) : dice.Between(10, 20_000));
        }
    }

    // What consumers of deployments throw where a later try may go well: the bus tries again, and in the end the sweeper.
    private bool IsPassing(object body, Exception e) =>
        // As the state machine wraps what its steps throw; the bus looks through it, too.
        (e is EventExecutionException && e.InnerException is { } inner && IsPassing(body, inner))
        || e is DatabaseFailure
        || (e is UnacceptableMessageException && hasForgotten())
        || (
            body
                is PrepareTokenCreation
                    or PreparePoolCreation
                    or CoSignTransaction
                    or ReadOwnerTransaction
                    or AdoptOnChainDeployment
                    or TransactionSettled
                    or IAgentCommand
            && e is RpcException or ChainNotReadyException
        );

    private void Again(Message message, Delivery delivery, long after)
    {
        if (!delivery.IsOver)
        {
            delivery.IsOver = true;
            Deliver(message, after);
        }
    }

    private sealed class Message(Guid id, object body)
    {
        public Guid Id => id;

        public object Body => body;

        public int Failures { get; set; }
    }

    private sealed class Delivery
    {
        public bool IsOver { get; set; }
    }
}
