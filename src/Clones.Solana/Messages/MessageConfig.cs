namespace Clones.Solana.Messages;

/// <summary>What a message of version 1 asks for beside its instructions; earlier versions ask by instructions of the compute budget program.</summary>
/// <param name="PriorityFeeLamports">For the whole transaction; null where it is not given, which means zero.</param>
/// <param name="ComputeUnitLimit">Null means zero.</param>
/// <param name="LoadedDataBytesMax">Null means zero.</param>
/// <param name="HeapBytes">Null means 32 KiB.</param>
public sealed record MessageConfig(ulong? PriorityFeeLamports, uint? ComputeUnitLimit, uint? LoadedDataBytesMax, uint? HeapBytes);
