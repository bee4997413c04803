using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

public enum TokenAccountState : byte
{
    Uninitialized = 0,
    Initialized = 1,
    Frozen = 2,
}

/// <summary>A holding of one mint, of SPL Token or Token-2022.</summary>
/// <param name="Amount">In base units.</param>
/// <param name="NativeRentLamports">Set for wrapped SOL: the rent that is not part of the amount.</param>
/// <param name="Extensions">Token-2022 only; empty for SPL Token.</param>
public sealed record TokenAccount(
    PublicKey Mint,
    PublicKey Owner,
    ulong Amount,
    PublicKey? Delegate,
    TokenAccountState State,
    ulong? NativeRentLamports,
    ulong DelegatedAmount,
    PublicKey? CloseAuthority,
    IReadOnlyList<TokenExtension> Extensions
)
{
    /// <summary>Bytes of an account without extensions.</summary>
    public const int Size = 165;

    /// <summary>Reads the account's data. The caller checks that a token program owns the account.</summary>
    /// <exception cref="FormatException">Not a token account.</exception>
    public static TokenAccount Decode(ReadOnlySpan<byte> data)
    {
        var reader = new WireReader(data);
        var mint = reader.ReadPublicKey();
        var owner = reader.ReadPublicKey();
        var amount = reader.ReadUInt64();
        var @delegate = TokenOption.ReadKey(ref reader);
        var state = (TokenAccountState)reader.ReadByte();
        if (state > TokenAccountState.Frozen)
        {
            throw new FormatException("A token account is in no known state.");
        }

        var native = TokenOption.ReadUInt64(ref reader);
        var delegatedAmount = reader.ReadUInt64();
        var closeAuthority = TokenOption.ReadKey(ref reader);
        var extensions = TokenExtension.ReadAll(data, Size, TokenExtension.AccountType);
        return new TokenAccount(mint, owner, amount, @delegate, state, native, delegatedAmount, closeAuthority, extensions);
    }
}
