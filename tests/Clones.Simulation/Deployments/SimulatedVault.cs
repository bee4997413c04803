using Clones.Custody;
using Clones.Domain.Keys;
using Clones.Domain.Wallets;
using Clones.Simulation.Store;
using Clones.Solana.Primitives;

namespace Clones.Simulation;

/// <summary>
/// In the place of the key vault, which has tests of its own. Each key is stored as it is, and each opening is noted in the commit of what it was
/// opened for, as the real one does.
/// </summary>
internal sealed class SimulatedVault(SimulatedHost host, SimulatedWork work, TimeProvider time) : IDeploymentKeys
{
    public async Task<Account> OpenAsync(Guid walletId, Guid transactionId, CancellationToken cancellationToken)
    {
        using (host.World.OpenKey(walletId)) { }
        var opened = await OpenAsync(WalletKeyEvent.Deposit, walletId, transactionId, host.World.Seeds[walletId]);
        if (host.World.SeededBug.OpensKeysTwice)
        {
            Note(WalletKeyEvent.Deposit, walletId, transactionId);
        }
        return opened;
    }

    public Task<IReadOnlySet<Guid>> ToBeLeftAsync(IReadOnlyCollection<Guid> walletIds, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlySet<Guid>>(new HashSet<Guid>());

    public async Task<Account> OpenMintKeyAsync(Guid agentId, Guid transactionId, CancellationToken cancellationToken)
    {
        var key = await work.AskAsync(() => work.Rows.All<EncryptedMintKey>().Single(k => k.AgentId == agentId));
        return await OpenAsync(WalletKeyEvent.Mint, agentId, transactionId, Convert.FromBase64String(key.EncryptedPrivateKey));
    }

    public async Task<EncryptedMintKey> CreateMintKeyAsync(Guid agentId, CancellationToken cancellationToken)
    {
        await host.Process.DelayAsync(1);
        var seed = host.World.RandomSource.Bytes(Account.SeedLength);
        using var account = Account.FromSeed(seed);
        return new EncryptedMintKey
        {
            AgentId = agentId,
            Mint = account.PublicKey.ToString(),
            EncryptedPrivateKey = Convert.ToBase64String(seed),
            CreatedAt = time.GetUtcNow(),
        };
    }

    private async Task<Account> OpenAsync(string purpose, Guid id, Guid transactionId, byte[] seed)
    {
        await host.Process.DelayAsync(host.World.RandomSource.Between(1, 5));
        Note(purpose, id, transactionId);
        return Account.FromSeed(seed);
    }

    private void Note(string purpose, Guid id, Guid transactionId) =>
        work.Rows.Add(
            new WalletKeyEvent
            {
                OccurredAt = time.GetUtcNow(),
                Purpose = purpose,
                KeyId = id,
                Kind = KeyEventKind.Opened,
                TransactionId = transactionId,
            }
        );
}
