namespace Clones.Custody.Audit;

/// <summary>Something in the log of the keys, or between it and the database, that should not be.</summary>
/// <param name="Subject">Sequence number, key or transaction.</param>
/// <param name="Detail">For people.</param>
internal sealed record KeyAuditFinding(string Subject, string Detail)
{
    public override string ToString() => $"{Subject}: {Detail}";
}
