using System.ComponentModel.DataAnnotations;
using Clones.Hosting;

namespace Clones.Custody;

/// <summary>Where master keys come from. Read before the host is built: it decides which services there are.</summary>
internal sealed class KeySourceOptions : IValidatableObject
{
    private const string Environment = "environment";
    private const string File = "file";
    private const string Transit = "transit";

    /// <summary>Which of them keys are written with.</summary>
    [Variable(KeySettings.Prefix + "SOURCE")]
    [RegularExpression($"{Environment}|{File}|{Transit}", ErrorMessage = $"must be {Environment}, {File} or {Transit}.")]
    public string Source { get; init; } = Environment;

    /// <summary>Null where no file is mounted.</summary>
    [Variable(KeySettings.Prefix + "FILE")]
    public string? Path { get; init; }

    [Variable("VAULT_ADDR")]
    public string? VaultAddress { get; init; }

    public bool IsRingWrittenWith => Source != Transit;
    public bool HasTransit => Source == Transit || VaultAddress is not null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Source != File || Path is not null
            ? []
            :
            [
                new(
                    $"is missing. Set it to the mounted file or folder of the secrets, since {KeySettings.Prefix}SOURCE is {File}.",
                    [nameof(Path)]
                ),
            ];
}
