using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Clones.Domain.Transactions;

/// <summary>
/// The ids of transactions, made from what asks for them and from nothing else. A database restored from a backup may have forgotten a
/// payment that it accepted: when its client asks again, the same id comes back, so the same memo, and what is on chain is found instead of
/// paid again. The ids have no order.
/// </summary>
public static class TransactionIds
{
    private const string PaymentsDomain = "clones/transaction/payments/1";
    private const string DeploymentDomain = "clones/transaction/deployment/1";

    /// <param name="payments">Caller and idempotency key of every payment that the transaction carries; their order does not matter.</param>
    /// <exception cref="ArgumentException">No payment, or one twice.</exception>
    public static Guid OfPayments(IReadOnlyCollection<(string Caller, string IdempotencyKey)> payments)
    {
        if (payments.Count == 0 || payments.Distinct().Count() != payments.Count)
        {
            throw new ArgumentException("A transaction carries one payment or several different ones.", nameof(payments));
        }

        var sorted = payments
            .OrderBy(p => p.Caller, StringComparer.Ordinal)
            .ThenBy(p => p.IdempotencyKey, StringComparer.Ordinal)
            .SelectMany(p => new[] { p.Caller, p.IdempotencyKey });
        return Of(PaymentsDomain, sorted);
    }

    /// <summary>Of a transaction with this payment alone.</summary>
    public static Guid OfPayment(string caller, string idempotencyKey) => OfPayments([(caller, idempotencyKey)]);

    /// <param name="ordinal">1 for the agent's first transaction of this kind, 2 for the one after its failure, ..</param>
    public static Guid OfDeployment(Guid agentId, TransactionKind kind, int ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)kind, (int)TransactionKind.Payment, nameof(kind));
        ArgumentOutOfRangeException.ThrowIfLessThan(ordinal, 1);
        return Of(DeploymentDomain, [agentId.ToString("D"), UpperSnakeCase.From(kind), $"{ordinal}"]);
    }

    private static Guid Of(string domain, IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, domain);
        foreach (var part in parts)
        {
            Append(hash, part);
        }

        // UUID version 8: a custom hash, with the bits of version and variant where RFC 9562 wants them.
        var bytes = hash.GetHashAndReset().AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    // The length first, so that no two lists of parts run into each other.
    private static void Append(IncrementalHash hash, string part)
    {
        var text = Encoding.UTF8.GetBytes(part);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, text.Length);
        hash.AppendData(length);
        hash.AppendData(text);
    }
}
