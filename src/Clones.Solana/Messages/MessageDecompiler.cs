using Clones.Solana.Primitives;

namespace Clones.Solana.Messages;

/// <summary>Turns the numbers of a message back into addresses with their privileges.</summary>
internal static class MessageDecompiler
{
    public static IReadOnlyList<Instruction> Decompile(Message message, ReadOnlySpan<LookupTable> tables)
    {
        var accounts = new List<AccountMeta>();
        for (var i = 0; i < message.AccountKeys.Count; i++)
        {
            accounts.Add(new AccountMeta(message.AccountKeys[i], i < message.Header.RequiredSignatures, message.IsWritable(i)));
        }

        // The chain loads all writable accounts of all tables first.
        foreach (var lookup in message.Lookups)
        {
            var table = Find(lookup.TableKey, tables);
            accounts.AddRange(lookup.WritableIndexes.Select(index => AccountMeta.Writable(At(table, index))));
        }

        foreach (var lookup in message.Lookups)
        {
            var table = Find(lookup.TableKey, tables);
            accounts.AddRange(lookup.ReadOnlyIndexes.Select(index => AccountMeta.ReadOnly(At(table, index))));
        }

        return
        [
            .. message.Instructions.Select(i => new Instruction(
                message.AccountKeys[i.ProgramIdIndex],
                [.. i.AccountIndexes.Select(index => accounts[index])],
                i.Data
            )),
        ];
    }

    private static LookupTable Find(PublicKey key, ReadOnlySpan<LookupTable> tables)
    {
        foreach (var table in tables)
        {
            if (table.Key == key)
            {
                return table;
            }
        }

        throw new ArgumentException($"The content of lookup table {key} is missing.", nameof(tables));
    }

    private static PublicKey At(LookupTable table, byte index) =>
        index < table.Addresses.Count
            ? table.Addresses[index]
            : throw new ArgumentException($"Lookup table {table.Key} holds {table.Addresses.Count} addresses, not {index + 1}.");
}
