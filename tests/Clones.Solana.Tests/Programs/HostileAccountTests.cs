using Clones.Solana.Programs;
using Clones.Solana.Tests.Vectors;
using CsCheck;

namespace Clones.Solana.Tests.Programs;

public sealed class HostileAccountTests
{
    private static readonly Action<byte[]>[] Decoders =
    [
        data => MintAccount.Decode(data).Metadata(),
        data => TokenAccount.Decode(data),
        data => NonceAccount.Decode(data),
        data => LookupTableAccount.Decode(data),
        data => TokenMetadata.Decode(data),
        data => RaydiumCpmmConfigAccount.Decode(data),
        data => RaydiumCpmmPoolAccount.Decode(data),
    ];

    [Fact]
    public void Garbage_is_rejected_with_a_format_error_and_nothing_else() =>
        Gen.Byte.Array[0, 700].Sample(data => Array.ForEach(Decoders, decode => Try(decode, data)), iter: 2_000);

    [Fact]
    public void A_damaged_mint_is_rejected_with_a_format_error_or_read()
    {
        byte[][] mints = [.. VectorFile.Group("mints").Select(vector => vector.Hex("data"))];
        Gen.Select(Gen.Int[0, mints.Length - 1].Select(i => mints[i]), Gen.Int[0, 2_000], Gen.Byte)
            .Sample(
                (mint, position, value) =>
                {
                    var damaged = mint.ToArray();
                    damaged[position % damaged.Length] = value;
                    Try(Decoders[0], damaged);
                    Try(Decoders[0], damaged[..(position % damaged.Length)]);
                },
                iter: 5_000
            );
    }

    [Fact]
    public void A_token_account_is_no_mint_and_a_mint_no_token_account()
    {
        foreach (var vector in VectorFile.Group("tokenAccounts"))
        {
            Should.Throw<FormatException>(() => MintAccount.Decode(vector.Hex("data")));
        }

        foreach (var vector in VectorFile.Group("mints"))
        {
            Should.Throw<FormatException>(() => TokenAccount.Decode(vector.Hex("data")));
        }
    }

    [Fact]
    public void A_memo_with_half_a_character_is_rejected() => Should.Throw<ArgumentException>(() => MemoProgram.Write("\ud83d"));

    private static void Try(Action<byte[]> decode, byte[] data)
    {
        try
        {
            decode(data);
        }
        catch (FormatException)
        {
            // The one way to reject.
        }
    }
}
