namespace Clones.Domain.Pools;

/// <summary>What people train in. Owns one deposit wallet and at most one agent.</summary>
public sealed class TrainingPool
{
    public required Guid Id { get; init; }

    /// <summary>Wallet address of the owner, base58.</summary>
    public required string OwnerAddress { get; init; }
    public required string Name { get; set; }
    public required List<string> Skills { get; set; }

    /// <summary>Null until the workers have made the wallet.</summary>
    public Guid? DepositWalletId { get; set; }

    /// <summary>Symbol of the token that rewards are paid in, see <see cref="Tokens.Token"/>; <c>SOL</c> is always there.</summary>
    public required string TokenSymbol { get; init; }

    /// <summary>Mint of that token, base58; null for SOL.</summary>
    public string? Mint { get; init; }

    /// <summary>Reward of a submission with score 100, in base units of the pool's token.</summary>
    public required ulong PricePerDemo { get; set; }

    /// <summary>How many submissions one person may be paid for; null is unlimited.</summary>
    public int? UploadLimit { get; set; }

    /// <summary>The same within a day in UTC.</summary>
    public int? UploadLimitPerDay { get; set; }

    /// <summary>The same of one task.</summary>
    public int? UploadLimitPerTask { get; set; }

    /// <summary>The most that one submission of a task earns, by the id of the task, in base units; a task that is not there has no ceiling.</summary>
    public Dictionary<string, ulong> TaskRewardLimits { get; set; } = [];

    /// <summary>The most payments that share one transaction, from 1 to <see cref="Payments.PayoutBatch.Max"/>.</summary>
    public int PayoutBatch { get; set; } = Payments.PayoutBatch.Max;
    public required TrainingPoolStatus Status { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Row version (xmin), the ETag of the API.</summary>
    public uint Version { get; set; }
}
