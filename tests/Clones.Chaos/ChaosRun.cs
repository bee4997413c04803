using Clones.Chaos.Audit;
using Clones.Chaos.Faults;
using Clones.Chaos.Servers;
using Clones.Chaos.Work;
using Clones.Solana.Programs;

namespace Clones.Chaos;

/// <summary>One run on real parts: faults, healing, audit.</summary>
internal sealed class ChaosRun(ChaosPlan plan, TextWriter output, TimeProvider time)
{
    private const int PayingPools = 4;
    private const int PoorPool = 2;
    private const int DamagedPool = 1;
    private static readonly TimeSpan StandstillLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly FaultCounts tally = new();
    private readonly long began = time.GetTimestamp();

    public static Task<ChaosReport> RunAsync(ChaosPlan plan, TextWriter output, CancellationToken cancellationToken) =>
        new ChaosRun(plan, output, TimeProvider.System).RunAsync(cancellationToken);

    private async Task<ChaosReport> RunAsync(CancellationToken cancellationToken)
    {
        Say($"seed {plan.Seed}: starting PostgreSQL, RabbitMQ, three nodes, an API and {plan.Workers} workers");
        await using var system = new ChaosSystem(plan, tally, time);
        await system.StartAsync();
        await StatusWatch.SetAsync(system.Database, cancellationToken);
        var listener = new CompletionListener(system.VirtualHost);
        await listener.BindAsync(cancellationToken);

        using var owner = new Owner(system, time);
        var setting = new ChaosSetup(system, owner, plan.PayoutBatch, time);
        var pools = await setting.MakeAsync(PayingPools + plan.Agents, PoorPool, cancellationToken);
        var orders = PaymentOrder.Draw(plan, PayingPools, PoorPool);
        var sender = new PaymentSender(plan, system, owner, pools, tally, time);
        Say($"the faults begin: {plan.Payments} payments and {plan.Kills} deaths and freezes in {plan.Length.TotalSeconds:0} s");
        var troubleBegan = time.GetTimestamp();
        var work = Task.WhenAll([
            sender.SendAllAsync(orders, cancellationToken),
            .. Deployers(system, pools, owner).Select(d => d.DeployAsync(cancellationToken)),
            InterfereAsync(system, setting, owner, pools[PoorPool], cancellationToken),
            DamageAKeyAsync(system, pools[DamagedPool], cancellationToken),
        ]);
        using var telling = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var told = TellAsync(sender, telling.Token);
        await system.Cluster.BeginStormAsync(plan.Seed, plan.Length);
        await RampageAsync(system, cancellationToken);
        foreach (var (kind, times) in await system.Cluster.CalmAsync())
        {
            tally.Note($"chain: {kind}", times);
        }
        Say("the faults are over");
        var healingBegan = time.GetTimestamp();
        await system.UntilReadyAsync(ChaosSystem.StartAmidWorkLimit);
        await HealAsync(system.Database, sender, work, cancellationToken);
        await telling.CancelAsync();
        await told;
        var (length, healedIn) = (time.GetElapsedTime(troubleBegan), time.GetElapsedTime(healingBegan));
        Say("reading the chain");
        await sender.AskAgainAsync(orders, cancellationToken);
        var evidence = await EvidenceAsync(system, orders, sender, listener, pools, owner, cancellationToken);
        // Two readers of the same chain: this run's own, and the one that operators have.
        Say("reconciling");
        var (code, said) = await system.ReconcileAsync(cancellationToken);
        IEnumerable<string> differences = code == 0 ? [] : [$"reconcile ended with {code}:\n{said}"];
        var (keysCode, keysSaid) = await system.AuditKeysAsync(cancellationToken);
        IEnumerable<string> misuse = keysCode == 0 ? [] : [$"keys audit ended with {keysCode}:\n{keysSaid}"];
        return new ChaosReport(
            plan,
            tally,
            evidence,
            [.. sender.Findings, .. ChaosAudit.Of(evidence), .. differences, .. misuse],
            length,
            healedIn
        );
    }

    private IEnumerable<AgentDeployer> Deployers(ChaosSystem system, IReadOnlyList<ChaosPool> pools, Owner owner) =>
        Enumerable
            .Range(0, plan.Agents)
            .Select(i => new AgentDeployer(plan.Seed, i + 1, pools[PayingPools + i], owner, system.Cluster.Rpc, tally, time));

    /// <summary>Half of the time the poor pool waits for its relief; and somebody freezes those who are paid.</summary>
    private async Task InterfereAsync(
        ChaosSystem system,
        ChaosSetup setting,
        Owner owner,
        ChaosPool poor,
        CancellationToken cancellationToken
    )
    {
        var insistent = new RetryingSender(system.Cluster, time);
        var saboteur = new FaultInjector(plan.Seed, owner.Wallet.Account, setting.Mint, insistent, tally, time);
        var sabotage = saboteur.WorkAsync(PaymentOrder.Regulars(plan.Seed), plan.Length * 0.9, cancellationToken);
        await Task.Delay(plan.Length / 2, time, cancellationToken);
        await setting.RelieveAsync(poor, insistent, cancellationToken);
        await sabotage;
    }

    /// <summary>For the middle third of the faults the stored key of one pool's wallet does not open; its payments wait, those of others do not.</summary>
    private async Task DamageAKeyAsync(ChaosSystem system, ChaosPool pool, CancellationToken cancellationToken)
    {
        await Task.Delay(plan.Length / 3, time, cancellationToken);
        var stored = await StoredKey.FlipAsync(system.Database, pool, time, cancellationToken);
        Say("a stored key is damaged");
        tally.Note("stored key damaged");
        await Task.Delay(plan.Length / 3, time, cancellationToken);
        await StoredKey.PutBackAsync(system.Database, pool, stored, time, cancellationToken);
        Say("the stored key is repaired");
    }

    /// <summary>Every deed at its time. Two deeds to the same server follow each other, whatever the plan says.</summary>
    private async Task RampageAsync(ChaosSystem system, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(plan.Length);
        var turns = Enum.GetValues<FaultTarget>().ToDictionary(v => v, _ => new SemaphoreSlim(1));
        await Task.WhenAll(FaultPlan.Draw(plan).Select(DoAsync));
        await Task.Delay(plan.Length, time, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        async Task DoAsync(PlannedFault deed)
        {
            await Task.Delay(deed.At, time, cancellationToken);
            var turn = turns[deed.FaultTarget];
            await turn.WaitAsync(cancellationToken);
            try
            {
                Say($"{deed.Kind}{(deed.FaultTarget == FaultTarget.Worker ? $" ({deed.Index + 1})" : "")}");
                await system.DoAsync(deed, ending.Token);
            }
            finally
            {
                turn.Release();
            }
        }
    }

    private async Task TellAsync(PaymentSender sender, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                Say($"{sender.Accepted.Count} of {plan.Payments} payments are accepted");
            }
        }
        catch (OperationCanceledException)
        {
            // The work is over.
        }
    }

    /// <summary>Until everything is closed, or nothing has moved for a while; the audit names what is open then.</summary>
    private async Task HealAsync(string database, PaymentSender sender, Task work, CancellationToken cancellationToken)
    {
        (int Accepted, int Payments, int Reservations, int Messages) before = default;
        var moved = time.GetTimestamp();
        while (!work.IsFaulted)
        {
            var (payments, reservations, messages) = await DatabaseReading.OpenAsync(database, cancellationToken);
            if ((payments, reservations, messages) == (0, 0, 0) && work.IsCompleted)
            {
                break;
            }
            var now = (sender.Accepted.Count, payments, reservations, messages);
            if (now != before)
            {
                (before, moved) = (now, time.GetTimestamp());
            }
            if (time.GetElapsedTime(moved) > StandstillLimit)
            {
                Say($"nothing moves: {payments} payments, {reservations} reservations and {messages} messages are open");
                return;
            }
            await Task.Delay(LookEvery, time, cancellationToken);
        }
        await work;
    }

    private async Task<Evidence> EvidenceAsync(
        ChaosSystem system,
        IReadOnlyList<PaymentOrder> orders,
        PaymentSender sender,
        CompletionListener listener,
        IReadOnlyList<ChaosPool> pools,
        Owner owner,
        CancellationToken cancellationToken
    )
    {
        var chain = new ChainReading(system.Cluster.Rpc);
        var wallets = new List<WalletOnChain>();
        foreach (var pool in pools)
        {
            wallets.Add(await chain.WalletAsync(pool, cancellationToken));
        }
        var holdings = new Dictionary<int, ulong>();
        foreach (var order in orders.GroupBy(o => o.Recipient).Where(g => g.Count() == 1).Select(g => g.Single()))
        {
            holdings[order.Number] = await chain.HoldingsAsync(order.Recipient, pools[order.Pool].Mint, cancellationToken);
        }
        var database = await DatabaseReading.ReadAsync(system.Database, cancellationToken);
        var living = new HashSet<string>();
        foreach (var address in database.Agents.SelectMany(a => new[] { a.TokenMint, a.LiquidityPoolAddress }).OfType<string>())
        {
            if (await chain.ExistsAsync(Solana.Primitives.PublicKey.Parse(address), cancellationToken))
            {
                living.Add(address);
            }
        }
        return new Evidence(
            plan.Seed,
            orders,
            sender.Accepted,
            sender.Rejected,
            await listener.ReadAsync(cancellationToken),
            database,
            pools,
            wallets,
            holdings,
            living,
            await system.Cluster.Rpc.GetMinimumBalanceForRentExemptionAsync(TokenAccount.Size, cancellationToken)
        )
        {
            PaidByOwner = await chain.PaidByAsync(owner.Wallet.Account.PublicKey, cancellationToken),
        };
    }

    private void Say(string text) => output.WriteLine($"[{time.GetElapsedTime(began).TotalSeconds, 6:0.0} s] {text}");
}
