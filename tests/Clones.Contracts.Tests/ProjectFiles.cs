using System.Xml.Linq;
using Clones.Testing;

namespace Clones.Contracts.Tests;

/// <summary>What a project says that it uses. The compiler drops references that no line needs, so the assembly alone cannot tell.</summary>
internal static class ProjectFiles
{
    public static IEnumerable<string> ProjectReferences(string project) =>
        Items(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

    /// <summary>Those that its users get, too: analyzers are the project's own.</summary>
    public static IEnumerable<string> PackageReferences(string project) => Items(project, "PackageReference");

    private static IEnumerable<string> Items(string project, string kind) =>
        XDocument
            .Load(Repository.PathOf("src", project, $"{project}.csproj"))
            .Descendants(kind)
            .Where(item => item.Attribute("PrivateAssets")?.Value != "all")
            .Select(item => item.Attribute("Include")!.Value);
}
