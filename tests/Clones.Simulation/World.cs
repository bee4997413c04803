using Clones.Contracts.Settlement;
using Clones.Domain.Agents;
using Clones.Domain.Faults;
using Clones.Domain.Keys;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Persistence.Agents;
using Clones.Simulation.Store;
using Clones.Solana.Primitives;

namespace Clones.Simulation;

/// <summary>A cluster, a database, a broker and some workers, on one timeline.</summary>
internal sealed class World : IDisposable
{
    public const ulong Funds = 50_000_000_000;
    private const int SlotMilliseconds = 400;

    private readonly Dictionary<Guid, HashSet<Guid>> told = [];
    private readonly List<Order> orders = [];
    private int born;

    /// <param name="deployments">Whether agents are deployed; where none are, nobody looks for stalled ones.</param>
    public World(ulong seed, int nodes, int workers, SeededBug? plant = null, bool deployments = false)
    {
        HasDeployments = deployments;
        SeededBug = plant ?? SeededBug.None;
        RandomSource = new RandomSource(seed);
        Timeline = new Timeline();
        Database = new Database(Timeline, RandomSource);
        Database.Faults.WithoutUniqueIndexes = SeededBug.WithoutUniqueIndexes;
        Database.Faults.WithoutFence = SeededBug.WithoutFence;
        Database.Faults.WithoutTags = SeededBug.WithoutTags;
        Database.Transitions.StandsOnChain = id => Database.Ledger.OnChainRecords.Values.Any(l => l.TransactionId == id);
        Chain = new Chain(Timeline, RandomSource);
        Database.Transitions.WasForgotten = id => Database.Restores > 0 && Chain.HasLanded(id);
        Nodes = [.. Enumerable.Range(1, nodes).Select(n => new Node(Chain, RandomSource, n))];
        Broker = new Broker(Timeline, RandomSource, () => Workers, () => Database.Restores > 0);
        Database.Committed = Broker.Post;
        Faults = new FaultSchedule(this);
        SimulatedProcessGate = new SimulatedProcessGate(this, "api-1");
        for (var i = 0; i < workers; i++)
        {
            Workers.Add(new SimulatedWorker(this, $"worker-{++born}"));
        }
        ProduceBlocks();
    }

    public bool HasDeployments { get; }

    public SeededBug SeededBug { get; }

    public RandomSource RandomSource { get; }

    public Timeline Timeline { get; }

    public Chain Chain { get; }

    public IReadOnlyList<Node> Nodes { get; }

    public Database Database { get; }

    public Broker Broker { get; }

    public FaultSchedule Faults { get; }

    public List<SimulatedWorker> Workers { get; } = [];

    /// <summary>The API process that owners talk to.</summary>
    public SimulatedProcessGate SimulatedProcessGate { get; private set; }

    public List<Owner> Owners { get; } = [];

    /// <summary>Planted by a test: what is done with a signed attempt before it is committed.</summary>
    public Action<TransactionAttempt>? OnSigned =>
        SeededBug.SendsBeforeCommit ? attempt => Chain.Submit(attempt.WireBytes, drop: false) : null;

    /// <summary>Secret seeds of the wallets.</summary>
    public Dictionary<Guid, byte[]> Seeds { get; } = [];

    /// <summary>Wallets whose stored key somebody has damaged.</summary>
    public HashSet<Guid> DamagedKeys { get; } = [];

    /// <summary>Whoever keeps the master keys does not answer.</summary>
    public bool KeysAreAway { get; set; }

    /// <summary>A row of these wallets is poisoned: what is done with it fails every time, in a way that nobody expected.</summary>
    public HashSet<Guid> PoisonedWallets { get; } = [];

    /// <summary>How often a key was asked for.</summary>
    public int KeyOpenings { get; private set; }

    public Dictionary<string, int> Crashes { get; } = [];

    /// <summary>Asked after every event: first what is rarely true.</summary>
    public bool IsSettled =>
        Database.Payments.Values.All(p => p.Status is PaymentStatus.Completed or PaymentStatus.Failed)
        && orders.TrueForAll(o => Find(o) is not null)
        && Database.Reservations.TrueForAll(r => r.ReleasedAt is not null || DeploymentAudit.MayReserve(this, r.TransactionId))
        && Owners.TrueForAll(o => o.IsDone || o.IsGone)
        && !Database.Attempts.Values.Any(a => a.MayLand());

    public DepositWallet AddWallet()
    {
        var seed = RandomSource.Bytes(Account.SeedLength);
        using var account = Account.FromSeed(seed);
        var wallet = new DepositWallet
        {
            Id = RandomSource.Guid(),
            TrainingPoolId = RandomSource.Guid(),
            Address = account.PublicKey.ToString(),
            CreatedAt = Database.Clock,
        };
        Seeds[wallet.Id] = seed;
        Database.Wallets[wallet.Id] = wallet;
        Chain.Fund(account.PublicKey, Funds);
        return wallet;
    }

    /// <exception cref="KeyUnusableException">It is damaged.</exception>
    public Account OpenKey(Guid walletId)
    {
        KeyOpenings++;
        var binding = KeyBinding.OfWallet(walletId, Database.Wallets[walletId].Address);
        return KeysAreAway ? throw new MasterKeyAwayException(binding, "v1", "Vault does not answer.")
            : PoisonedWallets.Contains(walletId) ? throw new DatabaseFailure("A row is poisoned.")
            : DamagedKeys.Contains(walletId) ? throw new KeyUnusableException(binding, "v1", "it was changed.")
            : Account.FromSeed(Seeds[walletId]);
    }

    /// <summary>An agent that is a draft, and its owner, who begins at once.</summary>
    /// <param name="payer">Null for either.</param>
    public Owner AddAgent(DepositWallet wallet, OwnerBehaviour temper, DeploymentPayer? payer = null)
    {
        var account = Account.FromSeed(RandomSource.Bytes(Account.SeedLength));
        payer ??= RandomSource.Chance(0.4) ? DeploymentPayer.Owner : DeploymentPayer.DepositWallet;
        Chain.Fund(account.PublicKey, Funds);
        var agent = new Agent
        {
            Id = RandomSource.Guid(),
            TrainingPoolId = wallet.TrainingPoolId,
            OwnerAddress = account.PublicKey.ToString(),
            Name = "Clone",
            Ticker = "CLN",
            Description = "An agent of the simulation.",
            Supply = 1_000_000,
            Decimals = 6,
            MinimumLiquidityLamports = 1_000_000_000,
            GatedPercentage = 10,
            TokenStandard = RandomSource.Chance(0.5) ? TokenStandard.Token2022 : TokenStandard.SplToken,
            DeploymentPayer = payer.Value,
            CreatedAt = Database.Clock,
            UpdatedAt = Database.Clock,
        };
        Database.Deployments.Agents.Add(agent);
        Database.Deployments.Lifecycles.Add(
            new AgentLifecycleInstance
            {
                CorrelationId = agent.Id,
                CurrentState = "Draft",
                CreatedAt = Database.Clock,
                UpdatedAt = Database.Clock,
            }
        );
        var owner = new Owner(this, account, agent.Id, temper);
        Owners.Add(owner);
        return owner;
    }

    public void KillPortal()
    {
        Note("API killed");
        SimulatedProcessGate.Process.Kill();
        SimulatedProcessGate = new SimulatedProcessGate(this, $"api-{++born}");
    }

    /// <summary>Counts it among what happened.</summary>
    public void Note(string kind) => Faults.Counts[kind] = Faults.Counts.GetValueOrDefault(kind) + 1;

    public void Dispose() => Owners.ForEach(o => o.Dispose());

    /// <summary>What accepting payments commits: payments, transaction, reservation and message, at once. Those of one call share a transaction.</summary>
    public ChainTransaction Accept(DepositWallet wallet, params (PublicKey To, ulong Lamports)[] transfers)
    {
        List<Order> asked = [.. transfers.Select(t => new Order(RandomSource.Guid().ToString(), wallet.Id, t.To, t.Lamports))];
        orders.AddRange(asked);
        return Accept(asked)[0];
    }

    /// <summary>A payment out of each wallet, accepted in one commit: one message asks to prepare all of them.</summary>
    public IReadOnlyList<ChainTransaction> AcceptFromEach(IReadOnlyList<DepositWallet> wallets, PublicKey to, ulong lamports)
    {
        List<Order> asked = [.. wallets.Select(w => new Order(RandomSource.Guid().ToString(), w.Id, to, lamports))];
        orders.AddRange(asked);
        return Accept(asked);
    }

    /// <summary>
    /// The database is put back to what it was, and clients who miss their payments ask for them again, under the same keys: together or each
    /// alone, and in any order.
    /// </summary>
    public void Restore(Action backup)
    {
        backup();
        for (var left = orders.ToList(); left.Count > 0; )
        {
            var first = RandomSource.Of(left);
            List<Order> asked = RandomSource.Chance(0.5) ? [first] : left.FindAll(o => o == first || RandomSource.Chance(0.3));
            left.RemoveAll(asked.Contains);
            Timeline.After(RandomSource.Between(0, 120_000), () => Accept(asked.FindAll(o => Find(o) is null)));
        }
    }

    /// <summary>The database is put back, and a client asks at once for all of these, together.</summary>
    public void RestoreWith(Action backup, params string[] keys)
    {
        backup();
        Accept(orders.FindAll(o => keys.Contains(o.Key)));
    }

    /// <summary>A client asks once more for the payment of this key, alone, and at once.</summary>
    public void AcceptAgain(string key) => Accept(orders.FindAll(o => o.Key == key));

    private Payment? Find(Order order) => Database.Payments.Values.FirstOrDefault(p => p.IdempotencyKey == order.Key);

    /// <summary>As the rule of acceptance has it: what stands on chain already takes nothing any more, and is alone.</summary>
    private List<ChainTransaction> Accept(IReadOnlyList<Order> asked)
    {
        var groups = asked.GroupBy(o => (o.WalletId, Found: IsOnChain(o) ? o.Key : ""));
        List<ChainTransaction> accepted = [.. groups.Select(g => Accept(Database.Wallets[g.Key.WalletId], [.. g], g.Key.Found.Length > 0))];
        if (accepted.Count > 0)
        {
            Broker.Post(new PrepareTransactions { TransactionIds = accepted.ConvertAll(t => t.Id) });
        }
        return accepted;
    }

    private bool IsOnChain(Order order) =>
        Database.Ledger.OnChainRecords.Values.Any(l => l.TransactionId == order.Tag || Database.TagsOf(l).Contains(order.Tag));

    private ChainTransaction Accept(DepositWallet wallet, Order[] asked, bool isOnChain)
    {
        var transaction = new ChainTransaction
        {
            Id = TransactionIds.OfPayments([.. asked.Select(o => (Order.Caller, o.Key))]),
            Kind = TransactionKind.Payment,
            Status = TransactionStatus.Accepted,
            WalletId = wallet.Id,
            NextCheckAt = Database.Clock + WakeUp.First,
            CreatedAt = Database.Clock,
        };
        Database.Transactions[transaction.Id] = transaction;
        foreach (var order in asked)
        {
            var payment = new Payment
            {
                Id = RandomSource.Guid(),
                Kind = PaymentKind.Withdrawal,
                TrainingPoolId = wallet.TrainingPoolId,
                WalletId = wallet.Id,
                TransactionId = transaction.Id,
                Recipient = order.To.ToString(),
                Amount = order.Lamports,
                ReservedLamports = isOnChain ? 0 : PaymentAcceptanceRule.FeeLamportsMax + order.Lamports,
                Status = PaymentStatus.Accepted,
                Caller = Order.Caller,
                IdempotencyKey = order.Key,
                RequestHash = [],
                CreatedAt = Database.Clock,
            };
            Database.Payments[payment.Id] = payment;
        }
        if (!isOnChain)
        {
            Database.Reservations.Add(
                new WalletReservation
                {
                    Id = RandomSource.Guid(),
                    WalletId = wallet.Id,
                    TransactionId = transaction.Id,
                    Amount = asked.Aggregate(0UL, (sum, o) => sum + PaymentAcceptanceRule.FeeLamportsMax + o.Lamports),
                    CreatedAt = Database.Clock,
                }
            );
        }
        return transaction;
    }

    /// <summary>SIGKILL; another process takes its place after a while.</summary>
    public void Kill(SimulatedWorker worker, long restartAfter)
    {
        if (!worker.Process.IsAlive)
        {
            return;
        }
        worker.Process.Kill();
        Timeline.After(restartAfter, () => Workers[Workers.IndexOf(worker)] = new SimulatedWorker(this, $"worker-{++born}"));
    }

    public void Crash(SimulatedWorker worker, CrashPoint point)
    {
        Crashes[point.ToString()] = Crashes.GetValueOrDefault(point.ToString()) + 1;
        Kill(worker, RandomSource.Between(200, 20_000));
    }

    /// <summary>Other services are told that a payment is complete; hearing the same message twice is once.</summary>
    public void Told(Guid paymentId, Guid messageId)
    {
        if (!told.TryGetValue(paymentId, out var messages))
        {
            told[paymentId] = messages = [];
        }
        messages.Add(messageId);
    }

    public int TimesTold(Guid paymentId) => told.TryGetValue(paymentId, out var messages) ? messages.Count : 0;

    private void ProduceBlocks() =>
        Timeline.After(
            SlotMilliseconds,
            () =>
            {
                Chain.Produce();
                ProduceBlocks();
            }
        );

    /// <summary>What a client wants, and goes on wanting.</summary>
    private sealed record Order(string Key, Guid WalletId, PublicKey To, ulong Lamports)
    {
        public const string Caller = "simulation";

        public Guid Tag { get; } = TransactionIds.OfPayment(Caller, Key);
    }
}
