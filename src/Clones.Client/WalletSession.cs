using System.Diagnostics.CodeAnalysis;

namespace Clones.Client;

/// <summary>The session of one wallet: signed in once, renewed by its refresh token, signed in anew where that is rejected.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A semaphore whose wait handle nobody takes holds nothing to be given back.")]
internal sealed class WalletSession(string address, Func<string, CancellationToken, Task<string>> sign) : ClonesCredentials
{
    /// <summary>A token with less left than this is renewed first, because a call takes time, and clocks differ.</summary>
    private static readonly TimeSpan Reserve = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim renewing = new(1, 1);
    private volatile AccessTokenView? current;

    /// <summary>Timestamp of the client's clock from which on it is renewed; 0 where it was rejected.</summary>
    private long renewAt;

    internal override async ValueTask<(string Name, string Value)?> HeaderAsync(ClonesClient client, CancellationToken cancellationToken)
    {
        if (Good(client.Time) is { } good)
        {
            return ("Authorization", $"Bearer {good.AccessToken}");
        }
        // Calls that find the token old at the same time renew it once: a refresh token that is used twice ends the session.
        await renewing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var token = Good(client.Time) ?? await RenewAsync(client, cancellationToken).ConfigureAwait(false);
            return ("Authorization", $"Bearer {token.AccessToken}");
        }
        finally
        {
            renewing.Release();
        }
    }

    internal override bool Rejected(string value)
    {
        // Somebody else may have renewed it meanwhile; then the next header is better already. Ours is old although the clock does not say so: clocks stop
        // in machines that sleep, and sessions are ended elsewhere.
        if (current is { } token && value == $"Bearer {token.AccessToken}")
        {
            Interlocked.Exchange(ref renewAt, 0);
        }

        return true;
    }

    private AccessTokenView? Good(TimeProvider time) => time.GetTimestamp() < Interlocked.Read(ref renewAt) ? current : null;

    private async Task<AccessTokenView> RenewAsync(ClonesClient client, CancellationToken cancellationToken)
    {
        var asked = client.Time.GetTimestamp();
        var token = current is { } old ? await RefreshAsync(client, old.RefreshToken, cancellationToken).ConfigureAwait(false) : null;
        if (token is null)
        {
            current = null;
            token = await client.SignInAsync(address, sign, cancellationToken).ConfigureAwait(false);
        }
        // By our own clock from when it was asked for: the API's may be another.
        var life = TimeSpan.FromSeconds(token.ExpiresIn) - Reserve;
        current = token;
        Interlocked.Exchange(ref renewAt, asked + (long)(Math.Max(0, life.TotalSeconds) * client.Time.TimestampFrequency));
        return token;
    }

    /// <returns>Null where the session has ended: the wallet signs in anew.</returns>
    private static async Task<AccessTokenView?> RefreshAsync(ClonesClient client, string refreshToken, CancellationToken cancellationToken)
    {
        try
        {
            return await client
                .RefreshTokenAsync(new RefreshRequest { RefreshToken = refreshToken }, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (ClonesProblemException e) when (e.Status is 400 or 401)
        {
            return null;
        }
    }
}
