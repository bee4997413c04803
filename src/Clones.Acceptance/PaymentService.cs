using Clones.Domain;
using Clones.Domain.Faults;
using Clones.Domain.Payments;
using Clones.Messaging;
using Clones.Persistence;
using Clones.Persistence.Payments;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Acceptance;

/// <summary>
/// Accepts payments, each once, for ever. Those that come at the same time share a commit, of whatever training pools they are: while one
/// group is stored, what arrives gathers, and is the next group. Where somebody else holds a lock that a group needs, each of its pools goes
/// on alone, so that only those wait that must.
/// </summary>
public sealed class PaymentService : IDisposable
{
    /// <summary>As many as a batch over HTTP has; each holds one advisory lock of PostgreSQL until its commit.</summary>
    private const int GroupMax = 500;

    /// <summary>Groups of several pools that are stored at once: while one waits for its commit, another asks the chain.</summary>
    private const int LanesMax = 3;

    /// <summary>Other commits at once; with <see cref="GroupMax"/> all of them stay below the locks that PostgreSQL has room for (6,400).</summary>
    private const int CommitsMax = 5;

    /// <summary>Nobody holds a lock that long on purpose; a disk that is slow once is no reason to part a group.</summary>
    private static readonly TimeSpan LockWaitMax = TimeSpan.FromSeconds(1);

    /// <summary>Then the caller is told to ask again.</summary>
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(30);

    /// <summary>Payments that wait for funds of one wallet and are tried again at once.</summary>
    private const int ResumedMax = 500;

    private readonly IServiceScopeFactory scopes;
    private readonly ICrashPoints crashes;
    private readonly TimeProvider time;
    private readonly AcceptanceLoop loop;
    private readonly SemaphoreSlim places = new(CommitsMax);
    private readonly StickyLanes<Guid> lanes = new(LanesMax);
    private readonly Coalescer<int, PaymentRequest, Task<PaymentAcceptanceResult>> together;
    private readonly Coalescer<Guid, PaymentRequest, PaymentAcceptanceResult> alone;

    public PaymentService(IServiceScopeFactory scopes, WalletBalances balances, ICrashPoints crashes, TimeProvider time)
    {
        (this.scopes, this.crashes, this.time) = (scopes, crashes, time);
        loop = new AcceptanceLoop(new ChainMemory(balances, time));
        together = new(async (_, group) => await AcceptTogetherAsync(group), GroupMax, IsOfOne);
        alone = new(
            async (_, group) => await PatientlyAsync(unit => loop.AcceptAsync(unit, group, allOrNone: false, CancellationToken.None)),
            GroupMax,
            IsOfOne
        );

        // What was stored by then is found again by its key.
        static bool IsOfOne(Exception e) => !PostgresErrors.IsTransient(e);
    }

    /// <summary>Whoever goes away before the answer may find it accepted: the group goes on.</summary>
    public Task<PaymentAcceptanceResult> AcceptAsync(PaymentRequest request, CancellationToken cancellationToken) =>
        AcceptOneAsync(request).WaitAsync(cancellationToken);

    /// <summary>Each by itself; those out of one training pool in their order, so that the first ones get what funds there are.</summary>
    /// <returns>One for each.</returns>
    public async Task<IReadOnlyList<PaymentAcceptanceResult>> AcceptEachAsync(
        IReadOnlyList<PaymentRequest> requests,
        CancellationToken cancellationToken
    )
    {
        var results = new PaymentAcceptanceResult[requests.Count];
        await Task.WhenAll(
                requests
                    .Index()
                    .GroupBy(r => r.Item.TrainingPoolId)
                    .Select(async pool =>
                    {
                        var some = pool.ToList();
                        // Of many payments at once, nobody's single payment waits behind them.
                        var decided = await alone.AddAsync(pool.Key, some.ConvertAll(r => r.Item));
                        for (var i = 0; i < some.Count; i++)
                        {
                            results[some[i].Index] = decided[i];
                        }
                    })
            )
            .WaitAsync(cancellationToken);
        return results;
    }

    /// <summary>In one commit, or none of them.</summary>
    /// <param name="requests">With different keys.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Where one is a rejection, nothing was stored, and the others are what would have been.</returns>
    public async Task<IReadOnlyList<PaymentAcceptanceResult>> AcceptAllAsync(
        IReadOnlyList<PaymentRequest> requests,
        CancellationToken cancellationToken
    )
    {
        return await PatientlyAsync(unit => loop.AcceptAsync(unit, requests, allOrNone: true, cancellationToken));
    }

    /// <summary>In the open database transaction of a message, with whose commit it becomes true.</summary>
    /// <param name="db">Of the consumer.</param>
    /// <param name="publish">Of the consumer.</param>
    /// <param name="request">That may wait: nobody is there for an answer.</param>
    /// <param name="ahead">What the chain said before the transaction was opened; null: it is asked now.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<PaymentAcceptanceResult> AcceptWithinAsync(
        ClonesDbContext db,
        IPublishEndpoint publish,
        PaymentRequest request,
        ReadAhead? ahead,
        CancellationToken cancellationToken
    )
    {
        await using var unit = new CommitOfMessage(db, publish, time);
        return (await loop.AcceptAsync(unit, [request], allOrNone: false, cancellationToken, ahead?.View))[0];
    }

    /// <summary>Asks the chain for a reward in the token of a training pool, for <see cref="AcceptWithinAsync"/>.</summary>
    /// <returns>Null where there is nothing to ask: no such pool, or no wallet yet.</returns>
    public async Task<ReadAhead?> ReadAheadAsync(Guid trainingPoolId, PublicKey recipient, CancellationToken cancellationToken)
    {
        PayingWallet? wallet;
        string? mint;
        await using (var scope = scopes.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
            mint = await db.TrainingPools.Where(p => p.Id == trainingPoolId).Select(p => p.Mint).FirstOrDefaultAsync(cancellationToken);
            var store = scope.ServiceProvider.GetRequiredService<PaymentStore>();
            wallet = (await store.LookUpAsync([trainingPoolId], [], cancellationToken)).Wallets.GetValueOrDefault(trainingPoolId);
        }
        return wallet is null ? null : new ReadAhead(await loop.ReadAheadAsync(wallet, mint, recipient, cancellationToken));
    }

    /// <summary>Tries the payments of a wallet that wait for funds, oldest first.</summary>
    /// <param name="walletId">The deposit wallet.</param>
    /// <param name="failing">Called with those that can never be paid.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Balances of the wallet that were read for them, by mint; none where nothing waits or no node answers.</returns>
    public async Task<IReadOnlyList<WalletBalance>> ResumeAsync(Guid walletId, PaymentFailing failing, CancellationToken cancellationToken)
    {
        await using var unit = OwnCommit(places);
        var waiting = await unit.Store.WaitingAsync(walletId, ResumedMax, cancellationToken);
        return waiting.Count == 0 ? [] : await loop.ResumeAsync(unit, waiting, failing, cancellationToken);
    }

    public void Dispose() => places.Dispose();

    private async Task<PaymentAcceptanceResult> AcceptOneAsync(PaymentRequest request)
    {
        if (lanes.Enter(request.TrainingPoolId) is not { } place)
        {
            return await alone.AddAsync(request.TrainingPoolId, request);
        }
        try
        {
            return await await together.AddAsync(place.Lane, request);
        }
        finally
        {
            lanes.Leave(place);
        }
    }

    /// <returns>One for each: decided, or on its way alone, so that the lane goes on without it.</returns>
    private async Task<IReadOnlyList<Task<PaymentAcceptanceResult>>> AcceptTogetherAsync(IReadOnlyList<PaymentRequest> group)
    {
        // What is asked for again under the same key at the same time is decided one after the other, which is no work for all.
        var keys = new HashSet<PaymentKey>();
        var shared = group.Index().Where(r => keys.Add(PaymentKey.Of(r.Item)) && lanes.IsShared(r.Item.TrainingPoolId)).ToList();
        var decided = new Task<PaymentAcceptanceResult>?[group.Count];
        try
        {
            await using var unit = OwnCommit(null);
            var results = await loop.AcceptAsync(unit, shared.ConvertAll(r => r.Item), allOrNone: false, CancellationToken.None);
            for (var i = 0; i < shared.Count; i++)
            {
                decided[shared[i].Index] = Task.FromResult(results[i]);
            }
        }
        catch (Exception e) when (PostgresErrors.IsLockTimeout(e))
        {
            foreach (var (_, request) in shared)
            {
                lanes.Part(request.TrainingPoolId);
            }
        }
        return [.. group.Select((request, i) => decided[i] ?? alone.AddAsync(request.TrainingPoolId, request))];
    }

    /// <summary>Gives its place to others between one wait for a lock and the next.</summary>
    private async Task<T> PatientlyAsync<T>(Func<OwnCommit, Task<T>> act)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            await using var unit = OwnCommit(places);
            try
            {
                return await act(unit);
            }
            catch (Exception e) when (PostgresErrors.IsLockTimeout(e) && time.GetElapsedTime(began) < PatienceMax)
            {
                // What was written by then is found again.
            }
        }
    }

    private OwnCommit OwnCommit(SemaphoreSlim? among) => new(scopes.CreateAsyncScope(), among, LockWaitMax, crashes);
}

/// <summary>What the chain said of a payment, ahead of the database transaction that accepts it.</summary>
public sealed class ReadAhead
{
    internal ReadAhead(ChainView view) => View = view;

    internal ChainView View { get; }
}
