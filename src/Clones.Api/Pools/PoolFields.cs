using Clones.Api.Requests;
using Clones.Domain.Payments;
using Clones.Domain.Pools;

namespace Clones.Api.Pools;

internal readonly record struct PoolName(string Value) : IField<PoolName, string>
{
    public static Parsed<PoolName> Parse(string raw) => PoolRules.RejectName(raw) is { } reason ? new Rejection(reason) : new PoolName(raw);
}

/// <summary>What people train in, for search; at most 20, no two alike.</summary>
internal readonly record struct Skills
{
    private Skills(List<string> values) => Values = values;

    public List<string> Values { get; }

    public static Parsed<Skills> Parse(IReadOnlyList<string> raw) =>
        PoolRules.RejectSkills(raw) is { } reason ? new Rejection(reason) : new Skills([.. raw]);
}

/// <summary>The most that one submission earns, by task; in base units of the pool's token.</summary>
internal readonly record struct TaskRewardLimits
{
    private TaskRewardLimits(Dictionary<string, ulong> values) => Values = values;

    public Dictionary<string, ulong> Values { get; }

    public static Parsed<TaskRewardLimits> Parse(IReadOnlyDictionary<string, string> raw, int decimals)
    {
        if (raw.Count > PoolRules.TaskLimitsMax)
        {
            return new Rejection($"must be at most {PoolRules.TaskLimitsMax} tasks");
        }

        var limits = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (var (task, text) in raw)
        {
            if (PoolRules.RejectTask(task) is { } reason)
            {
                return new Rejection($"each task {reason}");
            }

            if (text is null)
            {
                return new Rejection("each limit must not be null");
            }

            var amount = DecimalAmount.Parse(text);
            var units = amount.Reason is { } bad ? new Rejection(bad) : amount.Value.ToBaseUnits(decimals);
            if (units.Reason is { } rejection)
            {
                return new Rejection($"each limit {rejection}");
            }

            limits.Add(task, units.Value);
        }
        return new TaskRewardLimits(limits);
    }
}

/// <summary>The most payments that share one transaction.</summary>
internal readonly record struct PayoutBatchSize(int Value) : IField<PayoutBatchSize, int>
{
    public static Parsed<PayoutBatchSize> Parse(int raw) =>
        raw is < 1 or > PayoutBatch.Max ? new Rejection($"must be 1 to {PayoutBatch.Max}") : new PayoutBatchSize(raw);
}

/// <summary>How many submissions one person may be paid for.</summary>
internal readonly record struct UploadLimit(int Value) : IField<UploadLimit, int>
{
    public static Parsed<UploadLimit> Parse(int raw) =>
        PoolRules.RejectUploadLimit(raw) is { } reason ? new Rejection(reason) : new UploadLimit(raw);
}
