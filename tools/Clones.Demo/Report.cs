using Spectre.Console;

namespace Clones.Demo;

/// <summary>The tables at the end.</summary>
internal static class Report
{
    /// <summary>The least width at which a signature stands on one line with what it belongs to.</summary>
    private const int WidthOfWholeSignatures = 150;

    public static void Show(StoryResult story, IReadOnlyList<Finding> findings)
    {
        var transitions = Titled("Every transition of the agent", "#", "time (UTC)", "from", "event", "to", "", "actor");
        foreach (var t in story.History)
        {
            transitions.AddRow(
                Cells(
                    $"{t.Sequence}",
                    $"{t.OccurredAt.UtcDateTime:HH:mm:ss.fff}",
                    t.From ?? "[*]",
                    t.Event,
                    t.To,
                    t.Accepted ? "made" : "rejected",
                    Shortened(t.Actor, 24)
                )
            );
        }

        AnsiConsole.Write(transitions);

        var transactions = Titled("Every transaction", "what", "amount", "status", "slot", "signature");
        foreach (var t in story.OwnerTransactions)
        {
            transactions.AddRow(Cells(t.Kind, "", t.Status ?? "", $"{t.Slot}", SignatureOf(t.Signature)));
        }

        foreach (var p in story.Payments.Reverse())
        {
            transactions.AddRow(Cells(p.Kind, $"{p.Amount} {p.TokenSymbol}", p.Status, $"{p.Slot}", SignatureOf(p.Signature)));
        }

        AnsiConsole.Write(transactions);
        if (AnsiConsole.Profile.Width < WidthOfWholeSignatures)
        {
            AnsiConsole.WriteLine($"Whole signatures: in a terminal of {WidthOfWholeSignatures} columns, or into a file.");
        }

        var audit = Titled("The database against the chain", "what", "database", "chain", "");
        foreach (var f in findings)
        {
            audit.AddRow(Cells(f.What, f.Books, f.Chain, f.Agrees ? "agrees" : "DIFFERS"));
        }

        AnsiConsole.Write(audit);
    }

    private static string SignatureOf(string? signature) =>
        AnsiConsole.Profile.Width < WidthOfWholeSignatures ? Shortened(signature ?? "", 16) : signature ?? "";

    private static string Shortened(string text, int length) => text.Length <= length ? text : $"{text[..(length - 6)]}..{text[^4..]}";

    private static Table Titled(string title, params string[] columns)
    {
        var table = new Table().Border(TableBorder.Ascii2).Title(title);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(column).NoWrap());
        }

        return table;
    }

    private static string[] Cells(params string[] texts) => [.. texts.Select(Markup.Escape)];
}
