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

    public PublicKey AddressOf(LiquidityPoolSpec spec) => LockOf(spec.AgentId);

    public static PublicKey LockOf(Guid agentId) =>
        PublicKey.FindProgramAddress(["clones local venue"u8.ToArray(), agentId.ToByteArray(bigEndian: true)], SystemProgram.Id).Address;

    /// <summary>
    /// Holds the tokens. Derived from the owner, who signs what makes it: the associated account of the lock could be made by anybody who wants
    /// to see the deployment fail.
    /// </summary>
    public static PublicKey VaultOf(Guid agentId, PublicKey owner, PublicKey tokenProgram) =>
        PublicKey.CreateWithSeed(owner, SeedOf(agentId), tokenProgram);

    public async Task<DeploymentPlan> PlanAsync(LiquidityPoolSpec spec, CancellationToken cancellationToken)
    {
        var address = AddressOf(spec);
        var vault = VaultOf(spec.AgentId, spec.Owner, spec.TokenProgram);
        var source = AssociatedTokenAccountProgram.FindAddress(spec.Owner, spec.Mint, spec.TokenProgram);
        var vaultRent = await balances.RentAsync(TokenAccount.Size, cancellationToken);
        var lockFloor = await balances.RentAsync(0, cancellationToken);
        if (spec.Lamports < lockFloor)
        {
            throw new DeploymentImpossibleException(
                $"The liquidity is {TokenText.Sol(spec.Lamports)} SOL; the chain keeps no account with less than {TokenText.Sol(lockFloor)} SOL."
            );
        }

        return new DeploymentPlan(
            [
                SystemProgram.Transfer(spec.Payer, vault, vaultRent),
                // A second execution fails here, on chain.
                SystemProgram.AllocateWithSeed(vault, spec.Owner, SeedOf(spec.AgentId), TokenAccount.Size, spec.TokenProgram),
                TokenProgram.InitializeAccount3(vault, spec.Mint, address, spec.TokenProgram),
                TokenProgram.TransferChecked(source, spec.Mint, vault, spec.Owner, spec.TokenAmount, spec.Decimals, spec.TokenProgram),
                SystemProgram.Transfer(spec.Payer, address, spec.Lamports),
            ],
            ComputeUnitLimit,
            RentLamports: vaultRent,
            VenueFeeLamports: 0,
            LiquidityLamports: spec.Lamports,
            [
                $"Locks {TokenText.Of(spec.TokenAmount, spec.Decimals)} {spec.Ticker} of your wallet {spec.Owner} at {address} for good.",
                $"Locks {TokenText.Sol(spec.Lamports)} SOL of {PayerText.Of(spec.Payer, spec.Owner)} beside them.",
                "This cluster has no liquidity venue: the lock stands in for one, and nothing can be traded there.",
                $"{PayerText.Subject(spec.Payer, spec.Owner)} pays the fee and the rent.",
            ]
        );
    }

    public async Task<PoolFinding> FindAsync(
        LiquidityPoolSpec spec,
        Commitment commitment,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    )
    {
        var address = AddressOf(spec);
        var vault = VaultOf(spec.AgentId, spec.Owner, spec.TokenProgram);
        var accounts = await rpc.ReadAsync(
            (client, stop) => client.GetMultipleAccountsAsync([vault, address], commitment, minContextSlot, stop),
            cancellationToken
        );
        return Judge(spec, address, accounts.Value[0], accounts.Value[1]?.Lamports ?? 0);
    }

    // 32 bytes, the most that a seed may have.
    private static string SeedOf(Guid agentId) => agentId.ToString("N");

    // More than was wanted is no deviation: anybody can send something to an address.
    private static PoolFinding Judge(LiquidityPoolSpec spec, PublicKey address, AccountInfo? vault, ulong lamports)
    {
        // One that the System Program still owns has lamports of somebody, and nothing else.
        if (vault is null || vault.Owner == SystemProgram.Id)
        {
            return new PoolFinding.Missing();
        }

        if (HeldTokens.Of(vault, spec.TokenProgram) is not { } held || held.Mint != spec.Mint || held.Owner != address)
        {
            return new PoolFinding.Different("the token vault of the lock is not what it should be");
        }

        return (held.Amount < spec.TokenAmount, lamports < spec.Lamports) switch
        {
            (true, _) => new PoolFinding.Different($"the lock holds {held.Amount} base units of the token, not {spec.TokenAmount}"),
            (_, true) => new PoolFinding.Different($"the lock holds {lamports} lamports, not {spec.Lamports}"),
            _ => new PoolFinding.AsPromised(),
        };
    }
}
