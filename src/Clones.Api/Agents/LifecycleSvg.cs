using System.Globalization;
using System.Xml.Linq;
using Clones.Contracts.Agents;

namespace Clones.Api.Agents;

/// <summary>
/// The lifecycle as SVG 1.1: the statuses in a column in the order of a life, arrows down to the right of it, arrows back to the left, each in
/// a lane of its own so that none lies on another. Made for any machine; nothing here knows a status by name.
/// </summary>
internal static class LifecycleSvg
{
    private const int BoxWidth = 250;
    private const int BoxHeight = 60;
    private const int Gap = 54;
    private const int LaneWidth = 34;
    private const int Margin = 60;
    private const string Ink = "#334155";
    private const string Marked = "#1d4ed8";
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static string Draw(AgentLifecycleGraph graph, LifecyclePath? path)
    {
        var lines = Lines(graph, path);
        int LanesOf(bool isDown) => lines.Where(l => !l.IsStraight && l.IsDown == isDown).Select(l => l.Lane + 1).DefaultIfEmpty().Max();
        var left = Margin + LanesOf(isDown: false) * LaneWidth;
        var width = left + BoxWidth + LanesOf(isDown: true) * LaneWidth + Margin;
        var height = 2 * Margin + 24 + graph.Statuses.Count * (BoxHeight + Gap) - Gap;
        var drawing = new XElement(
            Svg + "svg",
            new XAttribute("viewBox", $"0 0 {width} {height}"),
            new XAttribute("width", width),
            new XAttribute("height", height),
            new XAttribute("font-family", "ui-sans-serif, system-ui, sans-serif"),
            new XAttribute("font-size", 12),
            new XElement(Svg + "title", "The lifecycle of an agent"),
            new XElement(Svg + "defs", Head("head", Ink), Head("marked-head", Marked)),
            Rectangle(0, 0, width, height, 0, "#ffffff", "none"),
            Ends(graph, left),
            Text("(*) rejected while a signed transaction may still land", 12, height - 12, false, "start"),
            lines.Select(l => Arrow(l, lines, left)),
            graph.Statuses.Select((status, row) => Box(status, row, left, path))
        );
        return drawing.ToString();
    }

    /// <summary>An arrow between two rows, of all transitions that go that way.</summary>
    private sealed record Line(int From, int To, string Label, bool IsMarked)
    {
        public int Lane { get; set; }
        public bool IsDown => To > From;
        public bool IsStraight => To == From + 1;
        public int Top => Math.Min(From, To);
        public int Bottom => Math.Max(From, To);
    }

    private static List<Line> Lines(AgentLifecycleGraph graph, LifecyclePath? path)
    {
        var rows = graph.Statuses.Select((status, row) => (status, row)).ToDictionary(s => s.status, s => s.row);
        List<Line> lines =
        [
            .. graph
                .Transitions.Where(t => t.From is not null && t.From != t.To)
                .GroupBy(t => (From: rows[t.From!], To: rows[t.To]))
                .Select(g => new Line(
                    g.Key.From,
                    g.Key.To,
                    string.Join(", ", g.Select(t => LabelOf(t, path?.TimesOf(t) ?? 0))),
                    g.Any(t => path?.TimesOf(t) > 0)
                )),
        ];
        // The shortest next to the boxes, so that lines cross as little as may be.
        var placed = new List<Line>();
        foreach (var line in lines.Where(l => !l.IsStraight).OrderBy(l => l.Bottom - l.Top).ThenBy(l => l.Top))
        {
            while (placed.Any(p => p.IsDown == line.IsDown && p.Lane == line.Lane && p.Top <= line.Bottom && p.Bottom >= line.Top))
            {
                line.Lane++;
            }

            placed.Add(line);
        }
        return lines;
    }

    private static string LabelOf(LifecycleTransition transition, int times) =>
        transition.Event
        + (transition.Condition is null ? "" : $" {transition.Condition}")
        + (transition.RefusedDuringSubmission ? " (*)" : "")
        + (times > 1 ? $" ×{times}" : "");

    private static IEnumerable<XElement> Arrow(Line line, List<Line> all, int left)
    {
        if (line.IsStraight)
        {
            var x = left + BoxWidth / 2;
            var (from, to) = (TopOf(line.From) + BoxHeight, TopOf(line.To));
            yield return Path($"M{x} {from} L{x} {to - 2}", line.IsMarked);
            yield return Text(line.Label, x + 8, (from + to) / 2 + 4, line.IsMarked, "start");
            yield break;
        }
        var edge = line.IsDown ? left + BoxWidth : left;
        var lane = line.IsDown ? edge + (line.Lane + 1) * LaneWidth : edge - (line.Lane + 1) * LaneWidth;
        var (start, end) = (PortOf(line, line.From, all), PortOf(line, line.To, all));
        yield return Path(
            Invariant($"M{edge} {start:0.#} L{lane} {start:0.#} L{lane} {end:0.#} L{(line.IsDown ? edge + 2 : edge - 2)} {end:0.#}"),
            line.IsMarked
        );
        var (x0, y0) = (lane - 5, (start + end) / 2);
        var text = Text(line.Label, x0, y0, line.IsMarked, "middle");
        text.Add(new XAttribute("transform", Invariant($"rotate(-90 {x0} {y0:0.#})")));
        yield return text;
    }

    /// <summary>Lines that meet a box on one side have a point each: those from above first, the outermost highest; those to below after them, the outermost lowest.</summary>
    private static double PortOf(Line line, int row, List<Line> all)
    {
        List<Line> here =
        [
            .. all.Where(l => !l.IsStraight && l.IsDown == line.IsDown && (l.From == row || l.To == row))
                .OrderBy(l => l.Bottom == row ? 0 : 1)
                .ThenBy(l => l.Bottom == row ? -l.Lane : l.Lane),
        ];
        return TopOf(row) + BoxHeight * (here.IndexOf(line) + 1.0) / (here.Count + 1);
    }

    private static IEnumerable<XElement> Ends(AgentLifecycleGraph graph, int left)
    {
        var x = left + BoxWidth / 2;
        var begin = graph.Transitions.FirstOrDefault(t => t.From is null);
        if (begin is not null && graph.Statuses[0] == begin.To)
        {
            yield return Circle(x, Margin - 42, 6, Ink, Ink);
            yield return Path($"M{x} {Margin - 36} L{x} {Margin - 2}", false);
            yield return Text(begin.Event, x + 8, Margin - 16, false, "start");
        }
        foreach (var end in graph.Ends())
        {
            var y = TopOf(graph.Statuses.ToList().IndexOf(end)) + BoxHeight;
            yield return Path($"M{x} {y} L{x} {y + 26}", false);
            yield return Circle(x, y + 36, 8, "#ffffff", Ink);
            yield return Circle(x, y + 36, 4, Ink, Ink);
        }
    }

    private static IEnumerable<XElement> Box(string status, int row, int left, LifecyclePath? path)
    {
        var isCurrent = path?.Status == status;
        var isVisited = path?.Visited.Contains(status) == true;
        var fill =
            isCurrent ? Marked
            : isVisited ? "#dbeafe"
            : "#f8fafc";
        yield return Rectangle(left, TopOf(row), BoxWidth, BoxHeight, 8, fill, isCurrent || isVisited ? Marked : Ink);
        var text = Text(status, left + BoxWidth / 2, TopOf(row) + BoxHeight / 2 + 5, false, "middle");
        text.SetAttributeValue("fill", isCurrent ? "#ffffff" : "#0f172a");
        text.SetAttributeValue("font-weight", "600");
        text.SetAttributeValue("stroke", null);
        yield return text;
    }

    private static int TopOf(int row) => Margin + row * (BoxHeight + Gap);

    private static XElement Head(string id, string color) =>
        new(
            Svg + "marker",
            new XAttribute("id", id),
            new XAttribute("viewBox", "0 0 10 10"),
            new XAttribute("refX", 9),
            new XAttribute("refY", 5),
            new XAttribute("markerWidth", 7),
            new XAttribute("markerHeight", 7),
            new XAttribute("orient", "auto"),
            new XElement(Svg + "path", new XAttribute("d", "M0 0 L10 5 L0 10 z"), new XAttribute("fill", color))
        );

    private static XElement Path(string points, bool isMarked) =>
        new(
            Svg + "path",
            new XAttribute("d", points),
            new XAttribute("fill", "none"),
            new XAttribute("stroke", isMarked ? Marked : Ink),
            new XAttribute("stroke-width", isMarked ? 2.5 : 1.2),
            new XAttribute("stroke-linejoin", "round"),
            new XAttribute("marker-end", isMarked ? "url(#marked-head)" : "url(#head)")
        );

    private static XElement Text(string text, int x, double y, bool isMarked, string anchor) =>
        new(
            Svg + "text",
            new XAttribute("x", x),
            new XAttribute("y", y.ToString("0.#", CultureInfo.InvariantCulture)),
            new XAttribute("text-anchor", anchor),
            new XAttribute("fill", isMarked ? Marked : Ink),
            // Readable where a line runs behind it.
            new XAttribute("stroke", "#ffffff"),
            new XAttribute("stroke-width", 3),
            new XAttribute("paint-order", "stroke"),
            text
        );

    private static XElement Circle(int x, int y, int radius, string fill, string stroke) =>
        new(
            Svg + "circle",
            new XAttribute("cx", x),
            new XAttribute("cy", y),
            new XAttribute("r", radius),
            new XAttribute("fill", fill),
            new XAttribute("stroke", stroke)
        );

    private static XElement Rectangle(int x, int y, int width, int height, int radius, string fill, string stroke) =>
        new(
            Svg + "rect",
            new XAttribute("x", x),
            new XAttribute("y", y),
            new XAttribute("width", width),
            new XAttribute("height", height),
            new XAttribute("rx", radius),
            new XAttribute("fill", fill),
            new XAttribute("stroke", stroke)
        );

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
