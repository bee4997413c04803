using Clones.Solana.Primitives;

namespace Clones.Api.Requests;

/// <summary>An address that somebody can hold the key of: canonical and on the curve.</summary>
internal readonly record struct WalletAddress : IField<WalletAddress, string>
{
    private WalletAddress(PublicKey key) => Key = key;

    public PublicKey Key { get; }

    public static Parsed<WalletAddress> Parse(string raw)
    {
        if (!PublicKey.TryParse(raw, out var key))
        {
            return new Rejection("must be a base58 address of 32 bytes");
        }

        if (!key.IsWallet())
        {
            return new Rejection("must be the address of a wallet; this one belongs to no key (off the curve, or a program)");
        }

        return new WalletAddress(key);
    }

    public override string ToString() => Key.ToString();
}
