using System.Text;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Simulation;

/// <summary>An RPC node as its clients meet it: the cluster seen with its lag, on its fork, through its faults.</summary>
internal sealed class Node(Chain chain, RandomSource dice, int number)
{
    private const int ConfirmedDepth = 2;
    private const int RecentSlots = 300;

    public Uri Endpoint { get; } = new($"http://node{number}.simulated");

    public NodeFaults Faults { get; set; } = new();

    /// <summary>Entries of a history that it lists in one page at most, always: that is how its provider runs it, and no fault. 0 for no limit.</summary>
    public int PageLimit { get; set; }

    /// <summary>A fork that lost and that it still follows; null for the winner.</summary>
    public Fork? StuckOn { get; set; }

    private Fork View => StuckOn ?? chain.Main;

    /// <summary>Before anything else: whether it answers at all.</summary>
    public void Answer(string method)
    {
        if (Faults.Unauthorized)
        {
            throw new RpcErrorException(Endpoint, method, 401, RpcErrorCodes.InvalidRequest, "the API key is not valid", null);
        }
        if (Faults.RateLimited)
        {
            throw new RpcRateLimitedException(Endpoint, method, TimeSpan.FromSeconds(2));
        }
        if (Faults.Down || dice.Chance(Faults.Flaky))
        {
            throw new RpcTransportException(Endpoint, method, "no answer", isTimeout: true);
        }
    }

    public int Height(Commitment commitment)
    {
        var tip = Math.Max(0, View.Tip.Height - Faults.Lag);
        return commitment switch
        {
            Commitment.Processed => tip,
            Commitment.Confirmed => Math.Max(0, tip - ConfirmedDepth),
            // A fork that lost is final up to where it parted.
            _ => Math.Max(0, Math.Min(Math.Min(chain.Root, View.LostAt ?? int.MaxValue), tip - Chain.FinalityDepth)),
        };
    }

    public ulong Slot(Commitment commitment) => View.Blocks[Height(commitment)].Slot;

    public ulong ToldHeight(Commitment commitment) => (ulong)Math.Max(0, Height(commitment) + Faults.HeightOffset);

    public void Require(string method, Commitment commitment, ulong? minContextSlot)
    {
        if (minContextSlot > Slot(commitment))
        {
            throw new RpcNodeBehindException(Endpoint, method, minContextSlot - Slot(commitment));
        }
    }

    public LatestBlockhash Latest(Commitment commitment)
    {
        var block = View.Blocks[Height(commitment)];
        var lastValid = block.Height + Chain.BlockhashLife + Faults.LastValidOffset;
        return new LatestBlockhash(block.Slot, block.Hash, (ulong)Math.Max(1, lastValid));
    }

    public bool IsValid(Blockhash hash, Commitment commitment) =>
        !Faults.TakesEveryBlockhashForOver && chain.IsBlockhashValid(hash, View, Height(commitment));

    public TransactionStatus? Status(Signature signature, bool searchHistory)
    {
        if (Faults.KnowsNothing || Seen(signature) is not { } execution)
        {
            return null;
        }
        var height = execution.Block.Height;
        if (height < Faults.FirstHeight || (!searchHistory && height < Height(Commitment.Processed) - RecentSlots))
        {
            return null;
        }
        var commitment =
            Faults.ClaimsFinalized || height <= Height(Commitment.Finalized) ? Commitment.Finalized
            : height <= Height(Commitment.Confirmed) ? Commitment.Confirmed
            : Commitment.Processed;
        var error = Faults.InventsErrors ? "\"InsufficientFundsForFee\"" : execution.Error;
        return new TransactionStatus(execution.Block.Slot, null, commitment, error);
    }

    public Execution? Seen(Signature signature, Commitment commitment = Commitment.Processed)
    {
        if (chain.Find(signature) is not { } transaction)
        {
            return null;
        }
        var height = Height(commitment);
        return transaction.Executions.Find(e => e.Block.Height <= height && View.Holds(e.Block));
    }

    public bool IsUnreadable(WireTransaction transaction) => transaction.IsGift && chain.GiftsAreUnreadable;

    public ulong Balance(PublicKey address, Commitment commitment) => chain.BalanceAt(address, View, Height(commitment));

    /// <summary>Null for what is not there, and for everything while the node knows nothing.</summary>
    public AccountInfo? Account(PublicKey address, Commitment commitment)
    {
        if (Faults.KnowsNothing)
        {
            return null;
        }
        var lamports = Balance(address, commitment);
        return chain.Tokens.At(address, View, Height(commitment)) is { } token ? new AccountInfo(lamports, token.Program, token.Data, false)
            : chain.Tokens.Knows(address) || lamports == 0 ? null
            : new AccountInfo(lamports, SystemProgram.Id, ReadOnlyMemory<byte>.Empty, false);
    }

    public IReadOnlyList<SignatureInfo> History(PublicKey wallet, int limit, Signature? before)
    {
        if (Faults.KnowsNothing)
        {
            return [];
        }
        var entries = View
            .Blocks.Take(Height(Commitment.Finalized) + 1)
            .Skip(Faults.FirstHeight)
            .SelectMany(b => b.Executions)
            .Where(e => e.Transaction.Payer == wallet || e.Transaction.Transfers.Any(t => t.To == wallet))
            .Reverse();
        if (before is { } last)
        {
            if (dice.Chance(Faults.LosesItsPlace))
            {
                return [];
            }
            entries = entries.SkipWhile(e => e.Transaction.Signature != last).Skip(1);
        }
        return
        [
            .. entries
                .Take(new[] { limit, Limit(PageLimit), Limit(Faults.PageLimit) }.Min())
                .Where(e => !Hides(e.Transaction.Signature))
                .Select(e => new SignatureInfo(
                    e.Transaction.Signature,
                    e.Block.Slot,
                    e.Error,
                    e.Transaction.Memo is { } memo ? $"[{memo.Length}] {memo}" : null,
                    null,
                    Commitment.Finalized
                )),
        ];
    }

    private static int Limit(int entries) => entries > 0 ? entries : int.MaxValue;

    private bool Hides(Signature signature) =>
        Faults.Omits.Contains(signature) || (Faults.LeavesOutEvery > 0 && signature.ToArray()[0] % Faults.LeavesOutEvery == 0);

    public ulong FirstSlot => View.Blocks[Math.Min(Faults.FirstHeight, View.Tip.Height)].Slot;

    public Signature Send(ReadOnlyMemory<byte> bytes)
    {
        chain.Submit(bytes.Span, drop: dice.Chance(Faults.Drops));
        if (Faults.TimesOutAfterAccepting)
        {
            throw new RpcTransportException(Endpoint, "sendTransaction", "no answer", isTimeout: true);
        }
        return Transaction.Deserialize(bytes.Span).Id;
    }

    /// <summary>5,000 lamports for each signature and 100 more for the priority.</summary>
    public static ulong FeeOf(ReadOnlyMemory<byte> message) => 5_000UL * (ulong)Message.Deserialize(message.ToArray()).Signers.Count + 100;

    public SimulationResult Simulate(ReadOnlyMemory<byte> bytes)
    {
        var transaction = WireTransaction.Read(bytes.Span, unsigned: true);
        if (Faults.RejectsEverything)
        {
            return new SimulationResult("""{"InstructionError":[2,{"Custom":1}]}""", ["Error: invented"], 0);
        }
        if (!chain.IsBlockhashValid(transaction.Blockhash, View, Height(Commitment.Confirmed)))
        {
            return new SimulationResult(TransactionErr.BlockhashNotFound, [], 0);
        }
        var run = new TokenRun(address => chain.Tokens.At(address, View, Height(Commitment.Confirmed)));
        return new SimulationResult(
            chain.ErrorOf(transaction, bySimulation: true) ?? run.Execute(transaction.Instructions),
            [],
            (ulong)(150 * transaction.Transfers.Count + Encoding.UTF8.GetByteCount(transaction.Memo ?? ""))
        );
    }
}
