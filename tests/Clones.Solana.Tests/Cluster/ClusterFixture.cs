using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Clones.Testing;

namespace Clones.Solana.Tests.Cluster;

/// <summary>A local cluster that runs the real programs, and a wallet with lamports on it.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private readonly LocalnetFixture localnet = new();

    public HttpClient Http { get; } = new();

    public SolanaRpcClient Rpc { get; private set; } = null!;

    public Account Wallet { get; } = Account.Generate();

    public async ValueTask InitializeAsync()
    {
        Rpc = new SolanaRpcClient(Http, await localnet.StartAsync());
        await WaitAsync(await Rpc.RequestAirdropAsync(Wallet.PublicKey, 100_000_000_000));
    }

    public async ValueTask DisposeAsync()
    {
        Wallet.Dispose();
        Http.Dispose();
        await localnet.DisposeAsync();
    }

    /// <summary>Signs with the wallet and the others, sends, and returns when it is confirmed without error.</summary>
    public async Task<Signature> SendAsync(IEnumerable<Instruction> instructions, params Account[] others) =>
        await SendAsync((await BuilderAsync(instructions)).Build([Wallet, .. others]));

    public async Task<Signature> SendAsync(Transaction transaction)
    {
        var signature = await Rpc.SendTransactionAsync(transaction.Serialize());
        var status = await WaitAsync(signature);
        status.Err.ShouldBeNull();
        return signature;
    }

    public async Task<TransactionBuilder> BuilderAsync(IEnumerable<Instruction> instructions) =>
        new TransactionBuilder()
            .SetFeePayer(Wallet.PublicKey)
            .SetRecentBlockhash((await Rpc.GetLatestBlockhashAsync()).Blockhash)
            .AddInstructions(instructions);

    public async Task<TransactionStatus> WaitAsync(Signature signature, Commitment commitment = Commitment.Confirmed)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var status = (await Rpc.GetSignatureStatusesAsync([signature], cancellationToken: limit.Token)).Value.Single();
            if (status?.ConfirmationStatus >= commitment)
            {
                return status;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }

    public async Task<byte[]> DataAsync(PublicKey address) =>
        (await Rpc.GetAccountInfoAsync(address, Commitment.Confirmed)).Value!.Data.ToArray();

    /// <summary>An account of so many bytes, paid by the wallet, with the rent of that size or of another one.</summary>
    public async Task<Instruction> CreateAccountAsync(PublicKey address, int space, PublicKey owner, int? paidSpace = null) =>
        SystemProgram.CreateAccount(
            Wallet.PublicKey,
            address,
            await Rpc.GetMinimumBalanceForRentExemptionAsync((ulong)(paidSpace ?? space)),
            (ulong)space,
            owner
        );
}
