using Clones.Api.Auth.ApiKeys;
using Clones.Hosting;

namespace Clones.Api;

internal static class ApiCommandLine
{
    /// <param name="build">The host, from settings.</param>
    /// <param name="map">Its routes.</param>
    /// <param name="configuration">For tests: of <c>apikey</c>, instead of the environment.</param>
    public static HostCommandLine Create(
        Func<string[], WebApplication> build,
        Action<WebApplication> map,
        IConfiguration? configuration = null
    ) =>
        new(
            "Clones.Api.dll",
            "the API",
            [
                new(
                    ApiKeyCommand.Create(() => configuration ?? Host.CreateApplicationBuilder().Configuration),
                    "create | list | revoke ID",
                    "./clones apikey create --name NAME --scope SCOPE [--scope ..] | list | revoke ID"
                ),
            ],
            build,
            map
        );
}
