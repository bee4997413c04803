using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments.Venues;

/// <summary>
/// Stands in for a liquidity venue on a cluster that has none: locks the same amounts of token and SOL for ever. The lock is an address
/// derived under the System Program, which signs for no derived address, so nobody can take anything out. Never for mainnet.
/// </summary>
internal sealed class LocalVenue(RpcEndpoints rpc, WalletBalances balances) : ILiquidityVenue
{
    private const uint ComputeUnitLimit = 150_000;

    public PublicKey AddressOf(LiquidityPoolSpec wish) => LockOf(wish.AgentId);

    public static PublicKey LockOf(Guid agentId) =>
        PublicKey.FindProgramAddress(["clones local venue"u8.ToArray(), agentId.ToByteArray(bigEndian: true)], SystemProgram.Id).Address;

    /// <summary>
    /// Holds the tokens. Derived from the owner, who signs what makes it: the associated account of the lock could be made by anybody who wants
    /// to see the deployment fail.
    /// </summary>
    public static PublicKey VaultOf(Guid agentId, PublicKey owner, PublicKey tokenProgram) =>
        PublicKey.CreateWithSeed(owner, SeedOf(agentId), tokenProgram);

    public async Task<DeploymentPlan> PlanAsync(LiquidityPoolSpec wish, CancellationToken cancellationToken)
    {
        var address = AddressOf(wish);
        var vault = VaultOf(wish.AgentId, wish.Owner, wish.TokenProgram);
        var source = AssociatedTokenAccountProgram.FindAddress(wish.Owner, wish.Mint, wish.TokenProgram);
        var vaultRent = await balances.RentAsync(TokenAccount.Size, cancellationToken);
        var lockFloor = await balances.RentAsync(0, cancellationToken);
        if (wish.Lamports < lockFloor)
        {
            throw new DeploymentImpossibleException(
                $"The liquidity is {TokenText.Sol(wish.Lamports)} SOL; the chain keeps no account with less than {TokenText.Sol(lockFloor)} SOL."
            );
        }

        return new DeploymentPlan(
            [
                SystemProgram.Transfer(wish.Payer, vault, vaultRent),
                // A second landing fails here, on chain.
                SystemProgram.AllocateWithSeed(vault, wish.Owner, SeedOf(wish.AgentId), TokenAccount.Size, wish.TokenProgram),
                TokenProgram.InitializeAccount3(vault, wish.Mint, address, wish.TokenProgram),
                TokenProgram.TransferChecked(source, wish.Mint, vault, wish.Owner, wish.TokenAmount, wish.Decimals, wish.TokenProgram),
                SystemProgram.Transfer(wish.Payer, address, wish.Lamports),
            ],
            ComputeUnitLimit,
            RentLamports: vaultRent,
            VenueFeeLamports: 0,
            LiquidityLamports: wish.Lamports,
            [
                $"Locks {TokenText.Of(wish.TokenAmount, wish.Decimals)} {wish.Ticker} of your wallet {wish.Owner} at {address} for good.",
                $"Locks {TokenText.Sol(wish.Lamports)} SOL of {PayerText.Of(wish.Payer, wish.Owner)} beside them.",
                "This cluster has no liquidity venue: the lock stands in for one, and nothing can be traded there.",
                $"{PayerText.Subject(wish.Payer, wish.Owner)} pays the fee and the rent.",
            ]
        );
    }

    public async Task<PoolFinding> FindAsync(
        LiquidityPoolSpec wish,
        Commitment commitment,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    )
    {
        var address = AddressOf(wish);
        var vault = VaultOf(wish.AgentId, wish.Owner, wish.TokenProgram);
        var accounts = await rpc.ReadAsync(
            (client, stop) => client.GetMultipleAccountsAsync([vault, address], commitment, minContextSlot, stop),
            cancellationToken
        );
        return Judge(wish, address, accounts.Value[0], accounts.Value[1]?.Lamports ?? 0);
    }

    // 32 bytes, the most that a seed may have.
    private static string SeedOf(Guid agentId) => agentId.ToString("N");

    // More than was wanted is no deviation: anybody can send something to an address.
    private static PoolFinding Judge(LiquidityPoolSpec wish, PublicKey address, AccountInfo? vault, ulong lamports)
    {
        // One that the System Program still owns has lamports of somebody, and nothing else.
        if (vault is null || vault.Owner == SystemProgram.Id)
        {
            return new PoolFinding.Missing();
        }

        if (HeldTokens.Of(vault, wish.TokenProgram) is not { } held || held.Mint != wish.Mint || held.Owner != address)
        {
            return new PoolFinding.Different("the token vault of the lock is not what it should be");
        }

        return (held.Amount < wish.TokenAmount, lamports < wish.Lamports) switch
        {
            (true, _) => new PoolFinding.Different($"the lock holds {held.Amount} base units of the token, not {wish.TokenAmount}"),
            (_, true) => new PoolFinding.Different($"the lock holds {lamports} lamports, not {wish.Lamports}"),
            _ => new PoolFinding.AsPromised(),
        };
    }
}
