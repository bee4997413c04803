using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;

namespace Clones.Simulation;

/// <summary>
/// A cluster with forks: blocks can be rolled back as long as they are not rooted, dropped transactions may come back as long as their
/// blockhash lives, and finality may stall. A blockhash is good for 150 blocks, and (as leaders do at the edge) for one more.
/// </summary>
internal sealed class Chain
{
    public const int BlockhashLife = 150;
    public const int FinalityDepth = 32;

    private readonly Timeline timeline;
    private readonly RandomSource dice;
    private readonly Dictionary<PublicKey, ulong> balances = [];
    private readonly Dictionary<Blockhash, int> heights = [];
    private readonly List<WireTransaction> pool = [];
    private readonly Dictionary<Signature, WireTransaction> gifts = [];

    // Somebody keeps every transaction that was ever dropped, and sends it again when it suits him.
    private readonly List<WireTransaction> hoard = [];
    private ulong slot = 1_000;

    public Chain(Timeline timeline, RandomSource dice)
    {
        this.timeline = timeline;
        this.dice = dice;
        Main = new Fork([new Block(slot, 0, NextHash())]);
        Register(Main.Tip);
        for (var i = 0; i < FinalityDepth + 8; i++)
        {
            Produce();
        }
    }

    public Blockhash Genesis { get; } = new(new byte[32]);

    public Fork Main { get; private set; }

    /// <summary>Height of the highest block that can no longer be rolled back.</summary>
    public int Root { get; private set; }

    /// <summary>No block becomes final while this holds.</summary>
    public bool FinalityStalls { get; set; }

    /// <summary>Chance that a block takes a waiting transaction.</summary>
    public double Inclusion { get; set; } = 0.8;

    /// <summary>What nodes drop comes never back; otherwise somebody may bring it late.</summary>
    public bool DropsForGood { get; set; }

    /// <summary>Chance that executing a transaction fails, anew on every fork.</summary>
    public double ExecutionFails { get; set; }

    /// <summary>Recipients whom no transaction can pay, and whether nodes see that by a simulation.</summary>
    private readonly Dictionary<PublicKey, bool> closed = [];

    /// <summary>From now on whatever pays this recipient fails as a whole.</summary>
    public void Close(PublicKey recipient, bool isSeenBefore) => closed[recipient] = isSeenBefore;

    public void Open(PublicKey recipient) => closed.Remove(recipient);

    /// <summary>What the chain says of a transaction that pays somebody who cannot be paid; null where there is none.</summary>
    public string? ErrorOf(WireTransaction transaction, bool bySimulation)
    {
        for (var i = 0; i < transaction.Transfers.Count && transaction.Instructions.Count == 0; i++)
        {
            if (closed.TryGetValue(transaction.Transfers[i].To, out var isSeen) && (isSeen || !bySimulation))
            {
                // Behind the two instructions of the compute budget.
                return $$"""{"InstructionError":[{{i + 2}},{"Custom":17}]}""";
            }
        }
        return null;
    }

    public Dictionary<Signature, WireTransaction> Known { get; } = [];

    public IReadOnlyDictionary<PublicKey, ulong> Balances => balances;

    /// <summary>Mints and token accounts.</summary>
    public TokenAccounts Tokens { get; } = new();

    public WireTransaction? Find(Signature signature) => Known.GetValueOrDefault(signature) ?? gifts.GetValueOrDefault(signature);

    /// <summary>Lamports of an account on a fork, up to and with a height.</summary>
    public ulong BalanceAt(PublicKey address, Fork fork, int height)
    {
        var balance = Int128.Zero;
        foreach (var transaction in gifts.Values.Concat(Known.Values))
        {
            foreach (var execution in transaction.Executions.Where(e => e.Block.Height <= height && fork.Holds(e.Block)))
            {
                var moved = execution.Error is null ? transaction.Transfers : [];
                if (transaction.Payer == address)
                {
                    balance -= transaction.Fee + moved.Aggregate(0UL, (sum, t) => sum + t.Lamports);
                }
                balance += moved.Where(t => t.To == address).Aggregate(0UL, (sum, t) => sum + t.Lamports);
            }
        }
        return balance < 0 ? 0 : (ulong)balance;
    }

    /// <summary>Whether the winning fork holds a success of this transaction, by any attempt.</summary>
    public bool HasExecuted(Guid transactionId) => ExecutionsOf(transactionId).Any(e => e.Error is null);

    /// <summary>The same of a success or a failure.</summary>
    public bool HasLanded(Guid transactionId) => ExecutionsOf(transactionId).Any();

    private IEnumerable<Execution> ExecutionsOf(Guid transactionId) =>
        Main
            .Blocks.SelectMany(b => b.Executions)
            .Where(e => e.Transaction.Memo?.StartsWith($"{transactionId:D}:", StringComparison.Ordinal) == true);

    /// <summary>Somebody has paid into the wallet long ago: its history says so.</summary>
    /// <summary>What strangers gave is of a version that no reader knows: nodes say so, and what it did to the balances.</summary>
    public bool GiftsAreUnreadable { get; set; }

    public void Fund(PublicKey wallet, ulong lamports)
    {
        using var giver = Account.FromSeed(dice.Bytes(Account.SeedLength));
        var signed = new Transaction(
            new TransactionBuilder()
                .SetFeePayer(giver.PublicKey)
                .SetRecentBlockhash(Genesis)
                .AddInstruction(SystemProgram.Transfer(giver.PublicKey, wallet, lamports))
                .BuildMessage()
        );
        signed.Sign(giver);
        var gift = new WireTransaction
        {
            IsGift = true,
            Signature = signed.Id,
            Bytes = signed.Serialize(),
            Payer = giver.PublicKey,
            Blockhash = Genesis,
            Transfers = [(wallet, lamports)],
            Instructions = [],
            Memo = null,
            Fee = 0,
        };
        var execution = new Execution(gift, Main.Blocks[0], null);
        gift.Executions.Add(execution);
        gifts[gift.Signature] = gift;
        Main.Blocks[0].Executions.Add(execution);
        balances[wallet] = balances.GetValueOrDefault(wallet) + lamports;
    }

    /// <summary>A validator has it: it may land from now on, or be lost on the way.</summary>
    public void Submit(ReadOnlySpan<byte> bytes, bool drop)
    {
        var read = WireTransaction.Read(bytes);
        if (!Known.TryGetValue(read.Signature, out var transaction))
        {
            Known[read.Signature] = transaction = read;
        }
        if (drop)
        {
            Add(hoard, transaction);
        }
        else
        {
            Add(pool, transaction);
        }
    }

    public void Produce()
    {
        // Not every leader turns up.
        slot += dice.Chance(0.05) ? 2UL : 1UL;
        var block = new Block(slot, Main.Tip.Height + 1, NextHash());
        Main.Blocks.Add(block);
        Register(block);
        for (var i = pool.Count - 1; i >= 0; i--)
        {
            if (dice.Chance(Inclusion))
            {
                Execute(pool[i], block);
            }
        }
        pool.RemoveAll(t => IsExecutedOn(Main, t) || !MayLand(t, block.Height + 1));
        if (!FinalityStalls)
        {
            Root = Math.Max(Root, block.Height - FinalityDepth);
        }
        if (!DropsForGood)
        {
            ReleaseHoard(block.Height + 1);
        }
    }

    /// <summary>The cluster changes its mind about the latest blocks.</summary>
    /// <returns>The fork that lost, for nodes that have not heard of it; null where nothing could be rolled back.</returns>
    public Fork? RollBack(int blocks)
    {
        var keep = Math.Max(Root, Main.Tip.Height - blocks);
        if (keep >= Main.Tip.Height)
        {
            return null;
        }

        var lost = Main;
        lost.LostAt = keep;
        Main = new Fork([.. lost.Blocks.Take(keep + 1)]);
        foreach (var execution in lost.Blocks.Skip(keep + 1).SelectMany(b => b.Executions).Reverse())
        {
            Undo(execution);
            Add(dice.Chance(0.5) ? pool : hoard, execution.Transaction);
        }
        return lost;
    }

    /// <summary>What was executed and is final, in order.</summary>
    public IEnumerable<Execution> FinalExecutions() => Main.Blocks.Take(Root + 1).SelectMany(b => b.Executions);

    public bool IsBlockhashValid(Blockhash hash, Fork fork, int height) =>
        heights.TryGetValue(hash, out var born) && born <= height && fork.Blocks[born].Hash == hash && height - born <= BlockhashLife;

    private void ReleaseHoard(int height)
    {
        for (var i = hoard.Count - 1; i >= 0; i--)
        {
            // Most dangerous at the very end of its life.
            var expires = heights.GetValueOrDefault(hoard[i].Blockhash) + BlockhashLife + 1;
            if (dice.Chance(expires - height is >= 0 and < 6 ? 0.3 : 0.004))
            {
                Add(pool, hoard[i]);
                hoard.RemoveAt(i);
            }
        }
    }

    private bool MayLand(WireTransaction transaction, int height) =>
        heights.TryGetValue(transaction.Blockhash, out var born)
        && born < height
        && Main.Blocks[born].Hash == transaction.Blockhash
        && height - born <= BlockhashLife + 1;

    private static bool IsExecutedOn(Fork fork, WireTransaction transaction) => transaction.Executions.Exists(e => fork.Holds(e.Block));

    private void Execute(WireTransaction transaction, Block block)
    {
        var balance = balances.GetValueOrDefault(transaction.Payer);
        if (IsExecutedOn(Main, transaction) || !MayLand(transaction, block.Height) || balance < transaction.Fee)
        {
            return;
        }

        var total = transaction.Transfers.Aggregate(0UL, (sum, t) => sum + t.Lamports);
        var run = new TokenRun(address => Tokens.At(address, Main, block.Height));
        var failure =
            dice.Chance(ExecutionFails) ? (dice.Chance(0.5) ? """{"InstructionError":[2,{"Custom":6}]}""" : "\"ProgramCacheHitMaxLimit\"")
            : ErrorOf(transaction, bySimulation: false) is { } error ? error
            : balance - transaction.Fee < total ? """{"InstructionError":[2,{"Custom":1}]}"""
            : run.Execute(transaction.Instructions);
        var execution = new Execution(transaction, block, failure);
        block.Executions.Add(execution);
        transaction.Executions.Add(execution);
        balances[transaction.Payer] = balance - transaction.Fee;
        if (failure is null)
        {
            Move(transaction, forth: true);
            Tokens.Write(block, run.Changes);
        }
    }

    private void Undo(Execution execution)
    {
        balances[execution.Transaction.Payer] += execution.Transaction.Fee;
        if (execution.Error is null)
        {
            Move(execution.Transaction, forth: false);
        }
    }

    private void Move(WireTransaction transaction, bool forth)
    {
        foreach (var (to, lamports) in transaction.Transfers)
        {
            var (from, into) = forth ? (transaction.Payer, to) : (to, transaction.Payer);
            balances[from] -= lamports;
            balances[into] = balances.GetValueOrDefault(into) + lamports;
        }
    }

    private static void Add(List<WireTransaction> list, WireTransaction transaction)
    {
        if (!list.Contains(transaction))
        {
            list.Add(transaction);
        }
    }

    private void Register(Block block) => heights[block.Hash] = block.Height;

    private Blockhash NextHash() => new(dice.Bytes(32));
}

/// <summary>A chain of blocks, the block of height n at index n.</summary>
internal sealed class Fork(List<Block> blocks)
{
    public List<Block> Blocks => blocks;

    public Block Tip => blocks[^1];

    /// <summary>Height of the last block that it shares with the winner; null while it is the winner.</summary>
    public int? LostAt { get; set; }

    public bool Holds(Block block) => block.Height < blocks.Count && ReferenceEquals(blocks[block.Height], block);
}
