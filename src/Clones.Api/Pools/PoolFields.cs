using Clones.Api.Requests;

namespace Clones.Api.Pools;

internal readonly record struct PoolName(string Value) : IField<PoolName, string>
{
    public static Parsed<PoolName> Parse(string raw) => PlainText.Refuse(raw, 1, 100) is { } refusal ? refusal : new PoolName(raw);
}

/// <summary>What people train in, for search; at most 20, no two alike.</summary>
internal readonly record struct Skills
{
    private const int CountMax = 20;
    private const int LengthMax = 50;

    private Skills(List<string> values) => Values = values;

    public List<string> Values { get; }

    public static Parsed<Skills> Parse(IReadOnlyList<string> raw)
    {
        if (raw.Count > CountMax)
            return new Refusal($"must be at most {CountMax}");
        foreach (var skill in raw)
        {
            // A list may hold null in spite of its type.
            if (skill is null)
                return new Refusal("must not contain null");
            if (PlainText.Refuse(skill, 1, LengthMax) is { } refusal)
                return new Refusal($"each {refusal.Reason}");
        }
        return raw.Distinct(StringComparer.Ordinal).Count() == raw.Count ? new Skills([.. raw]) : new Refusal("must not contain one twice");
    }
}

/// <summary>How many submissions one person may be paid for.</summary>
internal readonly record struct UploadLimit(int Value) : IField<UploadLimit, int>
{
    private const int Max = 1_000_000;

    public static Parsed<UploadLimit> Parse(int raw) =>
        raw is >= 1 and <= Max ? new UploadLimit(raw) : new Refusal($"must be from 1 to {Max}, or null for no limit");
}
