using Clones.Workers.Commands.Keys;

namespace Clones.Workers.Tests.Commands.Keys;

public sealed class KeysUsageTests
{
    [Fact]
    public async Task A_word_that_is_no_command_is_told_once() =>
        (await RejectedAsync("bogus")).ShouldBe(["Unrecognized command: 'bogus'.", Usage]);

    [Fact]
    public async Task Who_names_no_command_is_shown_them() => (await RejectedAsync()).Last().ShouldBe(Usage);

    [Fact]
    public async Task A_key_to_retire_that_is_missing_is_named()
    {
        (await RejectedAsync("retire", "--no-restore-points")).ShouldBe(["KEY is missing: ./clones keys retire KEY", Usage]);
        (await RejectedAsync("retire")).ShouldContain("KEY is missing: ./clones keys retire KEY");
    }

    [Fact]
    public async Task A_file_to_import_that_is_missing_is_named() =>
        (await RejectedAsync("import")).ShouldBe(["FILE is missing: ./clones keys import FILE", Usage]);

    [Fact]
    public async Task A_name_of_another_kind_is_rejected() =>
        (await RejectedAsync("retire", "v01", "--no-restore-points")).First().ShouldStartWith("The key to retire must be plaintext, v1");

    [Fact]
    public async Task Help_shows_commands_as_operators_type_them()
    {
        await using var output = new StringWriter();
        (await TestCommands.RunAsync(["keys", "retire", "--help"], output, TextWriter.Null)).ShouldBe(KeysCommand.Well);
        output.ToString().ShouldContain("./clones keys retire <KEY>");
    }

    private const string Usage = "usage: ./clones keys status | sweep | retire KEY | import FILE | audit; ./clones keys COMMAND --help";

    private static async Task<string[]> RejectedAsync(params string[] args)
    {
        await using var errors = new StringWriter();
        (await TestCommands.RunAsync(["keys", .. args], TextWriter.Null, errors)).ShouldBe(KeysCommand.WrongUsage);
        return errors.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }
}
