using System.Text.Json;
using Clones.Solana.Primitives;

namespace Clones.Solana.Rpc;

// Accounts and balances.
public sealed partial class SolanaRpcClient
{
    public Task<RpcValue<ulong>> GetBalanceAsync(
        PublicKey address,
        Commitment commitment = Commitment.Finalized,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    ) => CallWithSlotAsync("getBalance", AddressAnd(address, commitment, minContextSlot), RpcReaders.UInt64, cancellationToken);

    public Task<RpcValue<AccountInfo?>> GetAccountInfoAsync(
        PublicKey address,
        Commitment commitment = Commitment.Finalized,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    ) =>
        CallWithSlotAsync(
            "getAccountInfo",
            AddressAnd(address, commitment, minContextSlot, RpcConfig.Base64),
            value => RpcReaders.NullOr(value, RpcReaders.Account),
            cancellationToken
        );

    public Task<RpcValue<IReadOnlyList<AccountInfo?>>> GetMultipleAccountsAsync(
        IReadOnlyList<PublicKey> addresses,
        Commitment commitment = Commitment.Finalized,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    )
    {
        RejectMoreThan(ManyAccounts.PerRequest, addresses.Count, nameof(addresses));
        return CallWithSlotAsync(
            "getMultipleAccounts",
            json =>
            {
                WriteTexts(json, addresses);
                RpcConfig.Write(json, commitment, minContextSlot, RpcConfig.Base64);
            },
            value => OnePer(addresses.Count, RpcReaders.List(value, item => RpcReaders.NullOr(item, RpcReaders.Account))),
            cancellationToken
        );
    }

    public Task<RpcValue<IReadOnlyList<OwnedTokenAccount>>> GetTokenAccountsByOwnerAsync(
        PublicKey owner,
        PublicKey tokenProgram,
        PublicKey? mint = null,
        Commitment commitment = Commitment.Finalized,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    ) =>
        CallWithSlotAsync(
            "getTokenAccountsByOwner",
            json =>
            {
                json.WriteStringValue(owner.ToString());
                json.WriteStartObject();
                json.WriteString(mint is null ? "programId" : "mint", (mint ?? tokenProgram).ToString());
                json.WriteEndObject();
                RpcConfig.Write(json, commitment, minContextSlot, RpcConfig.Base64);
            },
            value => RpcReaders.List(value, RpcReaders.OwnedTokenAccount),
            cancellationToken
        );

    public Task<RpcValue<TokenAmount>> GetTokenAccountBalanceAsync(
        PublicKey tokenAccount,
        Commitment commitment = Commitment.Finalized,
        CancellationToken cancellationToken = default
    ) => CallWithSlotAsync("getTokenAccountBalance", AddressAnd(tokenAccount, commitment, null), RpcReaders.TokenAmount, cancellationToken);

    public Task<RpcValue<TokenAmount>> GetTokenSupplyAsync(
        PublicKey mint,
        Commitment commitment = Commitment.Finalized,
        CancellationToken cancellationToken = default
    ) => CallWithSlotAsync("getTokenSupply", AddressAnd(mint, commitment, null), RpcReaders.TokenAmount, cancellationToken);

    private static Action<Utf8JsonWriter> AddressAnd(
        PublicKey address,
        Commitment commitment,
        ulong? minContextSlot,
        Action<Utf8JsonWriter>? writeMore = null
    ) =>
        json =>
        {
            json.WriteStringValue(address.ToString());
            RpcConfig.Write(json, commitment, minContextSlot, writeMore);
        };
}
