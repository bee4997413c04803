using System.Text.RegularExpressions;
using System.Xml.Linq;
using Clones.Contracts.Submissions;

namespace Clones.Contracts.Tests;

/// <summary>The summaries of the contracts, as plain text; written by the compiler beside the assembly.</summary>
internal sealed partial class ContractComments
{
    private readonly Dictionary<string, XElement> members;

    public ContractComments()
    {
        var file = Path.ChangeExtension(typeof(SubmissionGraded).Assembly.Location, "xml");
        members = XDocument.Load(file).Descendants("member").ToDictionary(m => m.Attribute("name")!.Value);
    }

    public string? Of(Type type) => Of($"T:{type.FullName}");

    public string? Of(Type declaring, string property) => Of($"P:{declaring.FullName}.{property}");

    private string? Of(string name)
    {
        if (!members.TryGetValue(name, out var member))
        {
            return null;
        }
        if (member.Element("inheritdoc")?.Attribute("cref")?.Value is { } elsewhere)
        {
            return Of(elsewhere);
        }
        var text = member.Element("summary")?.Nodes().Select(Text);
        return text is null ? null : Space().Replace(string.Concat(text), " ").Trim();
    }

    private static string Text(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" } see => see.Attribute("cref")!.Value.Split('.')[^1],
            XElement element => string.Concat(element.Nodes().Select(Text)),
            _ => "",
        };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
