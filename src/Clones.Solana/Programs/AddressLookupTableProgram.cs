using System.Buffers.Binary;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>Tables of addresses that version 0 messages name by one byte each.</summary>
public static class AddressLookupTableProgram
{
    public static PublicKey Id { get; } = PublicKey.Parse("AddressLookupTab1e1111111111111111111111111");

    public static (PublicKey Address, byte Bump) FindAddress(PublicKey authority, ulong recentSlot)
    {
        var slot = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(slot, recentSlot);
        return PublicKey.FindProgramAddress([authority.ToArray(), slot], Id);
    }

    /// <param name="recentSlot">A slot that is still in the SlotHashes sysvar (the last 512 blocks).</param>
    public static Instruction Create(PublicKey authority, PublicKey payer, ulong recentSlot)
    {
        var (address, bump) = FindAddress(authority, recentSlot);
        return new Instruction(
            Id,
            [
                AccountMeta.Writable(address),
                AccountMeta.ReadOnly(authority, isSigner: true),
                AccountMeta.Writable(payer, isSigner: true),
                AccountMeta.ReadOnly(SystemProgram.Id),
            ],
            InstructionData.Begin(0u).UInt64(recentSlot).Byte(bump).ToArray()
        );
    }

    /// <summary>Makes the table unchangeable for ever.</summary>
    public static Instruction Freeze(PublicKey table, PublicKey authority) =>
        new(Id, [AccountMeta.Writable(table), AccountMeta.ReadOnly(authority, isSigner: true)], InstructionData.Begin(1u).ToArray());

    /// <summary>Adds addresses; they can be used from the next slot on. About 30 fit into one transaction, 256 into a table.</summary>
    public static Instruction Extend(PublicKey table, PublicKey authority, PublicKey payer, params IReadOnlyList<PublicKey> addresses)
    {
        var data = InstructionData.Begin(2u).UInt64((ulong)addresses.Count);
        foreach (var address in addresses)
        {
            data = data.Key(address);
        }

        return new Instruction(
            Id,
            [
                AccountMeta.Writable(table),
                AccountMeta.ReadOnly(authority, isSigner: true),
                AccountMeta.Writable(payer, isSigner: true),
                AccountMeta.ReadOnly(SystemProgram.Id),
            ],
            data.ToArray()
        );
    }

    public static Instruction Deactivate(PublicKey table, PublicKey authority) =>
        new(Id, [AccountMeta.Writable(table), AccountMeta.ReadOnly(authority, isSigner: true)], InstructionData.Begin(3u).ToArray());

    /// <summary>Takes the rent back, 513 blocks after <see cref="Deactivate"/>.</summary>
    public static Instruction Close(PublicKey table, PublicKey authority, PublicKey recipient) =>
        new(
            Id,
            [AccountMeta.Writable(table), AccountMeta.ReadOnly(authority, isSigner: true), AccountMeta.Writable(recipient)],
            InstructionData.Begin(4u).ToArray()
        );
}
