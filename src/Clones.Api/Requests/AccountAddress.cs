using Clones.Solana.Primitives;

namespace Clones.Api.Requests;

/// <summary>Any address: also those that nobody holds a key of.</summary>
internal readonly record struct AccountAddress(PublicKey Key) : IField<AccountAddress, string>
{
    public static Parsed<AccountAddress> Parse(string raw) =>
        PublicKey.TryParse(raw, out var key) ? new AccountAddress(key) : new Rejection("must be a base58 address of 32 bytes");
}
