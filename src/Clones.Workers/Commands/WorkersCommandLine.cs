using Clones.Hosting;

namespace Clones.Workers.Commands;

internal static class WorkersCommandLine
{
    public static HostCommandLine Instance { get; } =
        new(
            "Clones.Workers.dll",
            "the workers",
            [
                new("migrate", "", "brings the database up to this version"),
                new("check", "", "whether the workers would start with these settings"),
                new("reconcile", "[--help]", "compares the ledger of all deposit wallets with the chain"),
                new("fence", "status | raise REASON | hold REASON | release | open ADDRESS REASON", "whether anything may be signed"),
                new("keys", "status | sweep | retire | import | audit", "stored keys and master keys"),
                new("errors", "list | show QUEUE | replay QUEUE", "messages that could not be handled"),
                new("token", "create | mint | list | add", "tokens that training pools pay in"),
                new("airdrop", "[ADDRESS]", "SOL from a faucet"),
            ]
        );
}
