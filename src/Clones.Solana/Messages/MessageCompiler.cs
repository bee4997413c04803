using System.Buffers;
using Clones.Solana.Primitives;

namespace Clones.Solana.Messages;

/// <summary>Numbers the accounts of instructions, by privilege and within one privilege in order of first mention, and writes the message.</summary>
/// <remarks>
/// Any order within a privilege is valid on chain. This one is deterministic and the one that web3.js compiles for version 0 (and for
/// legacy through TransactionMessage), so that bytes can be compared. Nothing is allocated: the accounts stand in an array of the pool, and are
/// searched one by one, as a message has few.
/// </remarks>
internal ref struct MessageCompiler : IDisposable
{
    private readonly MessageVersion version;
    private readonly Blockhash recentBlockhash;
    private readonly ReadOnlySpan<Instruction> instructions;
    private readonly ReadOnlySpan<LookupTable> tables;
    private readonly CompiledAccount[] rented;
    private readonly MessageHeader header;
    private readonly int written;
    private int mentioned;
    private int numbered;

    public MessageCompiler(
        MessageVersion version,
        PublicKey feePayer,
        Blockhash recentBlockhash,
        ReadOnlySpan<Instruction> instructions,
        ReadOnlySpan<LookupTable> tables
    )
    {
        this.version = version;
        this.recentBlockhash = recentBlockhash;
        this.instructions = instructions;
        this.tables = tables;
        var mentions = 1;
        foreach (ref readonly var instruction in instructions)
        {
            mentions += 1 + instruction.Accounts.Count;
        }

        rented = ArrayPool<CompiledAccount>.Shared.Rent(mentions);
        Mention(feePayer, isSigner: true, isWritable: true, isProgram: false);
        foreach (ref readonly var instruction in instructions)
        {
            Mention(instruction.ProgramId, isSigner: false, isWritable: false, isProgram: true);
            for (var i = 0; i < instruction.Accounts.Count; i++)
            {
                var account = instruction.Accounts[i];
                Mention(account.PublicKey, account.IsSigner, account.IsWritable, isProgram: false);
            }
        }

        if (mentioned > MessageRules.AccountsMax)
        {
            throw new InvalidOperationException($"{mentioned} accounts; a message holds at most {MessageRules.AccountsMax}.");
        }

        LookUp();
        var writableSigners = Number(table: 0, isSigner: true, isWritable: true);
        var readOnlySigners = Number(table: 0, isSigner: true, isWritable: false);
        _ = Number(table: 0, isSigner: false, isWritable: true);
        var readOnlyOthers = Number(table: 0, isSigner: false, isWritable: false);
        written = numbered;
        header = new MessageHeader((byte)(writableSigners + readOnlySigners), (byte)readOnlySigners, (byte)readOnlyOthers);
        NumberLookedUp(isWritable: true);
        NumberLookedUp(isWritable: false);
    }

    public readonly int Signers => header.RequiredSignatures;

    /// <summary>Of the message, in bytes.</summary>
    public readonly int Size
    {
        get
        {
            var size = 3 + ShortVec.Size(written) + written * PublicKey.Length + Blockhash.Length + ShortVec.Size(instructions.Length);
            foreach (ref readonly var instruction in instructions)
            {
                size += 1 + SizeOfBytes(instruction.Accounts.Count) + SizeOfBytes(instruction.Data.Length);
            }

            if (version == MessageVersion.Legacy)
            {
                return size;
            }

            size += 1 + ShortVec.Size(UsedTables());
            for (var table = 1; table <= tables.Length; table++)
            {
                var (writable, readOnly) = (CountOf(table, isWritable: true), CountOf(table, isWritable: false));
                size += writable + readOnly == 0 ? 0 : PublicKey.Length + SizeOfBytes(writable) + SizeOfBytes(readOnly);
            }

            return size;
        }
    }

    private readonly Span<CompiledAccount> Accounts => rented.AsSpan(0, mentioned);

    /// <exception cref="FormatException">The fee payer is called as a program.</exception>
    public readonly void Write(Span<byte> message)
    {
        var at = 0;
        if (version == MessageVersion.V0)
        {
            message[at++] = MessageFormat.VersionFlag;
        }

        message[at++] = header.RequiredSignatures;
        message[at++] = header.ReadOnlySigned;
        message[at++] = header.ReadOnlyUnsigned;
        at += ShortVec.Write(message[at..], written);
        foreach (ref readonly var account in Accounts)
        {
            if (account.Table == 0)
            {
                account.Key.CopyTo(message[(at + account.Number * PublicKey.Length)..]);
            }
        }

        at += written * PublicKey.Length;
        recentBlockhash.CopyTo(message[at..]);
        at += Blockhash.Length;
        at += ShortVec.Write(message[at..], instructions.Length);
        foreach (ref readonly var instruction in instructions)
        {
            var program = NumberOf(instruction.ProgramId);
            MessageRules.RequireProgram(program, written);
            message[at++] = program;
            at += ShortVec.Write(message[at..], instruction.Accounts.Count);
            for (var i = 0; i < instruction.Accounts.Count; i++)
            {
                message[at++] = NumberOf(instruction.Accounts[i].PublicKey);
            }

            at += ShortVec.Write(message[at..], instruction.Data.Length);
            instruction.Data.CopyTo(message[at..]);
            at += instruction.Data.Length;
        }

        if (version == MessageVersion.V0)
        {
            WriteLookups(message[at..]);
        }
    }

    public readonly void Dispose() => ArrayPool<CompiledAccount>.Shared.Return(rented);

    private void Mention(in PublicKey key, bool isSigner, bool isWritable, bool isProgram)
    {
        foreach (ref var account in Accounts)
        {
            if (account.Key == key)
            {
                account.IsSigner |= isSigner;
                account.IsWritable |= isWritable;
                account.IsProgram |= isProgram;
                return;
            }
        }

        rented[mentioned++] = new CompiledAccount
        {
            Key = key,
            IsSigner = isSigner,
            IsWritable = isWritable,
            IsProgram = isProgram,
        };
    }

    /// <summary>Takes what the tables hold out of the message. Signers and programs must stay written in it.</summary>
    private readonly void LookUp()
    {
        for (var table = 0; table < tables.Length; table++)
        {
            foreach (ref var account in Accounts)
            {
                if (
                    account is { Table: 0, IsSigner: false, IsProgram: false }
                    && IndexOf(tables[table].Addresses, account.Key) is >= 0 and var index
                )
                {
                    (account.Table, account.TableIndex) = (table + 1, (byte)index);
                }
            }
        }
    }

    /// <returns>How many there were.</returns>
    private int Number(int table, bool isSigner, bool isWritable)
    {
        var first = numbered;
        foreach (ref var account in Accounts)
        {
            if (account.Table == table && account.IsSigner == isSigner && account.IsWritable == isWritable)
            {
                account.Number = (byte)numbered++;
            }
        }

        return numbered - first;
    }

    private void NumberLookedUp(bool isWritable)
    {
        for (var table = 1; table <= tables.Length; table++)
        {
            _ = Number(table, isSigner: false, isWritable);
        }
    }

    private readonly void WriteLookups(Span<byte> message)
    {
        var at = ShortVec.Write(message, UsedTables());
        for (var table = 1; table <= tables.Length; table++)
        {
            if (CountOf(table, isWritable: true) + CountOf(table, isWritable: false) == 0)
            {
                continue;
            }

            tables[table - 1].Key.CopyTo(message[at..]);
            at += PublicKey.Length;
            at += WriteIndexes(message[at..], table, isWritable: true);
            at += WriteIndexes(message[at..], table, isWritable: false);
        }
    }

    private readonly int WriteIndexes(Span<byte> message, int table, bool isWritable)
    {
        var at = ShortVec.Write(message, CountOf(table, isWritable));
        foreach (ref readonly var account in Accounts)
        {
            if (account.Table == table && account.IsWritable == isWritable)
            {
                message[at++] = account.TableIndex;
            }
        }

        return at;
    }

    private readonly int UsedTables()
    {
        var used = 0;
        for (var table = 1; table <= tables.Length; table++)
        {
            used += CountOf(table, isWritable: true) + CountOf(table, isWritable: false) > 0 ? 1 : 0;
        }

        return used;
    }

    private readonly int CountOf(int table, bool isWritable)
    {
        var count = 0;
        foreach (ref readonly var account in Accounts)
        {
            count += account.Table == table && account.IsWritable == isWritable ? 1 : 0;
        }

        return count;
    }

    private readonly byte NumberOf(in PublicKey key)
    {
        foreach (ref readonly var account in Accounts)
        {
            if (account.Key == key)
            {
                return account.Number;
            }
        }

        throw new InvalidOperationException("An account was not numbered.");
    }

    private static int SizeOfBytes(int count) => ShortVec.Size(count) + count;

    private static int IndexOf(IReadOnlyList<PublicKey> addresses, in PublicKey key)
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

    private struct CompiledAccount
    {
        public PublicKey Key;
        public bool IsSigner;
        public bool IsWritable;
        public bool IsProgram;

        /// <summary>In the message; the looked-up ones come behind the written ones.</summary>
        public byte Number;

        /// <summary>From which it is looked up, counted from 1; 0 where it is written in the message.</summary>
        public int Table;

        public byte TableIndex;
    }
}
