using Clones.Bench.Acceptance;
using Clones.Bench.Build;
using Clones.Bench.Growth;
using Clones.Bench.Keys;
using Clones.Bench.Payments;
using Clones.Bench.Sagas;
using Clones.Bench.Servers;
using Clones.Bench.Soak;

try
{
    return args switch
    {
        ["payments", .. var options] => await PaymentsBenchmark.RunAsync(options),
        ["soak", .. var options] => await SoakBenchmark.RunAsync(options),
        ["accept", .. var options] => await AcceptBenchmark.RunAsync(options),
        ["growth", .. var options] => await GrowthBenchmark.RunAsync(options),
        ["saga", .. var options] => await SagaBenchmark.RunAsync(options),
        ["keys", .. var options] => await KeysSweepBenchmark.RunAsync(options),
        ["build"] => BuildBenchmark.Run(),
        _ => Usage(),
    };
}
catch (BadOptionException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}

static int Usage()
{
    Console.Error.WriteLine(
        """
        clones bench payments [--payments 5000] [--pools 8] [--apis 1] [--workers 1] [--batch 12] [--recipients existing|new] [--latency-ms 0]
        clones bench soak [--minutes 30] [--rate 100] [--pools 8] [--batch 12] [--sample-seconds 5]
        clones bench accept [--payments 10000] [--clients 32] [--pools 8] [--rate 500] [--seconds 10]
        clones bench growth [--payments 5000000] [--wallets 100000] [--agents 50000] [--load 5000] [--pools 8] [--requests 200] [--idle-seconds 60]
        clones bench saga [--sagas 2500] [--parallel 16] [--only store|groups|ceiling]
        clones bench keys [WALLETS]: 100000 where it is not given
        clones bench build

        Servers come from --postgres CONNECTION, --rabbitmq amqp://.. and --rabbitmq-management http://.., or from CLONES_BENCH_POSTGRES,
        CLONES_BENCH_RABBITMQ and CLONES_BENCH_RABBITMQ_MANAGEMENT. A database and a virtual host of its own are made there and removed
        again.
        """
    );
    return 2;
}
