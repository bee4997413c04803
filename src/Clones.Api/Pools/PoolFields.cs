using Clones.Api.Requests;
using Clones.Persistence.Pools;

namespace Clones.Api.Pools;

internal readonly record struct PoolName(string Value) : IField<PoolName, string>
{
    public static Parsed<PoolName> Parse(string raw) => PoolRules.RefuseName(raw) is { } reason ? new Refusal(reason) : new PoolName(raw);
}

/// <summary>What people train in, for search; at most 20, no two alike.</summary>
internal readonly record struct Skills
{
    private Skills(List<string> values) => Values = values;

    public List<string> Values { get; }

    public static Parsed<Skills> Parse(IReadOnlyList<string> raw) =>
        PoolRules.RefuseSkills(raw) is { } reason ? new Refusal(reason) : new Skills([.. raw]);
}

/// <summary>How many submissions one person may be paid for.</summary>
internal readonly record struct UploadLimit(int Value) : IField<UploadLimit, int>
{
    public static Parsed<UploadLimit> Parse(int raw) =>
        PoolRules.RefuseUploadLimit(raw) is { } reason ? new Refusal(reason) : new UploadLimit(raw);
}
