using Clones.Solana.Primitives;

namespace Clones.Solana.Messages;

/// <summary>An address-lookup table with its content, for compiling and reading version 0 messages.</summary>
public sealed record LookupTable(PublicKey Key, IReadOnlyList<PublicKey> Addresses);

/// <summary>What a version 0 message takes from one lookup table.</summary>
public sealed record MessageLookup(PublicKey TableKey, IReadOnlyList<byte> WritableIndexes, IReadOnlyList<byte> ReadOnlyIndexes);
