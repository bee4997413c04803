using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Demo;

/// <summary>The cluster as a person uses it: faucet, a token of one's own, transfers. Waits for commitment finalized.</summary>
internal sealed class Cluster(IRpcClient rpc, TimeProvider time)
{
    public const byte TokenDecimals = 6;
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(200);

    public IRpcClient Rpc => rpc;

    public async Task AirdropAsync(PublicKey address, ulong lamports, CancellationToken cancellation)
    {
        var signature = await rpc.RequestAirdropAsync(address, lamports, cancellation);
        await UntilAsync(signature, Commitment.Confirmed, cancellation);
    }

    /// <summary>Makes a mint with <see cref="TokenDecimals"/> decimals and gives the whole supply to its maker.</summary>
    /// <param name="supply">Base units.</param>
    /// <param name="freezeAuthority">Who may freeze what others hold of it; nobody where it is null.</param>
    public async Task<PublicKey> CreateTokenAsync(
        Account maker,
        ulong supply,
        CancellationToken cancellation,
        PublicKey? freezeAuthority = null
    )
    {
        using var mint = Account.Generate();
        var rent = await rpc.GetMinimumBalanceForRentExemptionAsync(MintAccount.Size, cancellation);
        var holdings = AssociatedTokenAccountProgram.FindAddress(maker.PublicKey, mint.PublicKey, TokenProgram.Id);
        await SendAsync(
            [maker, mint],
            cancellation,
            SystemProgram.CreateAccount(maker.PublicKey, mint.PublicKey, rent, MintAccount.Size, TokenProgram.Id),
            TokenProgram.InitializeMint2(mint.PublicKey, TokenDecimals, maker.PublicKey, freezeAuthority, TokenProgram.Id),
            AssociatedTokenAccountProgram.Create(maker.PublicKey, maker.PublicKey, mint.PublicKey, TokenProgram.Id),
            TokenProgram.MintTo(mint.PublicKey, holdings, maker.PublicKey, supply, TokenProgram.Id)
        );
        return mint.PublicKey;
    }

    /// <summary>Funds a wallet with lamports and tokens in one transaction.</summary>
    public Task FundAsync(Account from, PublicKey to, ulong lamports, PublicKey mint, ulong tokenAmount, CancellationToken cancellation) =>
        SendAsync([from], cancellation, Funding(from, to, lamports, mint, tokenAmount));

    /// <summary>What funds a wallet.</summary>
    public static Instruction[] Funding(Account from, PublicKey to, ulong lamports, PublicKey mint, ulong tokenAmount) =>
        [
            SystemProgram.Transfer(from.PublicKey, to, lamports),
            AssociatedTokenAccountProgram.CreateIdempotent(from.PublicKey, to, mint, TokenProgram.Id),
            TokenProgram.TransferChecked(
                AssociatedTokenAccountProgram.FindAddress(from.PublicKey, mint, TokenProgram.Id),
                mint,
                AssociatedTokenAccountProgram.FindAddress(to, mint, TokenProgram.Id),
                from.PublicKey,
                tokenAmount,
                TokenDecimals,
                TokenProgram.Id
            ),
        ];

    private async Task SendAsync(Account[] signers, CancellationToken cancellation, params Instruction[] instructions)
    {
        var latest = await rpc.GetLatestBlockhashAsync(cancellationToken: cancellation);
        var builder = new TransactionBuilder().SetFeePayer(signers[0].PublicKey).SetRecentBlockhash(latest.Blockhash);
        foreach (var instruction in instructions)
        {
            builder.AddInstruction(instruction);
        }

        var transaction = builder.Build(signers);
        await rpc.SendTransactionAsync(transaction.Serialize(), cancellationToken: cancellation);
        await UntilAsync(transaction.Id, Commitment.Finalized, cancellation);
    }

    private async Task UntilAsync(Signature signature, Commitment commitment, CancellationToken cancellation)
    {
        while (true)
        {
            var statuses = await rpc.GetSignatureStatusesAsync([signature], cancellationToken: cancellation);
            if (statuses.Value[0] is { } status)
            {
                if (!status.Succeeded)
                {
                    throw new InvalidOperationException($"The cluster rejected {signature}: {status.Err}");
                }

                if (status.ConfirmationStatus >= commitment)
                {
                    return;
                }
            }
            await Task.Delay(PollEvery, time, cancellation);
        }
    }
}
