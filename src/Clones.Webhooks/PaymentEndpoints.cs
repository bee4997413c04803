using Clones.Domain;
using Clones.Persistence;
using Clones.Persistence.Webhooks;

namespace Clones.Webhooks;

/// <summary>Finds the endpoints for events of payments, of which there are many at once: those that come together share one question to the database.</summary>
internal sealed class PaymentEndpoints
{
    private const int GroupMax = 256;

    private readonly Coalescer<int, PaymentEvent, IReadOnlyList<Guid>?> together;

    public PaymentEndpoints(IServiceScopeFactory scopes) =>
        together = new Coalescer<int, PaymentEvent, IReadOnlyList<Guid>?>(
            async (_, events) =>
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
                return await db.EndpointsOfPaymentsAsync(events, CancellationToken.None);
            },
            GroupMax,
            _ => false
        );

    /// <returns>Null where there is no such payment of that training pool.</returns>
    public Task<IReadOnlyList<Guid>?> OfAsync(PaymentEvent payment, CancellationToken cancellationToken) =>
        together.AddAsync(0, payment).WaitAsync(cancellationToken);
}
