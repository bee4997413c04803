namespace Clones.Chaos;

/// <param name="Seed">Of everything that is drawn by lot: payments, deaths, the storm over the nodes.</param>
/// <param name="Length">How long things go wrong; payments are sent in the first 85 % of it. Healing comes after.</param>
/// <param name="Kills">Deaths and freezes of processes.</param>
/// <param name="PayoutBatch">The most payments that share a transaction, in every pool.</param>
internal sealed record ChaosPlan(
    ulong Seed,
    int Payments,
    TimeSpan Length,
    int Kills,
    int Workers,
    int Agents,
    int PayoutBatch = Domain.Payments.PayoutBatch.Max
)
{
    /// <returns>What is wrong with the plan, for people; null where nothing is.</returns>
    public string? Reject() =>
        this switch
        {
            { Payments: < 1 or > 1_000_000 } => "--payments must be 1 to 1000000.",
            { Length.TotalSeconds: < 20 or > 86_400 } => "--minutes must be 0.34 (20 s) to 1440.",
            { Workers: < 2 or > 16 } => "--workers must be 2 to 16: one alone proves nothing of two.",
            { Agents: < 0 or > 200 } => "--agents must be 0 to 200.",
            { PayoutBatch: < 1 or > Domain.Payments.PayoutBatch.Max } => "--payout-batch must be 1 to 12.",
            { Kills: < 0 or > 100_000 } => "--kills must be 0 to 100000.",
            _ => null,
        };
}
