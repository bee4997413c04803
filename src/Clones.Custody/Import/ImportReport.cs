namespace Clones.Custody.Import;

/// <summary>What an import has come to so far.</summary>
internal sealed class ImportReport
{
    /// <summary>More of them would hide what else an operator has to see.</summary>
    private const int PoolsShownMax = 20;

    private readonly List<string> pools = [];

    /// <summary>Empty ones aside.</summary>
    public int Lines => Imported + AlreadyThere + Rejected;
    public int Imported { get; private set; }
    public int AlreadyThere { get; private set; }
    public int Rejected { get; private set; }
    public IgnoredFields Ignored { get; } = new();

    public void Count(OldPoolLine line, ImportDecision decision)
    {
        Ignored.Add(line.IgnoredFields);
        if (decision != ImportDecision.Reject && pools.Count < PoolsShownMax)
        {
            pools.Add($"line {line.Number}: pool {line.Pool!.PoolId}, deposit wallet {line.Pool.Deposit}");
        }
        switch (decision)
        {
            case ImportDecision.Import:
                Imported++;
                break;
            case ImportDecision.AlreadyThere:
                AlreadyThere++;
                break;
            default:
                Rejected++;
                break;
        }
    }

    /// <summary>Where the pools of the file are: a line for each, or where to find them when they are many.</summary>
    public IReadOnlyList<string> Pools() =>
        Imported + AlreadyThere <= PoolsShownMax
            ? pools
            : ["The pools with their ids and deposit addresses: GET /v1/pools; the id of one is computed from its _id, see docs/import.md"];

    public string Summary(bool dryRun)
    {
        var all = Lines == 1 ? "1 pool" : $"{Lines} pools";
        return dryRun
            ? $"Dry run, nothing was written: {Imported} would be imported, {AlreadyThere} already there, {Rejected} rejected ({all})"
            : $"{Imported} imported, {AlreadyThere} already there, {Rejected} rejected ({all})";
    }
}

internal enum ImportDecision
{
    Import,

    /// <summary>With the same address and owner; its data is left alone.</summary>
    AlreadyThere,
    Reject,
}
