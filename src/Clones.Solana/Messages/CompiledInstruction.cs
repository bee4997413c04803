namespace Clones.Solana.Messages;

/// <summary>A call of one program inside a message: numbers point into the message's accounts.</summary>
/// <param name="ProgramIdIndex">Always one of the accounts written in the message itself, never the fee payer.</param>
/// <param name="AccountIndexes">Into the accounts of the message, then the writable and then the read-only looked-up ones.</param>
public sealed record CompiledInstruction(byte ProgramIdIndex, IReadOnlyList<byte> AccountIndexes, byte[] Data);
