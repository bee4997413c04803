using Spectre.Console;

namespace Clones.Demo;

/// <summary>The tables at the end.</summary>
internal static class Report
{
    public static void Show(StoryResult story, IReadOnlyList<Finding> findings)
    {
        var transitions = Titled("Every transition of the agent", "#", "time (UTC)", "from", "event", "to", "", "actor");
        foreach (var t in story.History)
            transitions.AddRow(
                Cells(
                    $"{t.Sequence}",
                    $"{t.OccurredAt.UtcDateTime:HH:mm:ss.fff}",
                    t.From ?? "[*]",
                    t.Event,
                    t.To,
                    t.Accepted ? "made" : "refused",
                    t.Actor
                )
            );
        AnsiConsole.Write(transitions);

        var transactions = Titled("Every transaction", "what", "amount", "status", "slot", "signature");
        foreach (var t in story.OwnerTransactions)
            transactions.AddRow(Cells(t.Kind, "", t.Status, "", t.Signature ?? ""));
        foreach (var p in story.Payments.Reverse())
            transactions.AddRow(Cells(p.Kind, $"{p.Amount} {p.TokenSymbol}", p.Status, $"{p.Slot}", p.Signature ?? ""));
        AnsiConsole.Write(transactions);

        var audit = Titled("The books against the chain", "what", "books", "chain", "");
        foreach (var f in findings)
            audit.AddRow(Cells(f.What, f.Books, f.Chain, f.Agrees ? "agrees" : "DIFFERS"));
        AnsiConsole.Write(audit);
    }

    private static Table Titled(string title, params string[] columns)
    {
        var table = new Table().Border(TableBorder.Ascii2).Title(title);
        foreach (var column in columns)
            table.AddColumn(new TableColumn(column).NoWrap());
        return table;
    }

    private static string[] Cells(params string[] texts) => [.. texts.Select(Markup.Escape)];
}
