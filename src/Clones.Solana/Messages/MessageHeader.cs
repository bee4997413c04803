namespace Clones.Solana.Messages;

/// <summary>How the accounts of a message are split by privilege.</summary>
/// <param name="RequiredSignatures">The first so many accounts sign; the first of all pays.</param>
/// <param name="ReadOnlySigned">How many at the end of the signers are read-only.</param>
/// <param name="ReadOnlyUnsigned">How many at the end of the others are read-only.</param>
public readonly record struct MessageHeader(byte RequiredSignatures, byte ReadOnlySigned, byte ReadOnlyUnsigned);
