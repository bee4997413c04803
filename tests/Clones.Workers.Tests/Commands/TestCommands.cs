using Clones.Hosting;
using Clones.Solana.Rpc;
using Clones.Workers.Commands;
using Microsoft.Extensions.Configuration;

namespace Clones.Workers.Tests.Commands;

/// <summary>The command line of the workers in this process. It starts no worker.</summary>
internal static class TestCommands
{
    public static Task<int> RunAsync(
        string[] args,
        TextWriter output,
        TextWriter errors,
        IConfiguration? configuration = null,
        RpcEndpoints? nodes = null
    ) => Create(configuration, nodes).RunAsync(args, output, errors, TestContext.Current.CancellationToken);

    public static HostCommandLine Create(IConfiguration? configuration = null, RpcEndpoints? nodes = null) =>
        WorkersCommandLine.Create(
            _ => throw new InvalidOperationException("A worker was started."),
            _ => throw new InvalidOperationException("A worker was started."),
            configuration,
            nodes
        );
}
