namespace Clones.Contracts.Tests;

/// <summary>Who may know whom. The rules are those of the README's map; each was broken once to see its test fail.</summary>
public sealed class ArchitectureTests
{
    [Theory]
    [InlineData("Clones.Contracts")]
    [InlineData("Clones.Solana")]
    [InlineData("Clones.Client")]
    [InlineData("Clones.Persistence", "Clones.Contracts", "Clones.Solana")]
    [InlineData("Clones.Api", "Clones.Contracts", "Clones.Persistence", "Clones.Solana")]
    [InlineData("Clones.Workers", "Clones.Contracts", "Clones.Persistence", "Clones.Solana")]
    public void A_project_knows_only_those_below_it(string project, params string[] allowed)
    {
        ProjectFiles.ProjectReferences(project).ShouldBeSubsetOf(allowed);

        using var assembly = new AssemblyContents(project);
        assembly.ReferencedAssemblies.Where(name => name.StartsWith("Clones.", StringComparison.Ordinal)).ShouldBeSubsetOf(allowed);
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
    [InlineData("Clones.Api")]
    [InlineData("Clones.Contracts")]
    [InlineData("Clones.Persistence")]
    [InlineData("Clones.Solana")]
    public void Nothing_in_the_process_that_faces_the_internet_can_open_a_key(string project)
    {
        using var assembly = new AssemblyContents(project);

        string[] openers = ["AesGcm", "AesCcm", "AesCng", "AesManaged", "Aes256Gcm", "Scrypt", "crypto_pwhash", "CryptoStream"];
        assembly
            .Names.Where(name => openers.Any(opener => name.Contains(opener, StringComparison.OrdinalIgnoreCase)))
            .ShouldBeEmpty("code that opens keys belongs to Clones.Workers");
        assembly
            .Texts.Where(text => text.Contains("DEPOSIT_KEY", StringComparison.OrdinalIgnoreCase))
            .ShouldBeEmpty("the master secret is read by Clones.Workers only");
    }

    [Fact]
    public void The_api_cannot_sign()
    {
        using var api = new AssemblyContents("Clones.Api");

        api.UsedTypes.ShouldNotContain("Clones.Solana.Primitives.Account");
        api.UsedTypes.ShouldNotContain("NSec.Cryptography.Key");
        ProjectFiles.PackageReferences("Clones.Api").ShouldNotContain("NSec.Cryptography");
    }
}
