using System.Security.Cryptography;
using System.Text;
using Clones.Solana.Primitives;

namespace Clones.Domain.Payments;

/// <summary>A payment that somebody asks for, in value types only.</summary>
public sealed record PaymentRequest
{
    public required PaymentKind Kind { get; init; }
    public required Guid TrainingPoolId { get; init; }
    public required PublicKey Recipient { get; init; }

    /// <summary>Null for SOL.</summary>
    public PublicKey? Mint { get; init; }

    /// <summary>Base units of the mint, or lamports; above zero.</summary>
    public required ulong Amount { get; init; }

    /// <summary><c>wallet:..</c>, <c>api-key:..</c> or <c>system:rewards</c>.</summary>
    public required string Caller { get; init; }
    public required string IdempotencyKey { get; init; }
    public string? Reference { get; init; }

    /// <summary>Store the payment as waiting where funds are missing or the pool is paused, instead of rejecting it.</summary>
    public bool MayWait { get; init; }

    /// <summary>
    /// SHA-256 of everything that makes it this payment and no other. <see cref="MayWait"/> is left out on purpose: it says what to do when
    /// funds are missing, not who gets what. A retry that changed its mind finds the payment that is there; if it were rejected as another
    /// request, its caller would try a fresh key, and pay twice.
    /// </summary>
    public byte[] Hash()
    {
        // Length prefixes keep two fields from running into each other.
        var text = new StringBuilder("payment/1\n");
        string?[] fields =
        [
            UpperSnakeCase.From(Kind),
            TrainingPoolId.ToString("D"),
            Recipient.ToString(),
            Mint?.ToString(),
            Amount.ToString(),
            Reference,
        ];
        foreach (var field in fields)
        {
            text.Append(field?.Length ?? -1).Append(':').Append(field).Append('\n');
        }
        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
