using System.Diagnostics;
using System.Threading.Channels;
using Clones.Bench.Acceptance;
using Clones.Bench.Servers;
using Clones.Demo;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Npgsql;

namespace Clones.Bench.Payments;

/// <summary>
/// The same durable rows and the same transactions on the same cluster, without any framework: accepted, signed and closed in groups by
/// set-based SQL, sent by many at once, statuses read 256 at a time. What it reaches is as much as these servers and this cluster give.
/// </summary>
internal sealed class PaymentsCeiling : IAsyncDisposable
{
    private const int AcceptedAtOnce = 500;
    private const int SignedAtOnce = 256;
    private const int StatusesAtOnce = 256;

    /// <summary>As many accounts as one packet can make.</summary>
    private const int NewAccountsMax = 7;

    /// <summary>Signed and not sent: more would only wait, while their blockhash lives.</summary>
    private const int UnsentMax = 512;

    private static readonly TimeSpan BlockhashFor = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WatchEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>32 slots of 50 ms: nothing is finalized before.</summary>
    private static readonly TimeSpan FinalAfter = TimeSpan.FromMilliseconds(1_600);

    /// <summary>Longer than a blockhash lives: it is lost.</summary>
    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(30);

    private readonly BenchmarkSystem system;
    private readonly NpgsqlDataSource database;
    private readonly CeilingRows rows;
    private readonly PublicKey mint;
    private readonly int senders;
    private readonly int perTransaction;
    private readonly bool makesAccounts;

    private PaymentsCeiling(BenchmarkSystem system, PaymentsOptions options, Blockhash genesis)
    {
        this.system = system;
        // As many requests on their way as the rate needs, however far away the node is.
        senders = options.Latency > TimeSpan.Zero ? 512 : 32;
        makesAccounts = options.NewRecipients || options.Batch == 1;
        perTransaction = options.NewRecipients ? Math.Min(options.Batch, NewAccountsMax) : options.Batch;
        database = NpgsqlDataSource.Create(system.Servers.Postgres);
        mint = system.Mint!.Value;
        rows = new CeilingRows(database, mint, genesis);
    }

    public static async Task<PaymentsCeiling> CreateAsync(BenchmarkSystem system, PaymentsOptions options) =>
        new(system, options, await system.Node.GetGenesisHashAsync());

    public async Task RunAsync(IReadOnlyList<PublicKey> recipients)
    {
        var transactions = recipients
            .Select((r, i) => (Pool: system.Pools[i % system.Pools.Count], Recipient: r, Batch: i / AcceptedAtOnce))
            .GroupBy(p => (p.Batch, p.Pool), p => p.Recipient)
            .SelectMany(g => g.Chunk(perTransaction).Select(some => new CeilingTransaction(g.Key.Pool, some, makesAccounts)))
            .ToList();
        var accepted = Channel.CreateUnbounded<CeilingTransaction>();
        var signed = Channel.CreateBounded<CeilingTransaction>(UnsentMax);
        var sent = Channel.CreateUnbounded<CeilingTransaction>();
        using var failed = new CancellationTokenSource();
        await Task.WhenAll([
            StageAsync(AcceptAsync(transactions, accepted.Writer)),
            StageAsync(SignAsync(accepted.Reader, signed.Writer, failed.Token)),
            .. Enumerable.Range(0, senders).Select(_ => StageAsync(SendAsync(signed.Reader, sent.Writer, failed.Token))),
            StageAsync(WatchAsync(sent.Reader, transactions.Count, failed.Token)),
        ]);

        // One that fails leaves the others waiting for it.
        async Task StageAsync(Task stage)
        {
            try
            {
                await stage;
            }
            catch
            {
                await failed.CancelAsync();
                throw;
            }
        }
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private async Task AcceptAsync(IReadOnlyList<CeilingTransaction> transactions, ChannelWriter<CeilingTransaction> accepted)
    {
        foreach (var batch in transactions.Chunk(Math.Max(1, AcceptedAtOnce / perTransaction)))
        {
            await Task.WhenAll(
                batch
                    .GroupBy(p => p.Pool)
                    .Select(async group =>
                    {
                        await rows.AcceptedAsync([.. group]);
                        foreach (var payment in group)
                        {
                            accepted.TryWrite(payment);
                        }
                    })
            );
        }
        accepted.Complete();
    }

    private async Task SignAsync(
        ChannelReader<CeilingTransaction> accepted,
        ChannelWriter<CeilingTransaction> signed,
        CancellationToken stop
    )
    {
        LatestBlockhash? latest = null;
        var readAt = 0L;
        while (await accepted.WaitToReadAsync(stop))
        {
            if (latest is null || Stopwatch.GetElapsedTime(readAt) > BlockhashFor)
            {
                readAt = Stopwatch.GetTimestamp();
                latest = await AnsweredAsync(() => system.NodeOfHosts.GetLatestBlockhashAsync(cancellationToken: stop));
            }
            var group = new List<CeilingTransaction>();
            while (group.Count < SignedAtOnce && accepted.TryRead(out var payment))
            {
                payment.Sign(mint, AcceptedRows.Amount, Cluster.TokenDecimals, latest.Blockhash);
                group.Add(payment);
            }
            await rows.SignedAsync(group, latest);
            foreach (var payment in group)
            {
                await signed.WriteAsync(payment, stop);
            }
        }
        signed.Complete();
    }

    private async Task SendAsync(ChannelReader<CeilingTransaction> signed, ChannelWriter<CeilingTransaction> sent, CancellationToken stop)
    {
        await foreach (var payment in signed.ReadAllAsync(stop))
        {
            await AnsweredAsync(() =>
                system.NodeOfHosts.SendTransactionAsync(payment.Wire, skipPreflight: true, maxRetries: 0, cancellationToken: stop)
            );
            payment.SentAt = Stopwatch.GetTimestamp();
            sent.TryWrite(payment);
        }
    }

    private async Task WatchAsync(ChannelReader<CeilingTransaction> sent, int left, CancellationToken stop)
    {
        var open = new List<CeilingTransaction>();
        while (left > 0)
        {
            while (sent.TryRead(out var payment))
            {
                open.Add(payment);
            }
            var due = open.Where(p => Stopwatch.GetElapsedTime(p.SentAt) > FinalAfter).ToList();
            var ended = (await Task.WhenAll(due.Chunk(StatusesAtOnce).Select(page => FinalizedAsync(page, stop)))).SelectMany(p => p);
            foreach (var group in ended.Chunk(StatusesAtOnce))
            {
                await rows.FinalizedAsync(group);
                open.RemoveAll(group.ToHashSet().Contains);
                left -= group.Length;
            }
            await Task.Delay(WatchEvery, stop);
        }
    }

    private async Task<IReadOnlyList<CeilingTransaction>> FinalizedAsync(CeilingTransaction[] page, CancellationToken stop)
    {
        var signatures = page.Select(p => p.Signature).ToArray();
        var statuses = await AnsweredAsync(() => system.NodeOfHosts.GetSignatureStatusesAsync(signatures, cancellationToken: stop));
        var finalized = new List<CeilingTransaction>();
        foreach (var (payment, status) in page.Zip(statuses.Value))
        {
            if (status is { Err: { } error })
            {
                throw new InvalidOperationException($"{payment.Signature} failed: {error}");
            }
            if (status is { ConfirmationStatus: Commitment.Finalized })
            {
                payment.Slot = status.Slot;
                finalized.Add(payment);
            }
            else if (Stopwatch.GetElapsedTime(payment.SentAt) > LostAfter)
            {
                throw new InvalidOperationException($"{payment.Signature} is lost.");
            }
        }
        return finalized;
    }

    /// <summary>Asks again where no answer comes in time, as a busy machine has it: the same bytes are executed once.</summary>
    private static async Task<T> AnsweredAsync<T>(Func<Task<T>> ask)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (RpcTransportException e) when (e.IsTimeout)
            {
                // The next one may.
            }
        }
    }
}
