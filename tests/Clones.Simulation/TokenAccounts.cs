using Clones.Solana.Primitives;

namespace Clones.Simulation;

/// <summary>Mints and token accounts, each with all that was ever written to it and in which block: every fork and every height has its own view.</summary>
internal sealed class TokenAccounts
{
    private readonly Dictionary<PublicKey, List<(Block Block, TokenBytes State)>> versions = [];

    public bool Knows(PublicKey address) => versions.ContainsKey(address);

    /// <summary>Null where the fork has no such account up to that height.</summary>
    public TokenBytes? At(PublicKey address, Fork fork, int height) =>
        versions.TryGetValue(address, out var written)
        && written.FindLastIndex(v => v.Block.Height <= height && fork.Holds(v.Block)) is >= 0 and var last
            ? written[last].State
            : null;

    public void Write(Block block, IReadOnlyDictionary<PublicKey, TokenBytes> changes)
    {
        foreach (var (address, state) in changes)
        {
            if (!versions.TryGetValue(address, out var written))
            {
                versions[address] = written = [];
            }
            written.Add((block, state));
        }
    }
}

/// <param name="Program">That owns the account.</param>
/// <param name="Data">Never written to: a change is another array.</param>
internal sealed record TokenBytes(PublicKey Program, byte[] Data);
