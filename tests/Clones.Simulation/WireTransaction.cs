using System.Buffers.Binary;
using System.Text;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;

namespace Clones.Simulation;

/// <summary>
/// A signed transaction as the simulated validators read it: SOL transfers, what token and pool creations are made of, compute budget and memo;
/// anything else is rejected.
/// </summary>
internal sealed class WireTransaction
{
    public required Signature Signature { get; init; }
    public required byte[] Bytes { get; init; }
    public required PublicKey Payer { get; init; }
    public required Blockhash Blockhash { get; init; }

    /// <summary>All lamports that leave the payer, rent of new accounts among them.</summary>
    public required IReadOnlyList<(PublicKey To, ulong Lamports)> Transfers { get; init; }

    /// <summary>Those that do something to a mint or a token account; empty for a payment.</summary>
    public required IReadOnlyList<Instruction> Instructions { get; init; }
    public required string? Memo { get; init; }

    /// <summary>5,000 lamports for each signature and the priority fee.</summary>
    public required ulong Fee { get; init; }

    /// <summary>Somebody else's, long ago.</summary>
    public bool IsGift { get; init; }

    /// <summary>Where it was executed, on any fork.</summary>
    public List<Execution> Executions { get; } = [];

    public IReadOnlyList<PublicKey> AccountKeys() => Transaction.Deserialize(Bytes).Message.AccountKeys;

    /// <summary>Any that suffice: only the differences matter, and they are the true ones.</summary>
    public IReadOnlyList<ulong> BalancesBefore() =>
        [.. Transaction.Deserialize(Bytes).Message.AccountKeys.Select(_ => 1_000_000_000_000_000UL)];

    public IReadOnlyList<ulong> BalancesAfter(bool succeeded)
    {
        var keys = Transaction.Deserialize(Bytes).Message.AccountKeys.ToList();
        var after = BalancesBefore().ToArray();
        after[0] -= Fee;
        foreach (var (to, lamports) in succeeded ? Transfers : [])
        {
            after[0] -= lamports;
            after[keys.IndexOf(to)] += lamports;
        }
        return after;
    }

    public static WireTransaction Read(ReadOnlySpan<byte> bytes, bool unsigned = false)
    {
        var transaction = Transaction.Deserialize(bytes);
        var isSigned = transaction.MissingSigners().Count == 0;
        // A payment has one signature, of a key that nobody else has: what several sign is checked.
        if (!unsigned && !(isSigned && (transaction.Signatures.Count == 1 || transaction.VerifySignatures())))
        {
            throw new FormatException("A signature is missing or false.");
        }

        var transfers = new List<(PublicKey, ulong)>();
        var instructions = new List<Instruction>();
        string? memo = null;
        ulong units = 0;
        ulong price = 0;
        foreach (var instruction in transaction.Message.Decompile())
        {
            var data = instruction.Data.AsSpan();
            if (instruction.ProgramId == SystemProgram.Id && data[0] == 2)
            {
                transfers.Add((instruction.Accounts[1].PublicKey, BinaryPrimitives.ReadUInt64LittleEndian(data[4..])));
            }
            else if (instruction.ProgramId == MemoProgram.Id)
            {
                memo = Encoding.UTF8.GetString(data);
            }
            else if (TokenRun.Knows(instruction))
            {
                instructions.Add(instruction);
                if (TokenRun.RentOf(instruction) is { } rent)
                {
                    transfers.Add(rent);
                }
            }
            else if (data[0] == 2)
            {
                units = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
            }
            else
            {
                price = BinaryPrimitives.ReadUInt64LittleEndian(data[1..]);
            }
        }
        return new WireTransaction
        {
            Signature = transaction.Id,
            Bytes = bytes.ToArray(),
            Payer = transaction.Message.FeePayer,
            Blockhash = transaction.Message.RecentBlockhash,
            Transfers = transfers,
            Instructions = instructions,
            Memo = memo,
            Fee = 5_000 * (ulong)transaction.Signatures.Count + (units * price + 999_999) / 1_000_000,
        };
    }
}

/// <param name="Error">Null where it succeeded.</param>
internal sealed record Execution(WireTransaction Transaction, Block Block, string? Error);

internal sealed record Block(ulong Slot, int Height, Blockhash Hash)
{
    public List<Execution> Executions { get; } = [];
}
