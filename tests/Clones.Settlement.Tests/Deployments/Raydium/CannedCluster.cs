using System.Text.Json;
using Clones.Settlement.Deployments.Venues;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Clones.Testing.Hosts;

namespace Clones.Settlement.Tests.Deployments.Raydium;

/// <summary>A venue on a cluster that has exactly these accounts.</summary>
internal sealed class CannedCluster
{
    private readonly Dictionary<PublicKey, AccountInfo> accounts = [];

    public static CannedCluster Of(SdkPool pool) => new CannedCluster().With(pool.AccountOf("config")).With(pool.AccountOf("feeReceiver"));

    public CannedCluster With((PublicKey Address, AccountInfo Account) placed)
    {
        accounts[placed.Address] = placed.Account;
        return this;
    }

    public CannedCluster Without(PublicKey address)
    {
        accounts.Remove(address);
        return this;
    }

    public RaydiumVenue VenueOf(RaydiumCpmmCluster cluster)
    {
        var endpoints = new CannedNode()
            .Answer("getMinimumBalanceForRentExemption", p => $"{Rent(p[0].GetUInt64())}")
            .Answer(
                "getMultipleAccounts",
                p => $$"""{"context":{"slot":9},"value":[{{string.Join(',', p[0].EnumerateArray().Select(Json))}}]}"""
            )
            .Endpoints;
        return new RaydiumVenue(endpoints, new WalletBalances(endpoints), cluster, 0);
    }

    public static ulong Rent(ulong size) => (size + 128) * 6_960;

    private string Json(JsonElement address) =>
        accounts.TryGetValue(PublicKey.Parse(address.GetString()!), out var found)
            ? $$"""{"lamports":{{found.Lamports}},"owner":"{{found.Owner}}","data":["{{Convert.ToBase64String(
                found.Data.Span
            )}}","base64"],"executable":false,"rentEpoch":0,"space":{{found.Data.Length}}}"""
            : "null";
}
