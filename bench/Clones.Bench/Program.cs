using Clones.Bench.Acceptance;
using Clones.Bench.Build;
using Clones.Bench.Keys;
using Clones.Bench.Sagas;

return args switch
{
    ["accept", .. var options] => await AcceptBenchmark.RunAsync(options),
    ["saga", .. var options] => await SagaBenchmark.RunAsync(options),
    ["keys", .. var options] => await KeysSweepBenchmark.RunAsync(options),
    ["build"] => BuildBenchmark.Run(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        clones bench accept [--payments 10000] [--clients 32] [--pools 8] [--rate 500] [--seconds 10] [--postgres ..] [--rabbitmq ..]
        clones bench saga [--sagas 2500] [--parallel 64] [--postgres CONNECTION] [--rabbitmq amqp://..] [--only store|ceiling]
        clones bench keys [WALLETS]: 100000 where it is not given
        clones bench build

        Servers come from the options or from CLONES_BENCH_POSTGRES and CLONES_BENCH_RABBITMQ. A database and queues of its own are made
        there and removed again.
        """
    );
    return 2;
}
