using Clones.Custody;
using Clones.Domain.Keys;
using Clones.Domain.Wallets;
using Clones.Persistence;
using Clones.Persistence.Keys;
using Clones.Simulation.Context;
using Clones.Solana.Primitives;
using Microsoft.EntityFrameworkCore;

namespace Clones.Simulation;

/// <summary>
/// In the place of the key vault, which has tests of its own. Each key is stored as it is, and each opening is noted in the commit of what it was
/// opened for, as the real one does.
/// </summary>
internal sealed class SimulatedVault(ClonesDbContext db, SimulatedContext seat, TimeProvider time) : IDeploymentKeys
{
    public async Task<Account> OpenAsync(Guid walletId, Guid transactionId, CancellationToken cancellationToken)
    {
        using (seat.Host.World.OpenKey(walletId)) { }
        var opened = await OpenAsync(WalletKeyEvent.Deposit, walletId, transactionId, seat.Host.World.Seeds[walletId]);
        if (seat.Host.World.SeededBug.OpensKeysTwice)
        {
            Note(WalletKeyEvent.Deposit, walletId, transactionId);
        }
        return opened;
    }

    public Task<bool> IsToBeLeftAsync(Guid walletId, CancellationToken cancellationToken) => Task.FromResult(false);

    public async Task<Account> OpenMintKeyAsync(Guid agentId, Guid transactionId, CancellationToken cancellationToken)
    {
        var key = await db.MintKeys.AsNoTracking().SingleAsync(k => k.AgentId == agentId, cancellationToken);
        return await OpenAsync(WalletKeyEvent.Mint, agentId, transactionId, Convert.FromBase64String(key.EncryptedPrivateKey));
    }

    public async Task<EncryptedMintKey> CreateMintKeyAsync(Guid agentId, CancellationToken cancellationToken)
    {
        await seat.Host.Process.DelayAsync(1);
        var seed = seat.Host.World.RandomSource.Bytes(Account.SeedLength);
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
        await seat.Host.Process.DelayAsync(seat.Host.World.RandomSource.Between(1, 5));
        Note(purpose, id, transactionId);
        return Account.FromSeed(seed);
    }

    private void Note(string purpose, Guid id, Guid transactionId) =>
        db.KeyEvents.Add(
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
