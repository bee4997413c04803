using Clones.Solana.Primitives;

namespace Clones.Solana.Messages;

/// <summary>Numbers the accounts of instructions: by privilege, and within one privilege in order of first mention.</summary>
/// <remarks>
/// Any order within a privilege is valid on chain. This one is deterministic and the one that web3.js compiles for version 0 (and for
/// legacy through TransactionMessage), so that bytes can be compared.
/// </remarks>
internal sealed class MessageCompiler
{
    private readonly PublicKey feePayer;
    private readonly IReadOnlyList<Instruction> instructions;
    private readonly List<PublicKey> order = [];
    private readonly Dictionary<PublicKey, Usage> usages = [];

    public MessageCompiler(PublicKey feePayer, IReadOnlyList<Instruction> instructions)
    {
        this.feePayer = feePayer;
        this.instructions = instructions;
        Mention(feePayer, new Usage(IsSigner: true, IsWritable: true, IsProgram: false));
        foreach (var instruction in instructions)
        {
            Mention(instruction.ProgramId, new Usage(IsSigner: false, IsWritable: false, IsProgram: true));
            foreach (var account in instruction.Accounts)
            {
                Mention(account.PublicKey, new Usage(account.IsSigner, account.IsWritable, IsProgram: false));
            }
        }
    }

    public Message Compile(MessageVersion version, Blockhash recentBlockhash, IReadOnlyList<LookupTable> tables)
    {
        var lookups = new List<MessageLookup>();
        var lookedUpWritable = new List<PublicKey>();
        var lookedUpReadOnly = new List<PublicKey>();
        foreach (var table in tables)
        {
            var writable = Drain(table, isWritable: true, lookedUpWritable);
            var readOnly = Drain(table, isWritable: false, lookedUpReadOnly);
            if (writable.Count + readOnly.Count > 0)
            {
                lookups.Add(new MessageLookup(table.Key, writable, readOnly));
            }
        }

        var writableSigners = Select(isSigner: true, isWritable: true);
        var readOnlySigners = Select(isSigner: true, isWritable: false);
        var readOnlyOthers = Select(isSigner: false, isWritable: false);
        PublicKey[] keys = [.. writableSigners, .. readOnlySigners, .. Select(isSigner: false, isWritable: true), .. readOnlyOthers];
        PublicKey[] numbered = [.. keys, .. lookedUpWritable, .. lookedUpReadOnly];
        if (numbered.Length > MessageRules.AccountsMax)
        {
            throw new InvalidOperationException($"{numbered.Length} accounts; a message holds at most {MessageRules.AccountsMax}.");
        }

        var numbers = new Dictionary<PublicKey, byte>(numbered.Length);
        for (var i = 0; i < numbered.Length; i++)
        {
            numbers.Add(numbered[i], (byte)i);
        }

        var header = new MessageHeader(
            (byte)(writableSigners.Count + readOnlySigners.Count),
            (byte)readOnlySigners.Count,
            (byte)readOnlyOthers.Count
        );
        CompiledInstruction[] compiled =
        [
            .. instructions.Select(i => new CompiledInstruction(
                numbers[i.ProgramId],
                i.Accounts.Select(a => numbers[a.PublicKey]).ToArray(),
                i.Data
            )),
        ];
        return new Message(version, header, keys, recentBlockhash, compiled, lookups);
    }

    private void Mention(PublicKey key, Usage usage)
    {
        if (usages.TryGetValue(key, out var before))
        {
            usages[key] = new Usage(
                before.IsSigner || usage.IsSigner,
                before.IsWritable || usage.IsWritable,
                before.IsProgram || usage.IsProgram
            );
            return;
        }

        usages.Add(key, usage);
        order.Add(key);
    }

    private List<PublicKey> Select(bool isSigner, bool isWritable) =>
        [.. order.Where(key => usages[key].IsSigner == isSigner && usages[key].IsWritable == isWritable)];

    /// <summary>Moves what a table holds out of the message. Signers and programs must stay written in it.</summary>
    private List<byte> Drain(LookupTable table, bool isWritable, List<PublicKey> lookedUp)
    {
        var indexes = new List<byte>();
        foreach (var key in order.ToArray())
        {
            var usage = usages[key];
            if (key == feePayer || usage.IsSigner || usage.IsProgram || usage.IsWritable != isWritable)
            {
                continue;
            }

            var index = IndexOf(table.Addresses, key);
            if (index >= 0)
            {
                indexes.Add((byte)index);
                lookedUp.Add(key);
                order.Remove(key);
            }
        }

        return indexes;
    }

    private static int IndexOf(IReadOnlyList<PublicKey> addresses, PublicKey key)
    {
        // An index is one byte, so nothing behind the 256th address can be named.
        for (var i = 0; i < Math.Min(addresses.Count, MessageRules.AccountsMax); i++)
        {
            if (addresses[i] == key)
            {
                return i;
            }
        }

        return -1;
    }

    private readonly record struct Usage(bool IsSigner, bool IsWritable, bool IsProgram);
}
