using Clones.Hosting;
using Clones.Solana.Rpc;
using Clones.Workers.Commands.Errors;
using Clones.Workers.Commands.Keys;
using Clones.Workers.Commands.Tokens;

namespace Clones.Workers.Commands;

internal static class WorkersCommandLine
{
    /// <param name="build">The host, from settings.</param>
    /// <param name="map">Its routes.</param>
    /// <param name="configuration">For tests: of <c>errors</c>, <c>token</c> and <c>airdrop</c>, instead of the environment.</param>
    /// <param name="nodes">For tests: instead of those that the configuration names.</param>
    public static HostCommandLine Create(
        Func<string[], WebApplication> build,
        Action<WebApplication> map,
        IConfiguration? configuration = null,
        RpcEndpoints? nodes = null
    )
    {
        // Read by a command that runs: help needs no settings.
        var settings = () => configuration ?? Host.CreateApplicationBuilder().Configuration;
        const string Reconcile =
            "reconcile | fence status | fence raise REASON | fence hold REASON | fence release | fence open ADDRESS REASON";
        const string Tokens = "token create | mint | list | add; airdrop; token COMMAND --help";
        return new HostCommandLine(
            "Clones.Workers.dll",
            "the workers",
            [
                new(Migration.Create()),
                new(ReconcileCommand.Reconcile(), "", Reconcile),
                new(ReconcileCommand.Fence(), "status | raise REASON | hold REASON | release | open ADDRESS REASON", Reconcile),
                new(
                    KeysCommand.Create(),
                    "status | sweep | retire | import | audit",
                    "./clones keys status | sweep | retire KEY | import FILE | audit; ./clones keys COMMAND --help"
                ),
                new(
                    ErrorsCommand.Create(settings),
                    "list | show QUEUE | replay QUEUE",
                    "./clones errors list | show QUEUE [--message ID] | replay QUEUE [--message ID]; ./clones errors COMMAND --help"
                ),
                new(TokenCommand.CreateToken(settings, nodes), "create | mint | list | add", Tokens),
                new(TokenCommand.CreateAirdrop(settings, nodes), "[ADDRESS]", Tokens),
            ],
            build,
            map
        );
    }
}
