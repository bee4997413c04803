using System.Text;

namespace Clones.Domain.Keys;

/// <summary>Whose key a ciphertext holds. It goes in as associated data, so that a ciphertext moved to another row does not open.</summary>
/// <param name="Purpose"><c>deposit</c> or <c>mint</c>.</param>
/// <param name="Id">Of the wallet, or of the agent whose mint it is.</param>
/// <param name="Address">Public key, base58.</param>
public sealed record KeyBinding(string Purpose, Guid Id, string Address)
{
    public static KeyBinding OfWallet(Guid walletId, string address) => new("deposit", walletId, address);

    public static KeyBinding OfMint(Guid agentId, string mint) => new("mint", agentId, mint);

    /// <summary>No field can hold a line feed, so no two bindings give the same bytes.</summary>
    public byte[] AssociatedData(int version) => Encoding.UTF8.GetBytes($"clones-key\n{Purpose}\n{Id:D}\n{Address}\n{version}");

    /// <summary>Without a version: Vault's own is part of the wrapped data key, and a rotation there must not make it another key's.</summary>
    public byte[] AssociatedDataOfTransit() => Encoding.UTF8.GetBytes($"clones-key\n{Purpose}\n{Id:D}\n{Address}\ntransit");

    public override string ToString() => $"{Purpose} key {Id:D} ({Address})";
}
