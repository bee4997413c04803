using System.Diagnostics.CodeAnalysis;

namespace Clones.Workers.Commands.Errors;

/// <summary>A queue that messages end in which could not be handled, beside the one that they came from.</summary>
internal sealed record ErrorQueueName
{
    /// <summary>The second was filled by earlier versions with what nobody took.</summary>
    private static readonly string[] Suffixes = ["_error", "_skipped"];

    private ErrorQueueName(string name, string origin) => (Name, Origin) = (name, origin);

    public string Name { get; }

    /// <summary>The queue that its messages came from.</summary>
    public string Origin { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out ErrorQueueName? name)
    {
        var suffix = Suffixes.FirstOrDefault(s => text.Length > s.Length && text.EndsWith(s, StringComparison.Ordinal));
        name = suffix is null ? null : new ErrorQueueName(text, text[..^suffix.Length]);
        return name is not null;
    }
}
