using System.ComponentModel.DataAnnotations;
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

    [Variable("SOLANA_RPC_URLS")]
    [Required(ErrorMessage = $"is missing. {Wanted}")]
    public string Urls { get; init; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        try
        {
            using var http = new HttpClient();
            _ = RpcEndpoints.Parse(Urls, http, TimeProvider.System);
            return [];
        }
        catch (FormatException e)
        {
            return [new($"cannot be used: {e.Message} {Wanted}", [nameof(Urls)])];
        }
    }
}
