using Clones.Domain.Keys;
using Clones.Persistence.Keys;

namespace Clones.Custody.Audit;

/// <summary>Goes through the log row by row, in the order of the chain: each must follow the one before, and its hash be its own.</summary>
internal sealed class KeyLogWalk(KeyLogAnchor? expected)
{
    private readonly List<KeyAuditFinding> findings = [];
    private bool wasAnchorSeen = expected is null;

    public IReadOnlyList<KeyAuditFinding> Findings => findings;

    /// <summary>The last row's; an auditor who keeps it can verify later that nothing up to it was rewritten.</summary>
    public KeyLogAnchor Head { get; private set; } = new(0, KeyEventChain.Origin);

    public void Next(WalletKeyEvent row)
    {
        var sequence = row.Sequence ?? 0;
        if (sequence != Head.Sequence + 1)
        {
            Find(sequence, $"follows {Head.Sequence}: {sequence - Head.Sequence - 1} rows are missing");
        }
        else if (row.PreviousHash != Head.Hash)
        {
            Find(sequence, "does not follow the row before it: one of them was replaced");
        }
        if (KeyEventChain.HashOf(row) != row.Hash)
        {
            Find(sequence, "was changed: its hash is not that of its content");
        }
        if (sequence == 1 && row.Kind != KeyEventKind.LogBegun)
        {
            Find(sequence, "is not the beginning of the log");
        }
        if (row.Kind == KeyEventKind.Opened && row.TransactionId is null)
        {
            Find(sequence, "an opening without a transaction");
        }
        Head = new KeyLogAnchor(sequence, row.Hash ?? "");
        wasAnchorSeen |= Head == expected;
    }

    public void End()
    {
        if (Head.Sequence == 0)
        {
            findings.Add(new KeyAuditFinding("the log", "is empty"));
        }
        if (!wasAnchorSeen)
        {
            findings.Add(new KeyAuditFinding("the log", $"no longer has the row {expected}: it was rewritten, or cut off before it"));
        }
    }

    private void Find(long sequence, string detail) => findings.Add(new KeyAuditFinding($"row {sequence}", detail));
}

/// <summary>A place in the log: <c>sequence:hash</c>.</summary>
internal sealed record KeyLogAnchor(long Sequence, string Hash)
{
    /// <returns>Null where it is none.</returns>
    public static KeyLogAnchor? Parse(string text) =>
        text.Split(':') is [var digits, { Length: 64 } hash]
        && long.TryParse(
            digits,
            System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture,
            out var sequence
        )
        && hash.All(char.IsAsciiHexDigitLower)
            ? new KeyLogAnchor(sequence, hash)
            : null;

    public override string ToString() => $"{Sequence}:{Hash}";
}
