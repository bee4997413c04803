using System.Text;
using Clones.Api.Tests.Hosting;
using Clones.Client;

namespace Clones.Api.Tests.Client;

internal static class Clients
{
    /// <summary>With the token that the owner has.</summary>
    public static ClonesClient ClientOf(this ApiFixture api, Owner owner) =>
        api.ClientWith(ClonesCredentials.BearerToken(owner.Http.DefaultRequestHeaders.Authorization!.Parameter!));

    public static ClonesClient ClientWith(this ApiFixture api, ClonesCredentials credentials, TimeProvider? time = null) =>
        new(
            new ClonesClientOptions
            {
                BaseAddress = api.Address,
                Credentials = credentials,
                Time = time ?? TimeProvider.System,
            }
        );

    /// <summary>Signs as the wallet of this owner.</summary>
    public static Task<string> SignAsync(this Owner owner, string message) =>
        Task.FromResult(owner.Wallet.Sign(Encoding.UTF8.GetBytes(message)).ToString());
}
