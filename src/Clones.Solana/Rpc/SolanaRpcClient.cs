using System.Text.Json;
using Clones.Solana.Primitives;

namespace Clones.Solana.Rpc;

/// <summary>JSON-RPC over HTTP to one node. Safe for use by many threads.</summary>
/// <remarks>The files of this class follow the subjects of the methods: cluster, transactions, accounts.</remarks>
public sealed partial class SolanaRpcClient : IRpcClient
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(15);

    /// <summary>
    /// For calls that a healthy node answers from memory: a node that hangs must not hold up those who wait for all nodes. Searches of the
    /// ledger's past may take the whole timeout.
    /// </summary>
    public static readonly TimeSpan QuickTimeoutMax = TimeSpan.FromSeconds(4);

    private static readonly HashSet<string> Searches = ["getSignaturesForAddress", "getTransaction", "getFirstAvailableBlock"];

    private readonly RpcTransport transport;
    private readonly TimeSpan searchTimeout;
    private readonly TimeSpan quickTimeout;

    /// <param name="http">Must not retry by itself; its own timeout counts too.</param>
    /// <param name="endpoint">Absolute, http or https. May hold an API key, which is never shown.</param>
    /// <param name="timeout">
    /// For one call from connecting to the last byte (a turn at our own limit is waited for as long before that); <see cref="DefaultTimeout"/> when null, and at most <see cref="QuickTimeoutMax"/> for
    /// what is no search.
    /// </param>
    /// <param name="time">The machine's when null.</param>
    /// <param name="turns">One for each request on the wire; no limit when null.</param>
    /// <exception cref="ArgumentException">The endpoint is not an absolute http(s) address.</exception>
    public SolanaRpcClient(HttpClient http, Uri endpoint, TimeSpan? timeout = null, TimeProvider? time = null, RpcTurns? turns = null)
    {
        if (!endpoint.IsAbsoluteUri || (endpoint.Scheme != Uri.UriSchemeHttp && endpoint.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException("The endpoint must be an absolute http or https address.", nameof(endpoint));
        }

        searchTimeout = timeout ?? DefaultTimeout;
        quickTimeout = searchTimeout < QuickTimeoutMax ? searchTimeout : QuickTimeoutMax;
        transport = new RpcTransport(http, endpoint, time ?? TimeProvider.System, turns);
    }

    public Uri Endpoint => transport.Endpoint;

    /// <summary>The endpoint as it may be shown.</summary>
    public override string ToString() => EndpointName.Of(Endpoint);

    private Task<T> CallAsync<T>(
        string method,
        Action<Utf8JsonWriter>? writeParameters,
        Func<JsonElement, T> readResult,
        CancellationToken cancellationToken
    ) =>
        transport.CallAsync(
            method,
            writeParameters,
            readResult,
            Searches.Contains(method) ? searchTimeout : quickTimeout,
            cancellationToken
        );

    private Task<RpcValue<T>> CallWithSlotAsync<T>(
        string method,
        Action<Utf8JsonWriter> writeParameters,
        Func<JsonElement, T> readValue,
        CancellationToken cancellationToken,
        bool isSearch = false
    ) =>
        transport.CallAsync(
            method,
            writeParameters,
            json => RpcReaders.WithSlot(json, readValue),
            isSearch ? searchTimeout : quickTimeout,
            cancellationToken
        );

    private static void RejectMoreThan(int max, int count, string name)
    {
        if (count > max)
        {
            throw new ArgumentException($"{count} were given; nodes take at most {max}.", name);
        }
    }
}
