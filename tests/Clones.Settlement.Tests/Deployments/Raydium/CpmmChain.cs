using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Tests.Deployments.Raydium;

/// <summary>Accounts as they are on a cluster at one moment, and that cluster's rent.</summary>
internal sealed class CpmmChain(IEnumerable<KeyValuePair<PublicKey, AccountInfo>> accounts, Func<int, ulong> rent)
{
    private readonly Dictionary<PublicKey, AccountInfo> accounts = new(accounts);

    public AccountInfo? this[PublicKey address] => accounts.GetValueOrDefault(address);

    public ulong Rent(int size) => rent(size);

    /// <summary>Where an account can still be made: lamports may lie there, data and another owner may not.</summary>
    public bool IsFree(PublicKey address) =>
        this[address] is null or { Data.Length: 0 } && (this[address]?.Owner ?? SystemProgram.Id) == SystemProgram.Id;

    public MintAccount? MintAt(PublicKey address) =>
        Decoded(address, data => MintAccount.Decode(data)) is { IsInitialized: true } mint ? mint : null;

    public TokenAccount? HoldingAt(PublicKey address) =>
        Decoded(address, data => TokenAccount.Decode(data)) is { State: not TokenAccountState.Uninitialized } holding ? holding : null;

    public CpmmChain With(PublicKey address, AccountInfo account) =>
        new(accounts.Where(a => a.Key != address).Append(KeyValuePair.Create(address, account)), rent);

    public CpmmChain Without(PublicKey address) => new(accounts.Where(a => a.Key != address), rent);

    private T? Decoded<T>(PublicKey address, Func<ReadOnlySpan<byte>, T> decode)
        where T : class
    {
        if (this[address] is not { } account || !TokenProgram.IsTokenProgram(account.Owner))
        {
            return null;
        }

        try
        {
            return decode(account.Data.Span);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
