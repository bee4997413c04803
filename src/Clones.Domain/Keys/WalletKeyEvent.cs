namespace Clones.Domain.Keys;

/// <summary>
/// One thing that happened to a stored key. Rows are only ever added: the database rejects anything else. Within moments of its commit each is chained
/// to the one before (see <c>KeyEventChain</c>), so that a row changed, left out or put in later shows.
/// </summary>
public sealed class WalletKeyEvent
{
    public const string Deposit = "deposit";
    public const string Mint = "mint";

    /// <summary>About a master key, or the log itself, and no single stored key.</summary>
    public const string Master = "master";

    /// <summary>In the order of writing; the place in the chain is <see cref="Sequence"/>.</summary>
    public long Id { get; init; }

    /// <summary>1, 2, .. without gaps, given by the database; null until the row is in the chain.</summary>
    public long? Sequence { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary><see cref="Deposit"/>, <see cref="Mint"/> or <see cref="Master"/>.</summary>
    public required string Purpose { get; init; }

    /// <summary>Of the wallet, or of the agent whose mint it is; null for a master key.</summary>
    public Guid? KeyId { get; init; }

    /// <summary>Base58.</summary>
    public string? Address { get; init; }
    public required KeyEventKind Kind { get; init; }

    /// <summary>What it was under, as <see cref="Wallets.DepositWalletKey.MasterKey"/> says it.</summary>
    public string? FromKey { get; init; }

    /// <summary>What it is under from now on: one encryption under this master key.</summary>
    public string? ToKey { get; init; }

    /// <summary>What it was opened for.</summary>
    public Guid? TransactionId { get; init; }

    /// <summary>For people; one line.</summary>
    public string? Detail { get; init; }

    /// <summary>Of the row before, 64 hex digits; null until the row is in the chain.</summary>
    public string? PreviousHash { get; init; }

    /// <summary>Over this row and <see cref="PreviousHash"/>, 64 hex digits.</summary>
    public string? Hash { get; init; }
}

/// <summary>Stored as LOG_BEGUN, CREATED, ..</summary>
public enum KeyEventKind
{
    /// <summary>The first row: nothing is known of what came before it.</summary>
    LogBegun,
    Created,

    /// <summary>Taken over from the old system.</summary>
    Imported,

    /// <summary>For one signature. In the same commit as the signature.</summary>
    Opened,

    /// <summary>Encrypted anew under another master key, on use or by a sweep.</summary>
    Migrated,

    /// <summary>Did not open, or could not be migrated.</summary>
    Failed,

    /// <summary>A master key is needed no more.</summary>
    Retired,

    /// <summary>An audit is about to open every stored key: one row for all of them. Nothing is signed.</summary>
    Audited,
}
