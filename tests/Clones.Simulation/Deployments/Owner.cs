using Clones.Api.Agents;
using Clones.Api.Auth;
using Clones.Api.Problems;
using Clones.Contracts.Agents;
using Clones.Domain.Transactions;
using Clones.Simulation.Store;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Simulation;

/// <summary>
/// The owner of an agent, at home, with an API, a wallet and a temper: double-clicks, signs too late, keeps what was signed and sends it again
/// after a renewal, gives up and tries again in any state, sends it to the cluster past us, or walks away. After the healing a sensible person,
/// unless gone for good.
/// </summary>
internal sealed class Owner : IDisposable
{
    private const int PatienceAfterHealing = 12;

    private readonly World world;
    private readonly Account account;
    private readonly Caller caller;
    private readonly SimulatedProcess browser;
    private readonly List<(TransactionKind Kind, byte[] Signed)> drawer = [];
    private readonly OwnerBehaviour temper;
    private bool isSensible;
    private int failuresAfterHealing;

    public Owner(World world, Account account, Guid agentId, OwnerBehaviour temper)
    {
        (this.world, this.account, this.temper, AgentId) = (world, account, temper, agentId);
        caller = new Caller($"wallet:{account.PublicKey}", account.PublicKey, new HashSet<string>());
        browser = new SimulatedProcess(world.Timeline, "browser");
        _ = LiveAsync();
    }

    public Guid AgentId { get; }

    public PublicKey Address => account.PublicKey;

    /// <summary>Never comes back after the failure.</summary>
    public bool IsGone => isSensible && temper.WalksAway;

    /// <summary>Has what was wanted, or has given it up.</summary>
    public bool IsDone { get; private set; }

    public void Heal() => isSensible = true;

    public void Dispose() => account.Dispose();

    private async Task LiveAsync()
    {
        while (!IsDone && !IsGone)
        {
            await browser.DelayAsync(isSensible ? 2_000 : world.RandomSource.Between(200, 9_000));
            try
            {
                await ActAsync();
            }
            catch (Exception e) when (e is ProblemException or DatabaseFailure or RpcException)
            {
                world.Note($"owner rejected: {(e as ProblemException)?.Problem.Code ?? e.GetType().Name}");
            }
            catch (Exception e)
            {
                world.Timeline.Surprises.Add($"the API threw {e}");
            }
        }
    }

    private async Task ActAsync()
    {
        var dice = world.RandomSource;
        if (!isSensible && dice.Chance(temper.Pauses))
        {
            world.Note("owner walks away");
            await browser.DelayAsync(dice.Between(20_000, 150_000));
            return;
        }
        if (!isSensible && dice.Chance(temper.Meddles))
        {
            Command(dice.Chance(0.6) ? "CANCEL" : "RETRY");
        }
        var row = await AnswerAsync(portal => portal.AgentAsync(caller, AgentId));
        switch (row.Status)
        {
            case AgentStatus.Draft:
                Command("DEPLOY");
                break;
            case AgentStatus.PendingTokenSignature:
                await SignAsync(TransactionKind.TokenCreation);
                break;
            case AgentStatus.TokenCreated:
                Command("POOL");
                break;
            case AgentStatus.PendingPoolSignature:
                await SignAsync(TransactionKind.PoolCreation);
                break;
            case AgentStatus.Failed when isSensible && ++failuresAfterHealing > PatienceAfterHealing:
                IsDone = true;
                break;
            case AgentStatus.Failed:
                Command("RETRY");
                await browser.DelayAsync(3_000);
                break;
            case AgentStatus.Deployed when isSensible:
                await UseTheDrawerAsync();
                IsDone = true;
                break;
        }
    }

    private async Task SignAsync(TransactionKind kind)
    {
        var dice = world.RandomSource;
        var view = await AnswerAsync(portal => portal.GetAsync(caller, AgentId, kind));
        if (view.Transaction is null)
        {
            return;
        }
        var transaction = Transaction.Deserialize(Convert.FromBase64String(view.Transaction));
        transaction.Sign(account);
        var signed = transaction.Serialize();
        drawer.Add((kind, signed));
        if (!isSensible && dice.Chance(temper.IsSlow))
        {
            world.Note("owner signs after expiry");
            await browser.DelayAsync(dice.Between(50_000, 110_000));
        }
        if (!isSensible && dice.Chance(temper.KeepsOld))
        {
            await UseTheDrawerAsync();
        }
        if (!isSensible && dice.Chance(temper.GoesAround) && GoAround(signed) && dice.Chance(temper.KeepsSilent))
        {
            // Somebody whose own wallet sends it need not tell us.
            await browser.DelayAsync(dice.Between(5_000, 90_000));
            return;
        }
        if (!isSensible && dice.Chance(temper.DoubleClicks))
        {
            world.Note("owner double-clicks");
            await Task.WhenAll(PostAsync(kind, signed), PostAsync(kind, signed));
            return;
        }
        await PostAsync(kind, signed);
    }

    /// <summary>Everything that was ever signed, to the API and past it.</summary>
    private async Task UseTheDrawerAsync()
    {
        foreach (var (kind, signed) in drawer.ToList())
        {
            world.Note("owner sends an old transaction");
            GoAround(signed);
            try
            {
                await PostAsync(kind, signed);
            }
            catch (ProblemException)
            {
                // As it should be for most of them.
            }
        }
    }

    // What the deposit wallet pays for lacks its signature, and the mint's: no validator takes it.
    private bool GoAround(byte[] signed)
    {
        try
        {
            world.Chain.Submit(signed, drop: false);
            world.Note("owner's broadcast taken");
            return true;
        }
        catch (FormatException)
        {
            world.Note("owner's broadcast not taken");
            return false;
        }
    }

    private Task<OwnerTransactionView> PostAsync(TransactionKind kind, byte[] signed) =>
        AnswerAsync(portal => portal.PostAsync(caller, AgentId, kind, signed));

    // The API's commit of an operation and its message is not at stake here: a command is a message that somebody has sent.
    private void Command(string command) =>
        world.Broker.Post(
            command switch
            {
                "DEPLOY" => new InitiateDeployment { AgentId = AgentId, Actor = caller.Id },
                "POOL" => new InitiatePoolCreation { AgentId = AgentId, Actor = caller.Id },
                "RETRY" => new RetryDeployment { AgentId = AgentId, Actor = caller.Id },
                _ => new CancelDeployment { AgentId = AgentId, Actor = caller.Id },
            }
        );

    /// <summary>Asks whichever API process there is. One that dies never answers: after a while the owner asks again.</summary>
    private async Task<T> AnswerAsync<T>(Func<SimulatedProcessGate, Task<T>> ask)
    {
        var portal = world.SimulatedProcessGate;
        var died = new TaskCompletionSource<T>();
        portal.Process.OnDeath(() =>
            world.Timeline.After(5_000, () => died.TrySetException(new DatabaseFailure("The API does not answer.")))
        );
        return await await Task.WhenAny(ask(portal), died.Task);
    }
}

/// <param name="DoubleClicks">How often the same POST is sent twice at once; a chance, as all below.</param>
/// <param name="IsSlow">How often it is signed when its blockhash is over.</param>
/// <param name="KeepsOld">How often everything signed before is sent again.</param>
/// <param name="GoesAround">How often it is sent to the cluster past us.</param>
/// <param name="KeepsSilent">How often what the cluster took from the owner is not handed in.</param>
/// <param name="Meddles">How often CANCEL or RETRY is asked for, in whatever state.</param>
/// <param name="Pauses">How often the owner is away for a while.</param>
/// <param name="WalksAway">For good, once the failure is over.</param>
internal sealed record OwnerBehaviour(
    double DoubleClicks = 0,
    double IsSlow = 0,
    double KeepsOld = 0,
    double GoesAround = 0,
    double KeepsSilent = 0.5,
    double Meddles = 0,
    double Pauses = 0,
    bool WalksAway = false
)
{
    public static OwnerBehaviour Of(RandomSource dice) =>
        new(
            DoubleClicks: dice.Of([0, 0.3, 0.8]),
            IsSlow: dice.Of([0, 0, 0.3]),
            KeepsOld: dice.Of([0, 0.3]),
            GoesAround: dice.Of([0, 0.5]),
            Meddles: dice.Of([0, 0.05, 0.3]),
            Pauses: dice.Of([0, 0, 0.3]),
            WalksAway: dice.Chance(0.2)
        );
}
