namespace Clones.Workers.Keys.Import;

/// <summary>What an import has come to so far.</summary>
internal sealed class ImportReport
{
    /// <summary>Empty ones aside.</summary>
    public int Lines => Imported + AlreadyThere + Refused;
    public int Imported { get; private set; }
    public int AlreadyThere { get; private set; }
    public int Refused { get; private set; }
    public IgnoredFields Ignored { get; } = new();

    public void Count(OldPoolLine line, ImportVerdict verdict)
    {
        Ignored.Add(line.IgnoredFields);
        switch (verdict)
        {
            case ImportVerdict.Import:
                Imported++;
                break;
            case ImportVerdict.AlreadyThere:
                AlreadyThere++;
                break;
            default:
                Refused++;
                break;
        }
    }

    public string Summary(bool dryRun) =>
        dryRun
            ? $"Dry run, nothing was written: {Imported} would be imported, {AlreadyThere} are already there, {Refused} are refused ({Lines} pools)"
            : $"{Imported} imported, {AlreadyThere} already there, {Refused} refused ({Lines} pools)";
}

internal enum ImportVerdict
{
    Import,

    /// <summary>With the same address and owner; its data is left alone.</summary>
    AlreadyThere,
    Refuse,
}
