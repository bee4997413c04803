using Clones.Client;
using Clones.Demo;
using Clones.Solana.Rpc;
using Spectre.Console;

if (WalletCommand.IsAskedFor(args))
{
    return await WalletCommand.RunAsync(args, Console.In, Console.Out, Console.Error);
}

if (args.Length > 0)
{
    Console.Error.WriteLine($"Unknown argument \"{args[0]}\". Without any the demo runs; {WalletCommand.Usage}");
    return 2;
}

// Redirected output has no width of its own, and signatures must not be cut.
if (Console.IsOutputRedirected)
{
    AnsiConsole.Profile.Width = 220;
}

using var interrupt = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    interrupt.Cancel();
};

try
{
    var settings = DemoSettings.FromEnvironment();
    using var http = new HttpClient();
    var cluster = new Cluster(new SolanaRpcClient(http, settings.RpcUrl), TimeProvider.System);
    var narrator = new Narrator(TimeProvider.System);
    using var wallet = new OwnerWallet();

    using var teller = new Story(settings, wallet, cluster, narrator, TimeProvider.System);
    var story = await teller.TellAsync(interrupt.Token);
    var findings = await new Audit(cluster.Rpc).CheckAsync(story, interrupt.Token);
    Report.Show(story, findings);

    var holds = findings.All(f => f.Agrees);
    AnsiConsole.WriteLine(
        holds
            ? $"Exactly once: {story.Payments.Count} payments and 2 creations, each found once on the chain. {narrator.Elapsed.TotalSeconds:0} s."
            : "The books and the chain differ, see above."
    );
    return holds ? 0 : 1;
}
catch (Exception e) when (e is ClonesException or RpcException or InvalidOperationException or TimeoutException or HttpRequestException)
{
    AnsiConsole.WriteLine($"The demo failed: {e.Diagnosis()}");
    return 1;
}
catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
{
    return 130;
}
