using System.Buffers;
using System.Runtime.InteropServices;
using Clones.Solana.Primitives;

namespace Clones.Solana.Messages;

/// <summary>
/// Collects what a transaction needs, in any order; building checks that nothing is missing. It builds once: its instructions stand in an array
/// of the pool, which building gives back.
/// </summary>
public sealed class TransactionBuilder
{
    private const int InstructionsMin = 16;

    private Instruction[] instructions = [];
    private int count;
    private List<LookupTable>? tables;
    private PublicKey? feePayer;
    private Blockhash? recentBlockhash;

    public TransactionBuilder SetFeePayer(PublicKey payer)
    {
        feePayer = payer;
        return this;
    }

    /// <summary>Sets a recent blockhash, or the value of a durable nonce (the first instruction must then advance it).</summary>
    public TransactionBuilder SetRecentBlockhash(Blockhash blockhash)
    {
        recentBlockhash = blockhash;
        return this;
    }

    public TransactionBuilder AddInstruction(Instruction instruction)
    {
        if (count == instructions.Length)
        {
            var larger = ArrayPool<Instruction>.Shared.Rent(Math.Max(InstructionsMin, 2 * count));
            instructions.CopyTo(larger, 0);
            var filled = count;
            GiveBack();
            (instructions, count) = (larger, filled);
        }

        instructions[count++] = instruction;
        return this;
    }

    public TransactionBuilder AddInstructions(params IEnumerable<Instruction> added)
    {
        foreach (var instruction in added)
        {
            AddInstruction(instruction);
        }

        return this;
    }

    /// <summary>Lets a version 0 message take accounts from this table, where the table is shorter than the accounts themselves.</summary>
    public TransactionBuilder AddLookupTable(LookupTable table)
    {
        (tables ??= []).Add(table);
        return this;
    }

    /// <summary>Builds a legacy message.</summary>
    /// <exception cref="InvalidOperationException">Fee payer, blockhash or instructions are missing, or a lookup table was given.</exception>
    public Message BuildMessage() =>
        tables is null
            ? BuildMessage(MessageVersion.Legacy)
            : throw new InvalidOperationException("A legacy message cannot use lookup tables; build version 0.");

    /// <summary>Builds a version 0 message.</summary>
    /// <exception cref="InvalidOperationException">Fee payer, blockhash or instructions are missing.</exception>
    public Message BuildMessageV0() => BuildMessage(MessageVersion.V0);

    /// <summary>Builds a transaction (version 0 if a lookup table was given, else legacy) and signs it with those signers that are at hand.</summary>
    /// <exception cref="InvalidOperationException">Fee payer, blockhash or instructions are missing.</exception>
    /// <exception cref="TransactionTooLargeException">More than <see cref="Transaction.SizeMax"/> bytes.</exception>
    /// <exception cref="ArgumentException">An account is no signer of the message.</exception>
    public Transaction Build(params ReadOnlySpan<Account> signers)
    {
        using var compiler = Compile(tables is null ? MessageVersion.Legacy : MessageVersion.V0);
        var transaction = new Transaction(compiler);
        GiveBack();
        foreach (var signer in signers)
        {
            transaction.Sign(signer);
        }

        return transaction;
    }

    private Message BuildMessage(MessageVersion version)
    {
        using var compiler = Compile(version);
        var bytes = new byte[compiler.Size];
        compiler.Write(bytes);
        GiveBack();
        return Message.Deserialize(bytes);
    }

    private MessageCompiler Compile(MessageVersion version)
    {
        var payer = feePayer ?? throw new InvalidOperationException("The fee payer is missing.");
        var blockhash = recentBlockhash ?? throw new InvalidOperationException("The recent blockhash is missing.");
        return count > 0
            ? new MessageCompiler(version, payer, blockhash, instructions.AsSpan(0, count), CollectionsMarshal.AsSpan(tables))
            : throw new InvalidOperationException("A transaction without instructions does nothing, and a builder builds once.");
    }

    private void GiveBack()
    {
        ArrayPool<Instruction>.Shared.Return(instructions, clearArray: true);
        (instructions, count) = ([], 0);
    }
}
