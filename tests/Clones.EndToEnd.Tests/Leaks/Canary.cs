using System.Security.Cryptography;
using System.Text;
using Clones.Custody;
using Clones.Domain.Keys;
using Clones.Solana.Primitives;
using Microsoft.Extensions.Configuration;

namespace Clones.EndToEnd.Tests.Leaks;

/// <summary>A wallet whose private key the test knows, and looks for everywhere.</summary>
internal sealed class Canary
{
    public Canary(string name)
    {
        Name = name;
        using var account = Account.Generate();
        account.CopySecretKeyTo(SecretKey);
        Address = account.PublicKey;
    }

    public string Name { get; }

    /// <summary>Of the wallet it is stored for, which is that of the key but for one.</summary>
    public PublicKey Address { get; init; }
    public byte[] SecretKey { get; } = new byte[Account.SecretKeyLength];
    public Guid PoolId { get; init; } = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
    public Guid WalletId { get; } = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    /// <summary>As the old system stored it at first.</summary>
    public string Bare => Convert.ToBase64String(SecretKey);

    public IEnumerable<Needle> Needles => KeyNeedles.Of(Name, SecretKey);

    /// <summary>As the old system encrypted it under version 1.</summary>
    public string Old(IConfiguration keyEncryption)
    {
        using var ring = KeyRing.Load(keyEncryption);
        using var cipher = ring.Cipher(1);
        var (iv, tag, plaintext) = (RandomNumberGenerator.GetBytes(12), new byte[16], Encoding.ASCII.GetBytes(Bare));
        var ciphertext = new byte[plaintext.Length];
        cipher.Encrypt(iv, plaintext, ciphertext, tag);
        return $"v1:{Convert.ToHexStringLower(iv)}:{Convert.ToHexStringLower(tag)}:{Convert.ToHexStringLower(ciphertext)}";
    }

    /// <summary>As we store it, bound to this wallet.</summary>
    public string Own(IConfiguration keyEncryption)
    {
        using var ring = KeyRing.Load(keyEncryption);
        return SecretKeyCodec.Seal(SecretKey, KeyBinding.OfWallet(WalletId, Address.ToString()), ring);
    }
}
