using Clones.Contracts.Settlement;
using Clones.Domain.Payments;
using Clones.Persistence;
using Clones.Persistence.Payments;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using MassTransit;

namespace Clones.Acceptance;

/// <summary>Called with each payment that waited and fails now, within the commit.</summary>
public delegate Task PaymentFailing(ClonesDbContext db, IPublishEndpoint publish, Payment payment);

/// <summary>
/// The one way in for payments, however they come: search for earlier ones, ask the chain while nothing is locked, decide by
/// <see cref="PaymentAcceptanceRule"/> under the locks, and write all of it together. Where the balance was too old, once more.
/// </summary>
internal sealed class AcceptanceLoop(ChainMemory chain)
{
    /// <summary>A wallet that settles something between read and lock is read again; more often than this, the caller asks again.</summary>
    private const int ReadsMax = 5;

    /// <param name="unit">Where they are stored.</param>
    /// <param name="requests">New ones, of any wallets; in this order they get what funds there are.</param>
    /// <param name="allOrNone">Where one is rejected nothing is stored, and the others are what would have been.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="ahead">What the chain said of a single request already.</param>
    /// <returns>One for each.</returns>
    public async Task<PaymentAcceptanceResult[]> AcceptAsync(
        IAcceptanceUnit unit,
        IReadOnlyList<PaymentRequest> requests,
        bool allOrNone,
        CancellationToken cancellationToken,
        ChainView? ahead = null
    )
    {
        var results = new PaymentAcceptanceResult[requests.Count];
        var (wallets, replayed) = await unit.Store.LookUpAsync(requests.Select(r => r.TrainingPoolId), requests, cancellationToken);
        var earlier = await EarlierAsync(unit.Store, [.. requests.Where(r => replayed.Contains(PaymentKey.Of(r)))], cancellationToken);
        var leads = new Dictionary<PaymentKey, Entry>();
        var twins = new List<(int Index, Entry Lead)>();
        for (var i = 0; i < requests.Count; i++)
        {
            var request = requests[i];
            var key = PaymentKey.Of(request);
            if (earlier.TryGetValue(key, out var payment))
            {
                results[i] = Replay(request, payment);
            }
            else if (!wallets.TryGetValue(request.TrainingPoolId, out var wallet))
            {
                results[i] = new PaymentAcceptanceResult.PoolHasNoWallet(request.TrainingPoolId);
            }
            else if (!leads.TryAdd(key, new Entry(request, null, wallet)))
            {
                // The same key twice at once: the first of them decides what becomes of the key.
                twins.Add((i, leads[key]));
            }
        }

        foreach (var lead in leads.Values)
        {
            lead.Seen = ahead;
        }
        await DecideAsync(unit, [.. leads.Values], allOrNone, null, cancellationToken);
        for (var i = 0; i < requests.Count; i++)
        {
            results[i] ??= leads[PaymentKey.Of(requests[i])].Result!;
        }
        foreach (var (index, lead) in twins)
        {
            results[index] = lead.Result switch
            {
                PaymentAcceptanceResult.Accepted(var payment, _) => Replay(requests[index], payment),
                PaymentAcceptanceResult.Replayed(var payment) => Replay(requests[index], payment),
                // The key is free, and what is asked for is another thing.
                _ when !lead.Request.Equals(requests[index]) => (await AcceptAsync(unit, [requests[index]], allOrNone, cancellationToken))[
                    0
                ],
                var rejected => rejected!,
            };
        }
        return results;
    }

    /// <summary>Tries payments of one wallet again that wait for funds.</summary>
    /// <param name="unit">Where they are stored.</param>
    /// <param name="waiting">In the order in which they get what there is.</param>
    /// <param name="failing">Called with those that can never be paid.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was read of the wallet meanwhile, for each mint.</returns>
    public async Task<IReadOnlyList<WalletBalance>> ResumeAsync(
        IAcceptanceUnit unit,
        IReadOnlyList<Payment> waiting,
        PaymentFailing failing,
        CancellationToken cancellationToken
    )
    {
        var (wallets, _) = await unit.Store.LookUpAsync(waiting.Select(p => p.TrainingPoolId), [], cancellationToken);
        var entries = waiting.Select(p => new Entry(PaymentStore.RequestOf(p), p, wallets[p.TrainingPoolId])).ToList();
        await DecideAsync(unit, entries, allOrNone: false, failing, cancellationToken);
        return
        [
            .. entries.Select(e => e.Seen).OfType<ChainView>().Where(v => !v.IsRemembered).Select(v => v.Balance).OfType<WalletBalance>(),
        ];
    }

    public async Task<ChainView> ReadAheadAsync(
        PayingWallet wallet,
        string? mint,
        PublicKey recipient,
        CancellationToken cancellationToken
    ) =>
        (
            await chain.ReadAsync(
                [
                    new ChainQuestion(
                        PublicKey.Parse(wallet.Address),
                        mint is null ? null : PublicKey.Parse(mint),
                        [recipient],
                        wallet.SettledSlot,
                        Fresh: false
                    ),
                ],
                cancellationToken
            )
        )[0];

    private async Task DecideAsync(
        IAcceptanceUnit unit,
        IReadOnlyList<Entry> entries,
        bool allOrNone,
        PaymentFailing? failing,
        CancellationToken cancellationToken
    )
    {
        var readAgain = new Dictionary<Guid, ulong>();
        for (var read = 1; entries.Any(e => e.Result is null); read++)
        {
            await ReadChainAsync(entries, readAgain, cancellationToken);
            readAgain.Clear();
            var number = read;
            await unit.TryAsync(
                publish => TryAsync(unit, publish, entries, number, allOrNone, readAgain, failing, cancellationToken),
                cancellationToken
            );
        }
    }

    /// <summary>Everything that the chain has to say, before anything is locked.</summary>
    private async Task ReadChainAsync(IReadOnlyList<Entry> entries, Dictionary<Guid, ulong> readAgain, CancellationToken cancellationToken)
    {
        // What was read ahead is read again only where it did not do.
        var groups = entries
            .Where(e => e.Result is null && (e.Seen is null || readAgain.ContainsKey(e.Wallet.Id)))
            .GroupBy(e => (e.Wallet, e.Request.Mint))
            .ToList();
        var views = await chain.ReadAsync(
            groups.ConvertAll(group => QuestionOf(group.Key.Wallet, group.Key.Mint, group, readAgain)),
            cancellationToken
        );
        foreach (var (group, view) in groups.Zip(views))
        {
            foreach (var entry in group)
            {
                entry.Seen = view;
            }
        }
    }

    private static ChainQuestion QuestionOf(
        PayingWallet wallet,
        PublicKey? mint,
        IEnumerable<Entry> entries,
        Dictionary<Guid, ulong> readAgain
    )
    {
        var address = PublicKey.Parse(wallet.Address);
        var fresh = readAgain.TryGetValue(wallet.Id, out var slot);
        return new ChainQuestion(
            address,
            mint,
            // Of whom the rule needs no chain, none is asked.
            entries.Select(e => e.Request.Recipient).Where(r => RecipientRule.Reject(r, address, mint) is null),
            Math.Max(wallet.SettledSlot, slot),
            fresh
        );
    }

    private static async Task<bool> TryAsync(
        IAcceptanceUnit unit,
        IPublishEndpoint publish,
        IReadOnlyList<Entry> entries,
        int read,
        bool allOrNone,
        Dictionary<Guid, ulong> readAgain,
        PaymentFailing? failing,
        CancellationToken cancellationToken
    )
    {
        var store = unit.Store;
        var open = entries.Where(e => e.Result is null).ToList();
        var locked = await store.LockAsync(
            open.Select(e => e.Wallet.Id),
            [.. open.Where(e => e.Stored is null).Select(e => e.Request)],
            [.. open.Where(e => e.Stored is not null).Select(e => e.Stored!)],
            unit.LockWaitMax,
            cancellationToken
        );
        await SkipDecidedAsync(store, open, locked, cancellationToken);

        var decided = new List<(Entry Entry, AcceptanceDecision Decision)>();
        foreach (var group in open.Where(e => e.Result is null).GroupBy(e => e.Wallet.Id))
        {
            var some = group.ToList();
            var mayReadAgain = read < ReadsMax && !(read > 1 && some.Exists(e => e.Seen is { NoAnswer: not null }));
            var decisions = PaymentAcceptanceRule.Decide(locked.ById[group.Key], some.Select(e => e.Candidate), mayReadAgain);
            decided.AddRange(some.Zip(decisions));
        }
        foreach (var (entry, decision) in decided)
        {
            if (decision is AcceptanceDecision.ReadAgain(var slot))
            {
                readAgain[entry.Wallet.Id] = Math.Max(slot, readAgain.GetValueOrDefault(entry.Wallet.Id));
            }
        }
        // A wallet that must be read again holds up no other; of its own payments none goes in front of another.
        decided.RemoveAll(d => readAgain.ContainsKey(d.Entry.Wallet.Id));
        if (readAgain.Count > 0 && (allOrNone || decided.Count == 0))
        {
            return false;
        }

        var written = decided.FindAll(d => d.Entry.Stored is not null || d.Decision is not AcceptanceDecision.Reject);
        foreach (var (entry, decision) in decided)
        {
            entry.Result = (decision as AcceptanceDecision.Reject)?.Result;
        }
        var payments =
            written.Count == 0
                ? []
                : await store.WriteAsync([.. written.Select(d => (d.Entry.Wallet.Id, d.Entry.Candidate, d.Decision))], cancellationToken);
        for (var i = 0; i < payments.Count; i++)
        {
            written[i].Entry.Result ??= new PaymentAcceptanceResult.Accepted(payments[i], payments[i].TransactionId);
        }
        if (written.Count == 0 || (allOrNone && decided.Exists(d => d.Decision is AcceptanceDecision.Reject)))
        {
            return false;
        }

        foreach (var payment in payments.Where(p => p.Status == PaymentStatus.Failed))
        {
            await failing!(unit.Db, publish, payment);
        }
        foreach (
            var group in payments
                .Where(p => p.Status != PaymentStatus.Failed)
                .Select(p => p.TransactionId)
                .OfType<Guid>()
                .Distinct()
                .Chunk(PrepareTransactions.Max)
        )
        {
            await publish.Publish(new PrepareTransactions { TransactionIds = group }, cancellationToken);
        }
        return true;
    }

    /// <summary>Whom others were faster with, between the search for earlier ones and the locks.</summary>
    private static async Task SkipDecidedAsync(
        PaymentStore store,
        List<Entry> open,
        LockedWallets locked,
        CancellationToken cancellationToken
    )
    {
        foreach (var entry in open.Where(e => e.Stored is { } stored && !locked.StillWaiting.Contains(stored.Id)))
        {
            entry.Result = new PaymentAcceptanceResult.Replayed(entry.Stored!);
        }
        var raced = open.FindAll(e => e.Stored is null && locked.Replayed.Contains(PaymentKey.Of(e.Request)));
        var payments = await EarlierAsync(store, raced.ConvertAll(e => e.Request), cancellationToken);
        foreach (var entry in raced)
        {
            entry.Result = Replay(entry.Request, payments[PaymentKey.Of(entry.Request)]);
        }
    }

    private static async Task<IReadOnlyDictionary<PaymentKey, Payment>> EarlierAsync(
        PaymentStore store,
        IReadOnlyCollection<PaymentRequest> replayed,
        CancellationToken cancellationToken
    ) => replayed.Count == 0 ? new Dictionary<PaymentKey, Payment>() : await store.FindAsync(replayed, cancellationToken);

    private static PaymentAcceptanceResult Replay(PaymentRequest request, Payment earlier) =>
        earlier.RequestHash.AsSpan().SequenceEqual(request.Hash())
            ? new PaymentAcceptanceResult.Replayed(earlier)
            : new PaymentAcceptanceResult.KeyReused(earlier.Id);

    /// <summary>A payment on its way through the loop.</summary>
    private sealed class Entry(PaymentRequest request, Payment? stored, PayingWallet wallet)
    {
        public PaymentRequest Request => request;
        public Payment? Stored => stored;
        public PayingWallet Wallet => wallet;

        /// <summary>What the chain said last.</summary>
        public ChainView? Seen { get; set; }

        /// <summary>Null as long as it is open.</summary>
        public PaymentAcceptanceResult? Result { get; set; }

        public PaymentCandidate Candidate =>
            new()
            {
                Request = request,
                Stored = stored,
                Balance = Seen?.Balance,
                BalanceIsRemembered = Seen is { IsRemembered: true },
                Recipient = Seen?.Recipients.GetValueOrDefault(request.Recipient),
                NoAnswer = Seen?.NoAnswer,
            };
    }
}
