using System.Buffers.Binary;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Settlement.Tests.Deployments.Raydium;

/// <summary>
/// A call of Raydium's <c>initialize</c> under the names of its accounts in raydium-io/raydium-cp-swap,
/// programs/cp-swap/src/instructions/initialize.rs, in their order there.
/// </summary>
internal sealed record InitializeCall(Instruction Instruction)
{
    public AccountMeta Creator => Instruction.Accounts[0];
    public AccountMeta AmmConfig => Instruction.Accounts[1];
    public AccountMeta Authority => Instruction.Accounts[2];
    public AccountMeta PoolState => Instruction.Accounts[3];
    public AccountMeta Token0Mint => Instruction.Accounts[4];
    public AccountMeta Token1Mint => Instruction.Accounts[5];
    public AccountMeta LpMint => Instruction.Accounts[6];
    public AccountMeta CreatorToken0 => Instruction.Accounts[7];
    public AccountMeta CreatorToken1 => Instruction.Accounts[8];
    public AccountMeta CreatorLpToken => Instruction.Accounts[9];
    public AccountMeta Token0Vault => Instruction.Accounts[10];
    public AccountMeta Token1Vault => Instruction.Accounts[11];
    public AccountMeta CreatePoolFee => Instruction.Accounts[12];
    public AccountMeta ObservationState => Instruction.Accounts[13];
    public AccountMeta TokenProgram => Instruction.Accounts[14];
    public AccountMeta Token0Program => Instruction.Accounts[15];
    public AccountMeta Token1Program => Instruction.Accounts[16];
    public AccountMeta AssociatedTokenProgram => Instruction.Accounts[17];
    public AccountMeta SystemProgram => Instruction.Accounts[18];
    public AccountMeta Rent => Instruction.Accounts[19];

    public ulong InitAmount0 => BinaryPrimitives.ReadUInt64LittleEndian(Instruction.Data.AsSpan(8));
    public ulong InitAmount1 => BinaryPrimitives.ReadUInt64LittleEndian(Instruction.Data.AsSpan(16));

    public PublicKey Derived(string seed, params ReadOnlySpan<PublicKey> keys)
    {
        var seeds = new List<byte[]> { System.Text.Encoding.ASCII.GetBytes(seed) };
        foreach (var key in keys)
        {
            seeds.Add(key.ToArray());
        }

        return PublicKey.FindProgramAddress([.. seeds], Instruction.ProgramId).Address;
    }
}
