using Clones.Solana.Primitives;

namespace Clones.Solana.Messages;

/// <summary>A call of one program, before its accounts are numbered in a message.</summary>
public readonly record struct Instruction(PublicKey ProgramId, IReadOnlyList<AccountMeta> Accounts, byte[] Data);
