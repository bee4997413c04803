using Clones.Solana.Messages;

namespace Clones.Solana.Rpc;

/// <summary>Several nodes of one cluster. Reads go to the first that answers; transactions go to all of them.</summary>
/// <remarks>
/// Where an answer must come from certain nodes (evidence that a transaction has expired), use <see cref="All"/> and ask each: fail-over
/// would mix the views of several nodes.
/// </remarks>
public sealed class RpcEndpoints
{
    private readonly EndpointState[] states;

    /// <param name="clients">In order of preference, all of the same cluster.</param>
    /// <param name="failed">Called with every failure of an endpoint that was in use until then, for operators.</param>
    /// <exception cref="ArgumentException">No client was given.</exception>
    public RpcEndpoints(IEnumerable<IRpcClient> clients, TimeProvider time, Action<EndpointHealth>? failed = null)
    {
        states = [.. clients.Select(client => new EndpointState(client, time, failed))];
        if (states.Length == 0)
        {
            throw new ArgumentException("At least one endpoint is needed.", nameof(clients));
        }

        All = [.. states.Select(state => state.Client)];
    }

    /// <summary>Every endpoint, healthy or not, in order of preference.</summary>
    public IReadOnlyList<IRpcClient> All { get; }

    /// <summary>Those of them that are not paused; every one where all are.</summary>
    public IEnumerable<IRpcClient> Usable => All.Where(client => !IsPaused(client));

    /// <summary>The most preferred endpoint that is not paused; when all are, the one whose pause ends first.</summary>
    public IRpcClient Primary => InOrderOfUse()[0].Client;

    public IReadOnlyList<EndpointHealth> Health => [.. states.Select(state => state.Health)];

    /// <summary>Builds clients for a comma-separated list of addresses.</summary>
    /// <param name="urls">In order of preference.</param>
    /// <param name="http">As <see cref="SolanaRpcClient"/> takes it.</param>
    /// <param name="time">The same.</param>
    /// <param name="timeout">The same.</param>
    /// <param name="limits">Of each endpoint in the same order; null where it has none.</param>
    /// <exception cref="FormatException">An entry is not an absolute http(s) address, or there is none. The text is not repeated: it may hold keys.</exception>
    public static RpcEndpoints Parse(
        string urls,
        HttpClient http,
        TimeProvider time,
        TimeSpan? timeout = null,
        IReadOnlyList<RpcLimit?>? limits = null
    )
    {
        var parts = urls.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length == 0)
        {
            throw new FormatException("No RPC address is given.");
        }

        return new RpcEndpoints(
            parts.Select((part, i) => new SolanaRpcClient(http, ParseUrl(part, i), timeout, time, limits?.ElementAtOrDefault(i)?.Begin())),
            time
        );
    }

    /// <summary>
    /// Reads from the first endpoint that answers. Endpoints whose fault a failure is (see <see cref="RpcFault"/>) are paused for 0.5 s, doubling
    /// up to 30 s; when all are paused, the one whose pause ends first is asked nevertheless.
    /// </summary>
    /// <exception cref="RpcException">
    /// The failure of the most preferred endpoint, when every one failed; or an error that another node would answer alike.
    /// </exception>
    public async Task<T> ReadAsync<T>(Func<IRpcClient, CancellationToken, Task<T>> read, CancellationToken cancellationToken = default)
    {
        var order = InOrderOfUse();
        var usable = Math.Max(1, order.Count(state => !state.IsPaused));
        RpcException? first = null;
        foreach (var state in order.Take(usable))
        {
            try
            {
                var result = await read(state.Client, cancellationToken).ConfigureAwait(false);
                Answered(state);
                return result;
            }
            catch (RpcException e) when (e.Fault == RpcFault.Request)
            {
                Answered(state);
                throw;
            }
            catch (RpcException e)
            {
                Record(state, e);
                first ??= e;
            }
        }

        throw first!;
    }

    /// <summary>Whether this endpoint failed lately and is left alone by reads, unless all are.</summary>
    public bool IsPaused(IRpcClient client) =>
        Array.Find(states, state => state.Client == client) is { IsPaused: true } && Array.Exists(states, state => !state.IsPaused);

    /// <summary>Hands the same bytes to every endpoint at once, without simulation and without retries by the nodes.</summary>
    /// <param name="transaction">The wire bytes of a fully signed transaction.</param>
    /// <returns>
    /// One result per endpoint, in the order of <see cref="All"/>. Paused endpoints get the bytes too, but their answers are not waited for
    /// once another has taken them. Only cancellation by the caller throws.
    /// </returns>
    /// <exception cref="FormatException">The bytes are not a transaction: nothing was sent.</exception>
    public async Task<IReadOnlyList<BroadcastResult>> BroadcastAsync(
        ReadOnlyMemory<byte> transaction,
        CancellationToken cancellationToken = default
    )
    {
        var expected = Transaction.Deserialize(transaction.Span).Id;
        var wasPaused = Array.ConvertAll(states, state => state.IsPaused);
        var sends = Array.ConvertAll(states, SendAsync);
        var early = await Task.WhenAll(sends.Where((_, i) => !wasPaused[i])).ConfigureAwait(false);
        return early.Any(result => result.IsInFlight)
            ? [.. sends.Select((send, i) => send.IsCompletedSuccessfully ? send.Result : NotWaitedFor(states[i]))]
            : await Task.WhenAll(sends).ConfigureAwait(false);

        async Task<BroadcastResult> SendAsync(EndpointState state)
        {
            var name = EndpointName.Of(state.Client.Endpoint);
            try
            {
                var signature = await state
                    .Client.SendTransactionAsync(transaction, skipPreflight: true, maxRetries: 0, cancellationToken: cancellationToken)
                    .ConfigureAwait(false);
                state.Answered();
                return signature == expected
                    ? new BroadcastResult(name, signature, null)
                    : throw new RpcTransportException(state.Client.Endpoint, "sendTransaction", "answered with another signature");
            }
            catch (RpcException e)
            {
                Record(state, e);
                return new BroadcastResult(name, null, e);
            }
        }
    }

    /// <summary>What a unit of work hears again says nothing of the node by now: it may hang.</summary>
    private static void Answered(EndpointState state)
    {
        if (!ChainQuestions.AreHeardAgain)
        {
            state.Answered();
        }
    }

    private static void Record(EndpointState state, RpcException failure)
    {
        if (failure.IsRecorded)
        {
            return;
        }
        failure.IsRecorded = true;
        switch (failure.Fault)
        {
            case RpcFault.Node:
                state.Failed(failure);
                break;
            case RpcFault.Unasked:
                state.NotAsked(failure);
                break;
            default:
                // An answer all the same: the node is alive.
                state.Answered();
                break;
        }
    }

    private static BroadcastResult NotWaitedFor(EndpointState state) =>
        new(
            EndpointName.Of(state.Client.Endpoint),
            null,
            new RpcTransportException(state.Client.Endpoint, "sendTransaction", "it failed lately, and its answer was not waited for")
        );

    private static Uri ParseUrl(string text, int index) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? url
            : throw new FormatException($"RPC address {index + 1} is not an absolute http(s) address.");

    /// <summary>Those in use by preference, then the paused ones by the end of their pause.</summary>
    private EndpointState[] InOrderOfUse() => [.. states.OrderBy(state => state.IsPaused ? state.PausedUntil : DateTimeOffset.MinValue)];
}
