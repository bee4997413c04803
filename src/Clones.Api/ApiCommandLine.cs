using Clones.Hosting;

namespace Clones.Api;

internal static class ApiCommandLine
{
    public static HostCommandLine Instance { get; } =
        new(
            "Clones.Api.dll",
            "the API",
            [
                new("check", "", "whether the API would start with these settings"),
                new("apikey", "create | list | revoke ID", "API keys of services and operators"),
            ]
        );
}
