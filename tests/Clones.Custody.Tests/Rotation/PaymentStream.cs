using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Testing;
using Clones.Testing.Hosts;

namespace Clones.Custody.Tests.Rotation;

/// <summary>Payments out of one pool, each after the one before is completed, until it is told to end.</summary>
internal sealed class PaymentStream
{
    private readonly RotationHost host;
    private readonly TrainingPool pool;
    private readonly Task<List<Payment>> flowing;
    private volatile bool isEnding;

    public PaymentStream(RotationHost host, TrainingPool pool)
    {
        (this.host, this.pool) = (host, pool);
        flowing = FlowAsync();
    }

    /// <returns>All its payments, completed; the last of them began after this was asked.</returns>
    public async Task<List<Payment>> EndAsync()
    {
        isEnding = true;
        var payments = await flowing;
        payments.Add(await PayAsync());
        return payments;
    }

    private async Task<List<Payment>> FlowAsync()
    {
        var payments = new List<Payment>();
        while (!isEnding)
        {
            payments.Add(await PayAsync());
        }
        return payments;
    }

    private async Task<Payment> PayAsync()
    {
        var payment = await host.PayAsync(pool, TestKeys.FreshAddress(), 2_000_000)
            .OrGiveUpAsync("a payment to be accepted", TestContext.Current.CancellationToken);
        return await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
    }
}
