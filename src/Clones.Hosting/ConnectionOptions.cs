using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Clones.Solana.Rpc;

namespace Clones.Hosting;

internal sealed class DatabaseOptions
{
    [Variable("ConnectionStrings__Clones")]
    [Required(ErrorMessage = "is missing. Set it to Host=..;Port=5432;Database=clones;Username=..;Password=..")]
    public string ConnectionString { get; init; } = "";
}

internal sealed class RpcOptions : IValidatableObject
{
    private const string Wanted = "Set http(s) addresses of nodes of one cluster, separated by commas, the preferred first.";
    private const int Most = 100_000;

    [Variable("SOLANA_RPC_URLS")]
    [Required(ErrorMessage = $"is missing. {Wanted}")]
    public string Urls { get; init; } = "";

    /// <summary>To each node; or one number for each of them, in their order. 0 sets no limit.</summary>
    [Variable("SOLANA_RPC_REQUESTS_PER_SECOND")]
    public string RequestsPerSecond { get; init; } = "0";

    /// <summary>Written alike. 0: as many as in a second.</summary>
    [Variable("SOLANA_RPC_BURST")]
    public string Burst { get; init; } = "0";

    /// <summary>Of each node in their order; null where it has none.</summary>
    public IReadOnlyList<RpcLimit?> Limits =>
        [
            .. NumbersOf(RequestsPerSecond)!
                .Zip(NumbersOf(Burst)!, (rate, burst) => rate == 0 ? null : new RpcLimit(rate, burst == 0 ? rate : burst)),
        ];

    private int Nodes => Split(Urls).Length;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Complaint() is { } complaint)
        {
            yield return new($"cannot be used: {complaint} {Wanted}", [nameof(Urls)]);
            yield break;
        }
        var numbers =
            $"must be a number from 0 to {Most}, or one for each of the {Nodes} addresses of SOLANA_RPC_URLS, separated by commas.";
        if (NumbersOf(RequestsPerSecond) is not { } rates)
        {
            yield return new(numbers, [nameof(RequestsPerSecond)]);
        }
        else if (NumbersOf(Burst) is not { } bursts)
        {
            yield return new(numbers, [nameof(Burst)]);
        }
        else if (rates.Max() == 0 && bursts.Max() > 0)
        {
            yield return new("limits nothing without SOLANA_RPC_REQUESTS_PER_SECOND. Set that too, or leave this out.", [nameof(Burst)]);
        }
    }

    private string? Complaint()
    {
        try
        {
            using var http = new HttpClient();
            _ = RpcEndpoints.Parse(Urls, http, TimeProvider.System);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    /// <returns>One for each node; null where the text is not that.</returns>
    private int[]? NumbersOf(string text)
    {
        int[] numbers =
        [
            .. Split(text).Select(t => int.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n <= Most ? n : -1),
        ];
        return numbers.Contains(-1) ? null
            : numbers.Length == 1 ? [.. Enumerable.Repeat(numbers[0], Nodes)]
            : numbers.Length == Nodes ? numbers
            : null;
    }

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
