using Clones.Solana.Primitives;

namespace Clones.Solana.Messages;

/// <summary>Collects what a transaction needs, in any order; building checks that nothing is missing.</summary>
public sealed class TransactionBuilder
{
    private readonly List<Instruction> instructions = [];
    private readonly List<LookupTable> tables = [];
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
        instructions.Add(instruction);
        return this;
    }

    public TransactionBuilder AddInstructions(params IEnumerable<Instruction> added)
    {
        instructions.AddRange(added);
        return this;
    }

    /// <summary>Lets a version 0 message take accounts from this table, where the table is shorter than the accounts themselves.</summary>
    public TransactionBuilder AddLookupTable(LookupTable table)
    {
        tables.Add(table);
        return this;
    }

    /// <summary>Builds a legacy message.</summary>
    /// <exception cref="InvalidOperationException">Fee payer, blockhash or instructions are missing, or a lookup table was given.</exception>
    public Message BuildMessage() =>
        tables.Count == 0
            ? Compile(MessageVersion.Legacy)
            : throw new InvalidOperationException("A legacy message cannot use lookup tables; build version 0.");

    /// <summary>Builds a version 0 message.</summary>
    /// <exception cref="InvalidOperationException">Fee payer, blockhash or instructions are missing.</exception>
    public Message BuildMessageV0() => Compile(MessageVersion.V0);

    /// <summary>Builds a transaction (version 0 if a lookup table was given, else legacy) and signs it with those signers that are at hand.</summary>
    /// <exception cref="InvalidOperationException">Fee payer, blockhash or instructions are missing.</exception>
    /// <exception cref="TransactionTooLargeException">More than <see cref="Transaction.SizeMax"/> bytes.</exception>
    /// <exception cref="ArgumentException">An account is no signer of the message.</exception>
    public Transaction Build(params ReadOnlySpan<Account> signers)
    {
        var transaction = new Transaction(tables.Count == 0 ? BuildMessage() : BuildMessageV0());
        foreach (var signer in signers)
        {
            transaction.Sign(signer);
        }

        return transaction;
    }

    private Message Compile(MessageVersion version)
    {
        var payer = feePayer ?? throw new InvalidOperationException("The fee payer is missing.");
        var blockhash = recentBlockhash ?? throw new InvalidOperationException("The recent blockhash is missing.");
        return instructions.Count > 0
            ? new MessageCompiler(payer, instructions).Compile(version, blockhash, tables)
            : throw new InvalidOperationException("A transaction without instructions does nothing.");
    }
}
