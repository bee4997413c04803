using System.CommandLine;
using System.CommandLine.Parsing;

namespace Clones.Workers.Commands.Keys;

/// <summary>What is told of a wrong call, each thing once, in the words of operators.</summary>
internal static class KeysUsage
{
    public const string Key = "KEY";
    public const string File = "FILE";

    /// <returns>The exit code.</returns>
    public static async Task<int> WriteAsync(ParseResult parsed, TextWriter errors)
    {
        foreach (var message in MessagesOf(parsed))
        {
            await errors.WriteLineAsync(message);
        }
        await errors.WriteLineAsync(
            $"usage: ./clones keys status | sweep | retire {Key} | import {File} | audit; ./clones keys COMMAND --help"
        );
        return KeysCommand.WrongUsage;
    }

    private static IEnumerable<string> MessagesOf(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [var word, ..])
        {
            // It is also told to be the absence of a command.
            return [$"Unrecognized command: '{word}'."];
        }

        // Where an option is wrong as well, the parser does not come to them.
        var missing = command.Arguments.Where(a => a.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(a) is not { Tokens.Count: > 0 });
        return
        [
            .. missing.Select(a => $"{a.Name} is missing: ./clones keys {command.Name} {a.Name}"),
            .. parsed.Errors.Where(e => e.SymbolResult is not ArgumentResult { Tokens.Count: 0 }).Select(e => e.Message),
        ];
    }
}
