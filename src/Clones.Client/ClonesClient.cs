namespace Clones.Client;

/// <summary>
/// The Clones API, one method for each operation of its document. Safe for many threads; made once and kept. A call that is rejected throws
/// <see cref="ClonesProblemException"/>; one that nobody answers throws <see cref="HttpRequestException"/> or <see cref="TimeoutException"/> when its
/// tries are used up.
/// </summary>
public sealed partial class ClonesClient : IDisposable
{
    /// <summary>The longest that the API waits for the workers before it answers.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

    /// <summary>Of the pages that the enumerations ask for, the longest that there are.</summary>
    private const int PageLength = 100;

    private readonly ClonesClientOptions options;
    private readonly HttpClient http;
    private readonly Uri baseAddress;
    private readonly bool isOurs;

    /// <summary>With connections of its own. No redirection is followed: it would carry the key to another host.</summary>
    public ClonesClient(ClonesClientOptions options)
        : this(
            options,
            new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }),
            true
        )
    {
        // Each try has a limit of its own, and a stream of events has none.
        http.Timeout = Timeout.InfiniteTimeSpan;
    }

    /// <summary>
    /// Over the connections of somebody else, for example of IHttpClientFactory; not disposed with it. Its own time-out must be longer than the waits
    /// asked for, and its handler must have <c>AllowAutoRedirect = false</c>: .NET takes an API key along to another host.
    /// </summary>
    public ClonesClient(ClonesClientOptions options, HttpClient http)
        : this(options, http, isOurs: false) { }

    private ClonesClient(ClonesClientOptions options, HttpClient http, bool isOurs)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(http);
        if (!options.BaseAddress.IsAbsoluteUri || options.BaseAddress.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException("BaseAddress must be an absolute http or https URL.", nameof(options));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(options.RetriesMax, nameof(options));
        this.options = options;
        this.http = http;
        this.isOurs = isOurs;
        baseAddress = new Uri(options.BaseAddress.AbsoluteUri.TrimEnd('/') + "/");
    }

    internal TimeProvider Time => options.Time;

    /// <summary>
    /// Signs in with Solana: fetches the challenge, has it signed, exchanges it for a token. Clients with <see cref="ClonesCredentials.Wallet"/> do it
    /// by themselves.
    /// </summary>
    /// <inheritdoc cref="ClonesCredentials.Wallet"/>
    /// <exception cref="ClonesProblemException">The signature was rejected.</exception>
    /// <exception cref="ClonesSigningException">There is none.</exception>
    public async Task<AccessTokenView> SignInAsync(
        string address,
        Func<string, CancellationToken, Task<string>> sign,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(sign);
        var challenge = await CreateChallengeAsync(new ChallengeRequest { Address = address }, cancellationToken).ConfigureAwait(false);
        string signature;
        try
        {
            signature = await sign(challenge.Message, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Of whatever kind it is: it must not look like an API that does not answer, or the person would be asked again and again.
            throw new ClonesSigningException(e);
        }
        return await CreateTokenAsync(new TokenRequest { Message = challenge.Message, Signature = signature }, cancellationToken)
            .ConfigureAwait(false);
    }

    public void Dispose()
    {
        if (isOurs)
        {
            http.Dispose();
        }
    }

    private string NewIdempotencyKey() => Guid.CreateVersion7(options.Time.GetUtcNow()).ToString("N");
}
