using System.Net.Http.Json;
using Clones.Solana.Primitives;

namespace Clones.Bench.Servers;

/// <summary>Payments by the batch endpoint of the API.</summary>
internal static class PaymentBatch
{
    /// <summary>The most that the endpoint takes.</summary>
    public const int PaymentsMax = 500;

    /// <summary>In the token of the pool.</summary>
    public const string Amount = "0.001";

    /// <exception cref="InvalidOperationException">One of them was not accepted.</exception>
    public static async Task SendAsync(HttpClient client, IReadOnlyCollection<(Guid PoolId, string Recipient)> payments)
    {
        var batch = new
        {
            payments = payments
                .Select(p => new
                {
                    idempotencyKey = $"{Guid.NewGuid():n}",
                    trainingPoolId = p.PoolId,
                    recipient = p.Recipient,
                    amount = Amount,
                })
                .ToArray(),
        };
        using var answer = await client.PostAsJsonAsync("/v1/payments/batch", batch);
        var body = await answer.Content.ReadAsStringAsync();
        if (!body.Contains($"\"accepted\":{payments.Count}", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{answer.StatusCode}: {body[..Math.Min(500, body.Length)]}");
        }
    }

    /// <summary>People who were never paid before, made before the clock starts: keys cost more than requests.</summary>
    public static PublicKey[] NewRecipients(int count)
    {
        var recipients = new PublicKey[count];
        Parallel.For(
            0,
            count,
            i =>
            {
                using var account = Account.Generate();
                recipients[i] = account.PublicKey;
            }
        );
        return recipients;
    }
}
