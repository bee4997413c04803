using Clones.Solana.Primitives;

namespace Clones.Custody.Import;

/// <summary>A training pool of the old system, its fields within the rules of this one.</summary>
/// <param name="OldId">The hex of its ObjectId in lower case, or the text that it had instead.</param>
/// <param name="Price">Reward of a submission with score 100, in whole tokens.</param>
/// <param name="Deposit">Address of its deposit wallet, which it keeps.</param>
/// <param name="UploadLimit">How many submissions one person may be paid for; null is unlimited.</param>
internal sealed record OldPool(
    string OldId,
    string Name,
    OldPoolStatus Status,
    ExactDecimal Price,
    OldToken Token,
    PublicKey Owner,
    PublicKey Deposit,
    IReadOnlyList<string> Skills,
    int? UploadLimit
)
{
    public Guid PoolId { get; } = Import.PoolId.Of(OldId);
}

internal enum OldPoolStatus
{
    Live,
    Paused,
    NoFunds,
    NoGas,
}

/// <param name="IsSol">Then the rest is null.</param>
/// <param name="Symbol">In capitals, 1-10 of A-Z and 0-9; null where it is no such symbol and only the mint identifies the token.</param>
/// <param name="Mint">Null where the old system kept none.</param>
internal sealed record OldToken(bool IsSol, string? Symbol, PublicKey? Mint);
