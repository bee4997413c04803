using Clones.Client;

namespace Clones.Demo;

/// <summary>The API as its callers see it.</summary>
internal static class Callers
{
    /// <summary>How long a command may wait for the workers before it is an operation to be followed.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(15);

    public static ClonesClient Of(Uri apiUrl, OwnerWallet wallet) =>
        new(
            new ClonesClientOptions
            {
                BaseAddress = apiUrl,
                Credentials = ClonesCredentials.Wallet(wallet.Address, wallet.SignMessageAsync),
            }
        );

    public static ClonesClient WithKey(Uri apiUrl, string key) =>
        new(new ClonesClientOptions { BaseAddress = apiUrl, Credentials = ClonesCredentials.ApiKey(key) });

    public static ClonesClient Anonymous(Uri apiUrl) => new(new ClonesClientOptions { BaseAddress = apiUrl });
}
