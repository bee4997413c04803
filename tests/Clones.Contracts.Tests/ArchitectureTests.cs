using System.Text.RegularExpressions;
using Clones.Testing;

namespace Clones.Contracts.Tests;

/// <summary>Who may reference whom: the rules of docs/decisions/0011. Each was broken once to see its test fail.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Clones.Contracts"] = [],
        ["Clones.Solana"] = [],
        ["Clones.Client"] = [],
        ["Clones.Messaging"] = [],
        ["Clones.Domain"] = ["Clones.Contracts", "Clones.Solana"],
        ["Clones.Persistence"] = ["Clones.Contracts", "Clones.Solana", "Clones.Domain", "Clones.Messaging"],
        ["Clones.Hosting"] = [.. Store, "Clones.Persistence"],
        ["Clones.Acceptance"] = [.. Store, "Clones.Persistence"],
        ["Clones.Settlement"] = [.. Above, "Clones.Acceptance"],
        ["Clones.Custody"] = Above,
        ["Clones.Webhooks"] = Above,
        ["Clones.Lifecycle"] = [.. Above, "Clones.Acceptance", "Clones.Settlement"],
        ["Clones.Api"] = [.. Above, "Clones.Acceptance"],
        ["Clones.Workers"] = [.. Above, "Clones.Acceptance", "Clones.Settlement", "Clones.Custody", "Clones.Webhooks", "Clones.Lifecycle"],
    };

    private static string[] Store => ["Clones.Contracts", "Clones.Solana", "Clones.Domain", "Clones.Messaging"];
    private static string[] Above => [.. Store, "Clones.Persistence", "Clones.Hosting"];

    public static TheoryData<string> Projects =>
        [.. Directory.GetDirectories(Repository.PathOf("src")).Select(path => Path.GetFileName(path)!)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_those_below_it(string project)
    {
        Allowed.ShouldContainKey(project);
        var allowed = Allowed[project];
        ProjectFiles.ProjectReferences(project).ShouldBeSubsetOf(allowed);

        using var assembly = new AssemblyContents(project);
        assembly.ReferencedAssemblies.Where(name => name.StartsWith("Clones.", StringComparison.Ordinal)).ShouldBeSubsetOf(allowed);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Namespaces_are_named_for_their_folders(string project)
    {
        foreach (var (folder, source) in SourcesOf(project))
        {
            Namespace().Match(source).Groups[1].Value.ShouldBe(string.Join('.', [project, .. folder]));
        }
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_folders_of_a_project_reference_each_other_in_one_direction(string project)
    {
        var references = SourcesOf(project)
            .Where(source => source.Folder.Length > 0)
            .SelectMany(source =>
                Using()
                    .Matches(source.Text)
                    .Select(u => u.Groups[1].Value.Split('.'))
                    .Where(name => name.Length > 2 && string.Join('.', name[..2]) == project && name[2] != source.Folder[0])
                    .Select(name => (From: source.Folder[0], To: name[2]))
            )
            .ToLookup(r => r.From, r => r.To);

        foreach (var folder in references.Select(r => r.Key))
        {
            Reached(references, folder).ShouldNotContain(folder, $"{folder} of {project} references itself by way of others");
        }
    }

    [Fact]
    public void Only_stores_speak_sql()
    {
        (string Place, string Why)[] allowed =
        [
            ("Clones.Persistence/", "the stores"),
            ("Clones.Messaging/", "its own tables, and it knows nothing of Clones"),
            ("Clones.Settlement/Store/", "the port of settlement, written for the pipeline alone"),
            ("Clones.Settlement/Ledger/", "the port of the ledger, and which histories are due"),
            ("Clones.Settlement/Funds/FundsReconciler.cs", "which wallets are due"),
            ("Clones.Settlement/Rewards/SubmissionGradedConsumer.cs", "a lock for the upload limit"),
        ];
        var speakers = Directory
            .EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => Sql().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(Repository.PathOf("src"), file))
            .ToList();

        speakers.Where(file => !allowed.Any(a => file.StartsWith(a.Place, StringComparison.Ordinal))).ShouldBeEmpty();
        allowed
            .Where(a => !speakers.Exists(file => file.StartsWith(a.Place, StringComparison.Ordinal)))
            .ShouldBeEmpty("what has no SQL any more needs no exception");
    }

    [Fact]
    public void The_api_cannot_reach_the_project_that_opens_keys()
    {
        var reached = Reached(
            Allowed.Keys.SelectMany(p => ProjectFiles.ProjectReferences(p).Select(r => (p, r))).ToLookup(r => r.p, r => r.r),
            "Clones.Api"
        );

        reached.ShouldContain("Clones.Persistence");
        reached.ShouldNotContain("Clones.Custody");
    }

    [Fact]
    public void Contracts_need_no_package_so_that_any_service_can_take_them()
    {
        ProjectFiles.PackageReferences("Clones.Contracts").ShouldBeEmpty();

        using var assembly = new AssemblyContents("Clones.Contracts");
        assembly.ReferencedAssemblies.ShouldAllBe(name => name.StartsWith("System.", StringComparison.Ordinal));
    }

    [Fact]
    public void The_client_needs_nothing_but_dotnet_so_that_any_program_can_take_it()
    {
        ProjectFiles.PackageReferences("Clones.Client").ShouldBeEmpty();

        using var assembly = new AssemblyContents("Clones.Client");
        assembly.ReferencedAssemblies.ShouldAllBe(name => name.StartsWith("System.", StringComparison.Ordinal));
    }

    /// <summary>The API and everything of ours that it loads: none can decrypt a key, and none asks the environment for the secret.</summary>
    [Theory]
    [InlineData("Clones.Acceptance")]
    [InlineData("Clones.Api")]
    [InlineData("Clones.Contracts")]
    [InlineData("Clones.Domain")]
    [InlineData("Clones.Hosting")]
    [InlineData("Clones.Messaging")]
    [InlineData("Clones.Persistence")]
    [InlineData("Clones.Solana")]
    public void Nothing_in_the_process_that_faces_the_internet_can_open_a_key(string project)
    {
        using var assembly = new AssemblyContents(project);

        string[] openers = ["AesGcm", "AesCcm", "AesCng", "AesManaged", "Aes256Gcm", "Scrypt", "crypto_pwhash", "CryptoStream"];
        assembly
            .Names.Where(name => openers.Any(opener => name.Contains(opener, StringComparison.OrdinalIgnoreCase)))
            .ShouldBeEmpty("code that opens keys belongs to Clones.Custody");
        assembly
            .Texts.Where(text => text.Contains("DEPOSIT_KEY", StringComparison.OrdinalIgnoreCase))
            .ShouldBeEmpty("the master secret is read by Clones.Custody only");
    }

    /// <summary>Even encrypted, keys are none of the business of the process that faces the internet.</summary>
    [Fact]
    public void The_api_reads_no_stored_keys()
    {
        using var api = new AssemblyContents("Clones.Api");

        api.UsedTypes.ShouldContain("Clones.Persistence.ClonesDbContext");
        api.UsedTypes.ShouldNotContain("Clones.Persistence.Keys.StoredKeyRows");
    }

    [Fact]
    public void The_api_cannot_sign()
    {
        using var api = new AssemblyContents("Clones.Api");

        api.UsedTypes.ShouldNotContain("Clones.Solana.Primitives.Account");
        api.UsedTypes.ShouldNotContain("NSec.Cryptography.Key");
        ProjectFiles.PackageReferences("Clones.Api").ShouldNotContain("NSec.Cryptography");
    }

    private static HashSet<string> Reached(ILookup<string, string> references, string from)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>(references[from]);
        while (open.TryPop(out var next))
        {
            if (reached.Add(next))
            {
                foreach (var further in references[next])
                {
                    open.Push(further);
                }
            }
        }
        return reached;
    }

    /// <summary>What is written by hand, with its folder below the project's.</summary>
    private static IEnumerable<(string[] Folder, string Text)> SourcesOf(string project)
    {
        var root = Repository.PathOf("src", project);
        return from file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            let parts = Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar)
            where parts[0] is not ("bin" or "obj" or "Generated" or "Migrations")
            let text = File.ReadAllText(file)
            where Namespace().IsMatch(text)
            select (parts[..^1], text);
    }

    [GeneratedRegex(@"^namespace ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\b(FromSql|ExecuteSql|SqlQuery)|\bNpgsqlCommand\b|\.CreateCommand\(")]
    private static partial Regex Sql();

    [GeneratedRegex(@"^using (Clones\.[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Using();
}
