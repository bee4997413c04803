using System.Globalization;
using System.Text.Json;
using Clones.Settlement.Deployments.Venues;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Tests.Deployments.Raydium;

/// <summary>A pool as @raydium-io/raydium-sdk-v2 creates it, and its accounts as the SDK's layouts write them; made by tools/vectors.</summary>
internal sealed record SdkPool(JsonElement Json)
{
    public static IReadOnlyDictionary<string, SdkPool> ByName { get; } = Load();

    /// <summary>Cluster, order of the mints, token program.</summary>
    public static TheoryData<string> Names => [.. ByName.Keys];

    public string Name =>
        $"{Json.GetProperty("cluster").GetString()}, {(Mint < TokenProgram.NativeMint ? "mint before SOL" : "SOL before mint")}, "
        + (MintProgram == TokenProgram.Id ? "SPL Token" : "Token-2022");

    public RaydiumCpmmCluster Cluster =>
        Json.GetProperty("cluster").GetString() == "mainnet" ? RaydiumCpmmCluster.Mainnet : RaydiumCpmmCluster.Devnet;

    public PublicKey Owner => Key(Json, "owner");

    public PublicKey Mint => Key(Json, "mint");

    public PublicKey MintProgram => Key(Json, "tokenProgram");

    public ulong CreatePoolFee => Number("createPoolFee");

    /// <summary>The call as the SDK makes it.</summary>
    public Instruction Initialize
    {
        get
        {
            var json = Json.GetProperty("initialize");
            var accounts = json.GetProperty("accounts").EnumerateArray();
            return new Instruction(
                Key(json, "programId"),
                [.. accounts.Select(a => new AccountMeta(PublicKey.Parse(a[0].GetString()!), a[1].GetBoolean(), a[2].GetBoolean()))],
                Convert.FromHexString(json.GetProperty("data").GetString()!)
            );
        }
    }

    public LiquidityPoolSpec SpecOf(PublicKey payer) =>
        new(
            Guid.CreateVersion7(),
            payer,
            Owner,
            Mint,
            MintProgram,
            Json.GetProperty("decimals").GetByte(),
            "ADA1",
            Number("tokenAmount"),
            Number("lamports")
        );

    /// <param name="name">config, feeReceiver, pool, vault0 or vault1.</param>
    public (PublicKey Address, AccountInfo Account) AccountOf(string name)
    {
        var json = Json.GetProperty("accounts").GetProperty(name);
        var data = Convert.FromHexString(json.GetProperty("data").GetString()!);
        return (Key(json, "address"), new AccountInfo(1_000_000_000, Key(json, "owner"), data, Executable: false));
    }

    private ulong Number(string name) => ulong.Parse(Json.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private static PublicKey Key(JsonElement json, string name) => PublicKey.Parse(json.GetProperty(name).GetString()!);

    private static Dictionary<string, SdkPool> Load()
    {
        using var stream = typeof(SdkPool).Assembly.GetManifestResourceStream("raydium-pools.json")!;
        using var document = JsonDocument.Parse(stream);
        return document
            .RootElement.GetProperty("pools")
            .EnumerateArray()
            .Select(json => new SdkPool(json.Clone()))
            .ToDictionary(p => p.Name);
    }
}
