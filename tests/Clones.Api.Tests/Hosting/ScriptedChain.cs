using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Api.Tests.Hosting;

/// <summary>A node that says what the test tells it to, over the real client: accounts, slot, block height, or nothing about an address.</summary>
internal sealed class ScriptedChain : HttpMessageHandler
{
    private readonly ConcurrentDictionary<string, (ulong Lamports, string Owner, byte[] Data)> accounts = new();
    private readonly ConcurrentDictionary<string, bool> hidden = new();

    private int requests;

    /// <summary>How many it was asked.</summary>
    public int Requests => requests;

    public ulong Slot { get; set; } = 1_000;
    public ulong BlockHeight { get; set; } = 1_000;

    /// <summary>Of no public cluster.</summary>
    public string GenesisHash { get; set; } = TokenProgram.Id.ToString();

    /// <summary>From now on no question about this address is answered, so that tests beside it are not disturbed.</summary>
    public void Hide(PublicKey address) => hidden[address.ToString()] = true;

    /// <summary>As a node that never heard of the address.</summary>
    public void Forget(PublicKey address) => accounts.TryRemove(address.ToString(), out _);

    public RpcEndpoints Endpoints(TimeProvider time) =>
        new([new SolanaRpcClient(new HttpClient(this), new Uri("http://chain.invalid"), timeout: null, time)], time);

    public void SetLamports(PublicKey address, ulong lamports) =>
        accounts[address.ToString()] = (lamports, SystemProgram.Id.ToString(), []);

    public void SetAccount(PublicKey address, PublicKey owner, byte[] data) =>
        accounts[address.ToString()] = (1_461_600, owner.ToString(), data);

    /// <summary>A mint of SPL Token, without authorities.</summary>
    public PublicKey AddMint(byte decimals)
    {
        using var account = Account.Generate();
        var data = new byte[MintAccount.Size];
        data[44] = decimals;
        data[45] = 1;
        SetAccount(account.PublicKey, TokenProgram.Id, data);
        return account.PublicKey;
    }

    public void SetTokens(PublicKey wallet, PublicKey mint, ulong amount)
    {
        var data = new byte[Solana.Programs.TokenAccount.Size];
        mint.CopyTo(data);
        wallet.CopyTo(data.AsSpan(32));
        BitConverter.TryWriteBytes(data.AsSpan(64), amount);
        data[108] = 1;
        SetAccount(AssociatedTokenAccountProgram.FindAddress(wallet, mint, TokenProgram.Id), TokenProgram.Id, data);
    }

    /// <summary>The address of a token account: owned by the token program, and no mint.</summary>
    public PublicKey TokenAccount()
    {
        using var wallet = Account.Generate();
        var mint = AddMint(6);
        SetTokens(wallet.PublicKey, mint, 1);
        return AssociatedTokenAccountProgram.FindAddress(wallet.PublicKey, mint, TokenProgram.Id);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref requests);
        var call = await request.Content!.ReadFromJsonAsync<JsonElement>(cancellationToken);
        if (hidden.Keys.Any(call.GetRawText().Contains))
        {
            return new HttpResponseMessage(HttpStatusCode.BadGateway);
        }

        var parameters = call.TryGetProperty("params", out var given) ? given : default;
        JsonNode? result = call.GetProperty("method").GetString() switch
        {
            "getBlockHeight" => BlockHeight,
            "getGenesisHash" => GenesisHash,
            "getMinimumBalanceForRentExemption" => (128 + parameters[0].GetUInt64()) * 6_960,
            "getAccountInfo" => InContext(Describe(parameters[0].GetString()!)),
            "getMultipleAccounts" => InContext(new JsonArray([.. parameters[0].EnumerateArray().Select(a => Describe(a.GetString()!))])),
            var method => throw new InvalidOperationException($"The script knows no {method}."),
        };
        var answer = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = JsonNode.Parse(call.GetProperty("id").GetRawText()),
            ["result"] = result,
        };
        return new HttpResponseMessage { Content = JsonContent.Create(answer) };
    }

    private JsonObject InContext(JsonNode? value) =>
        new()
        {
            ["context"] = new JsonObject { ["slot"] = Slot },
            ["value"] = value,
        };

    private JsonObject? Describe(string address) =>
        accounts.TryGetValue(address, out var account)
            ? new JsonObject
            {
                ["lamports"] = account.Lamports,
                ["owner"] = account.Owner,
                ["data"] = new JsonArray(Convert.ToBase64String(account.Data), "base64"),
                ["executable"] = false,
                ["rentEpoch"] = 0,
                ["space"] = account.Data.Length,
            }
            : null;
}
