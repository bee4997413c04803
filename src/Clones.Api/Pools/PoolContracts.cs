using Clones.Api.Requests;
using Clones.Api.Tokens;
using Clones.Persistence;
using Clones.Persistence.Pools;
using Clones.Persistence.Tokens;

namespace Clones.Api.Pools;

/// <param name="PricePerDemo">Reward of a submission with score 100, a decimal string in the pool's token.</param>
/// <param name="UploadLimit">How many submissions one person may be paid for; null is no limit.</param>
internal sealed record CreatePoolRequest(
    string Name,
    string TokenSymbol,
    string PricePerDemo,
    IReadOnlyList<string>? Skills = null,
    int? UploadLimit = null
);

/// <summary>What is left out stays as it is.</summary>
internal sealed record ChangePoolRequest
{
    public Optional<string> Name { get; init; }
    public Optional<string> PricePerDemo { get; init; }
    public Optional<IReadOnlyList<string>> Skills { get; init; }
    public Optional<int?> UploadLimit { get; init; }

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
            UpperSnakeCase.From(pool.Status),
            depositAddress,
            pool.CreatedAt,
            pool.UpdatedAt
        );
}

/// <param name="DepositAddress">Null until the workers have made the wallet.</param>
internal sealed record PoolRow(TrainingPool Pool, string? DepositAddress);
