using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>Limits and price of a transaction's computation. At most one instruction of each kind in a transaction.</summary>
public static class ComputeBudgetProgram
{
    public static PublicKey Id { get; } = PublicKey.Parse("ComputeBudget111111111111111111111111111111");

    /// <param name="bytes">A multiple of 1,024 between 32 and 256 KiB.</param>
    public static Instruction RequestHeapFrame(uint bytes) => new(Id, [], InstructionData.Begin((byte)1).UInt32(bytes).ToArray());

    /// <param name="units">At most 1,400,000 a transaction.</param>
    public static Instruction SetComputeUnitLimit(uint units) => new(Id, [], InstructionData.Begin((byte)2).UInt32(units).ToArray());

    /// <summary>The priority fee is this price times the limit (not the use), rounded up to lamports.</summary>
    /// <param name="microLamports">Millionths of a lamport per compute unit.</param>
    public static Instruction SetComputeUnitPrice(ulong microLamports) =>
        new(Id, [], InstructionData.Begin((byte)3).UInt64(microLamports).ToArray());

    /// <param name="bytes">At most 64 MiB, over all accounts of the transaction.</param>
    public static Instruction SetLoadedAccountsDataSizeLimit(uint bytes) =>
        new(Id, [], InstructionData.Begin((byte)4).UInt32(bytes).ToArray());
}
