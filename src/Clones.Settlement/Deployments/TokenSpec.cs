using Clones.Domain.Agents;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments;

/// <summary>The token that an agent was promised. The same promise builds the transaction and judges what the chain shows after it.</summary>
/// <param name="TokenProgram">SPL Token or Token-2022.</param>
/// <param name="Supply">Base units.</param>
/// <param name="MintAuthority">Who keeps the right to mint more; null where nobody has it from the transaction on that makes the token.</param>
/// <param name="FreezeAuthority">Who may freeze accounts; null for nobody, for ever.</param>
/// <param name="MetadataUri">Empty where there is none. On chain with Token-2022 only, like name and ticker.</param>
internal sealed record TokenSpec(
    PublicKey Mint,
    PublicKey TokenProgram,
    ulong Supply,
    byte Decimals,
    PublicKey? MintAuthority,
    PublicKey? FreezeAuthority,
    string Name,
    string Ticker,
    string MetadataUri
)
{
    /// <exception cref="DeploymentImpossibleException">The supply does not fit the chain.</exception>
    public static TokenSpec Of(Agent agent, PublicKey mint, string metadataUri) =>
        new(
            mint,
            ProgramOf(agent.TokenStandard),
            DeploymentAmounts.Of(agent).Supply,
            (byte)agent.Decimals,
            agent.KeepsMintAuthority ? PublicKey.Parse(agent.OwnerAddress) : null,
            agent.HasFreezeAuthority ? PublicKey.Parse(agent.OwnerAddress) : null,
            agent.Name,
            agent.Ticker,
            metadataUri
        );

    public static PublicKey ProgramOf(TokenStandard standard) =>
        standard == TokenStandard.Token2022 ? TokenProgramId2022 : Solana.Programs.TokenProgram.Id;

    public bool HasMetadata => TokenProgram == TokenProgramId2022;

    private static PublicKey TokenProgramId2022 => Solana.Programs.TokenProgram.Token2022Id;

    /// <summary>Says in what the account differs from the promise; null where it keeps it.</summary>
    /// <param name="account">Finalized. The metadata link may differ: its owner may change it at any time.</param>
    public string? Deviation(AccountInfo account)
    {
        if (account.Owner != TokenProgram)
        {
            return $"the account {Mint} belongs to {account.Owner}, not to the token program {TokenProgram}";
        }

        MintAccount mint;
        TokenMetadata? metadata;
        try
        {
            mint = MintAccount.Decode(account.Data.Span);
            metadata = mint.Metadata();
        }
        catch (FormatException)
        {
            return $"the account {Mint} is not a mint";
        }

        return mint switch
        {
            { IsInitialized: false } => "the mint is not initialized",
            _ when mint.Supply != Supply => $"the supply is {mint.Supply} base units, not {Supply}",
            _ when mint.Decimals != Decimals => $"the mint has {mint.Decimals} decimals, not {Decimals}",
            { MintAuthority: { } authority } when authority != MintAuthority => $"{authority} can still mint",
            { MintAuthority: null } when MintAuthority is not null =>
                $"nobody can mint any more, and {MintAuthority} was to keep that right",
            { FreezeAuthority: { } authority } when authority != FreezeAuthority => $"{authority} can freeze accounts",
            { FreezeAuthority: null } when FreezeAuthority is not null => $"nobody can freeze accounts, and {FreezeAuthority} was to",
            _ when HasMetadata && metadata is null => "the mint has no metadata",
            _ when HasMetadata && (metadata!.Name != Name || metadata.Symbol != Ticker) => "the mint bears another name or ticker",
            _ => null,
        };
    }
}
