using Clones.EndToEnd.Tests.Leaks;

namespace Clones.EndToEnd.Tests;

/// <summary>A private key is known to its ciphertext and, for the length of one signature, to the memory of a worker: and to nothing else.</summary>
public sealed class KeyLeakTests(LeakScenario scenario) : IClassFixture<LeakScenario>
{
    private const int FindingsShown = 20;

    [Theory]
    [InlineData("logs")]
    [InlineData("traces")]
    [InlineData("queues")]
    [InlineData("tables")]
    [InlineData("answers")]
    public void Nothing_that_was_written_holds_a_key(string place)
    {
        var found = new LeakSearch([.. scenario.Keys, .. scenario.Secrets]).In(scenario.Places[place]);

        found.Select(f => f.Needle.ToString()).Distinct().ShouldBeEmpty();
    }

    [Fact]
    public void The_memory_of_the_workers_holds_no_key_when_none_is_in_use() => Leaks(scenario.WorkersMemory).ShouldBeEmpty();

    [Fact]
    public void The_memory_of_an_import_holds_no_key_when_it_waits_for_its_next_line() => Leaks(scenario.ImportMemory).ShouldBeEmpty();

    [Fact]
    public void A_plaintext_key_stands_in_the_tables_until_it_is_migrated() =>
        new LeakSearch(scenario.Plaintext.Needles).In(scenario.TablesBefore).ShouldNotBeEmpty();

    [Theory]
    [InlineData("logs", "deposit key {0}")]
    [InlineData("logs", "it was changed, belongs to another wallet")]
    [InlineData("logs", "it is the key of another address")]
    [InlineData("logs", "Microsoft.EntityFrameworkCore.Database.Command")]
    [InlineData("logs", "MassTransit")]
    [InlineData("logs", "keys came under v2")]
    [InlineData("traces", "convert_to(encrypted_private_key, 'UTF8')")]
    [InlineData("traces", "clones.keys.migrated")]
    [InlineData("traces", "prepare-transactions receive")]
    [InlineData("traces", "There is no transaction")]
    [InlineData("queues", "prepare-transactions_error")]
    [InlineData("queues", "There is no transaction")]
    [InlineData("tables", "it is the key of another address")]
    [InlineData("tables", "deposit\t{0}\t{1}")]
    [InlineData("answers", "COMPLETED")]
    public void The_search_reads_what_was_written(string place, string text)
    {
        var wanted = string.Format(null, text, scenario.Plaintext.WalletId, scenario.Plaintext.Address);
        new LeakSearch(KeyNeedles.OfText("a control", wanted)).In(scenario.Places[place]).ShouldNotBeEmpty();
    }

    [Fact]
    public void The_search_reads_the_memory_of_the_workers()
    {
        var found = scenario.WorkersMemory.All.Select(f => f.Needle).ToHashSet();

        found.ShouldContain(n => n.Owner == LeakScenario.ControlName);
        // What a worker may hold, and where its keys would be.
        found.ShouldContain(n => n.Owner == LeakScenario.MasterKeyName);
        scenario.WorkersMemory.Bytes.ShouldBeGreaterThan(100_000_000);
    }

    [Fact]
    public void The_search_reads_the_memory_of_the_import()
    {
        var found = scenario.ImportMemory.All.Select(f => f.Needle).ToHashSet();

        found.ShouldContain(n => n.Owner == LeakScenario.ControlName);
        found.ShouldContain(n => n.Owner == LeakScenario.MasterKeyName);
    }

    private static IEnumerable<string> Leaks(MemoryFindings memory) =>
        memory
            .All.Where(f => f.Needle.Owner is not (LeakScenario.ControlName or LeakScenario.MasterKeyName))
            .Select(f => f.ToString())
            .Take(FindingsShown);
}
