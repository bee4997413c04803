using Clones.Api.Requests;
using Clones.Api.Tokens;
using Clones.Domain;
using Clones.Domain.Pools;
using Clones.Domain.Tokens;

namespace Clones.Api.Pools;

/// <param name="PricePerDemo">Reward of a submission with score 100, a decimal string in the pool's token.</param>
/// <param name="UploadLimit">How many submissions one person may be paid for; null is no limit.</param>
/// <param name="UploadLimitPerDay">The same within a day in UTC.</param>
/// <param name="UploadLimitPerTask">The same of one task.</param>
/// <param name="TaskRewardLimits">The most that one submission earns, a decimal string in the pool's token, by the id of its task; up to 100.</param>
/// <param name="PayoutBatch">The most payments that share one transaction on chain, from 1 (each alone) to 12, which is what null means.</param>
internal sealed record CreatePoolRequest(
    string Name,
    string TokenSymbol,
    string PricePerDemo,
    IReadOnlyList<string>? Skills = null,
    int? UploadLimit = null,
    int? UploadLimitPerDay = null,
    int? UploadLimitPerTask = null,
    IReadOnlyDictionary<string, string>? TaskRewardLimits = null,
    int? PayoutBatch = null
);

/// <summary>What is left out stays as it is.</summary>
internal sealed record ChangePoolRequest
{
    public Optional<string> Name { get; init; }
    public Optional<string> PricePerDemo { get; init; }
    public Optional<IReadOnlyList<string>> Skills { get; init; }
    public Optional<int?> UploadLimit { get; init; }
    public Optional<int?> UploadLimitPerDay { get; init; }
    public Optional<int?> UploadLimitPerTask { get; init; }

    /// <summary>All of them anew; an empty object lifts them.</summary>
    public Optional<IReadOnlyDictionary<string, string>> TaskRewardLimits { get; init; }

    /// <summary>The most payments that share one transaction on chain, from 1 (each alone) to 12, which is what null means.</summary>
    public Optional<int?> PayoutBatch { get; init; }

    /// <summary>PAUSED, or LIVE to resume.</summary>
    public Optional<string> Status { get; init; }
}

/// <param name="TokenSymbol">The pool's token, or SOL.</param>
internal sealed record WithdrawalRequest(string Recipient, string Amount, string TokenSymbol);

internal sealed record PoolView(
    Guid Id,
    string Owner,
    string Name,
    IReadOnlyList<string> Skills,
    string TokenSymbol,
    string? Mint,
    int Decimals,
    string PricePerDemo,
    int? UploadLimit,
    int? UploadLimitPerDay,
    int? UploadLimitPerTask,
    IReadOnlyDictionary<string, string> TaskRewardLimits,
    int PayoutBatch,
    string Status,
    string? DepositAddress,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    public static PoolView Of(PoolRow row, TokenCatalogue tokens) => Of(row.Pool, row.DepositAddress, tokens.ByMint(row.Pool.Mint));

    private static PoolView Of(TrainingPool pool, string? depositAddress, Token token) =>
        new(
            pool.Id,
            pool.OwnerAddress,
            pool.Name,
            pool.Skills,
            pool.TokenSymbol,
            pool.Mint,
            token.Decimals,
            DecimalAmount.Format(pool.PricePerDemo, token.Decimals),
            pool.UploadLimit,
            pool.UploadLimitPerDay,
            pool.UploadLimitPerTask,
            pool.TaskRewardLimits.OrderBy(l => l.Key, StringComparer.Ordinal)
                .ToDictionary(l => l.Key, l => DecimalAmount.Format(l.Value, token.Decimals)),
            pool.PayoutBatch,
            UpperSnakeCase.From(pool.Status),
            depositAddress,
            pool.CreatedAt,
            pool.UpdatedAt
        );
}

/// <param name="DepositAddress">Null until the workers have made the wallet.</param>
internal sealed record PoolRow(TrainingPool Pool, string? DepositAddress);
