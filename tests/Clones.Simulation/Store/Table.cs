using Clones.Domain.Agents;
using Clones.Domain.Keys;
using Clones.Domain.Ledger;
using Clones.Domain.Operations;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Persistence.Agents;

namespace Clones.Simulation.Store;

/// <summary>A table of the simulated database, as a context that knows its rows by their type asks for it.</summary>
internal abstract class Table
{
    private static readonly Dictionary<Type, Table> All = new()
    {
        [typeof(ChainTransaction)] = new Of<ChainTransaction>(
            d => d.Transactions.Values,
            (d, row) => d.Transactions.Add(row.Id, row),
            row => row.Id
        ),
        [typeof(TransactionAttempt)] = new Of<TransactionAttempt>(
            d => d.Attempts.Values,
            (d, row) => d.Attempts.Add((row.TransactionId, row.Number), row),
            row => (row.TransactionId, row.Number)
        ),
        [typeof(DepositWallet)] = new Of<DepositWallet>(d => d.Wallets.Values, (d, row) => d.Wallets.Add(row.Id, row), row => row.Id),
        [typeof(WalletReservation)] = new Of<WalletReservation>(d => d.Reservations, (d, row) => d.Reservations.Add(row), row => row.Id),
        [typeof(OnChainTransaction)] = new Of<OnChainTransaction>(
            d => d.Ledger.Landings.Values,
            (d, row) => d.Ledger.Landings.Add(row.Signature, row),
            row => row.Signature
        ),
        [typeof(WalletScan)] = new Of<WalletScan>(
            d =>
                d.Ledger.ScannedSlots.Select(s => new WalletScan
                {
                    WalletId = s.Key.Wallet,
                    Address = s.Key.Address,
                    Slot = s.Value,
                    ReadAt = d.Clock,
                }),
            (d, row) => d.Ledger.ScannedSlots.Add((row.WalletId, row.Address), row.Slot),
            row => (row.WalletId, row.Address)
        ),
        [typeof(WalletComparison)] = new Of<WalletComparison>(
            d => d.Ledger.Comparisons.Values,
            (d, row) => d.Ledger.Comparisons.Add(row.WalletId, row),
            row => row.WalletId
        ),
        [typeof(Agent)] = new Of<Agent>(d => d.Deployments.Agents, (d, row) => d.Deployments.Agents.Add(row), row => row.Id),
        [typeof(AgentLifecycleInstance)] = new Of<AgentLifecycleInstance>(
            d => d.Deployments.Lifecycles,
            (d, row) => d.Deployments.Lifecycles.Add(row),
            row => row.CorrelationId
        ),
        [typeof(AgentTransition)] = new Of<AgentTransition>(
            d => d.Deployments.Transitions,
            (d, row) => d.Deployments.Transitions.Add(row),
            row => (row.AgentId, row.Sequence)
        ),
        [typeof(EncryptedMintKey)] = new Of<EncryptedMintKey>(
            d => d.Deployments.MintKeys,
            (d, row) =>
            {
                d.Deployments.MintKeys.Add(row);
                d.Transitions.MintsMade.Add((row.AgentId, row.Mint));
            },
            row => row.AgentId
        ),
        // Its key is given by the database; no row is ever looked for by it.
        [typeof(WalletKeyEvent)] = new Of<WalletKeyEvent>(
            d => d.Deployments.KeyEvents,
            (d, row) => d.Deployments.KeyEvents.Add(row),
            row => row
        ),
        [typeof(Operation)] = new Of<Operation>(
            d => d.Deployments.Operations,
            (d, row) => d.Deployments.Operations.Add(row),
            row => row.Id
        ),
    };

    /// <exception cref="NotSupportedException">The simulated database has no such table.</exception>
    public static Table For(Type row) =>
        All.GetValueOrDefault(row) ?? throw new NotSupportedException($"The simulated database has no table of {row.Name}.");

    public abstract object KeyOf(object row);

    public abstract IEnumerable<object> Rows(Database database);

    public abstract void Insert(Database database, object row);

    public abstract object Copy(object row);

    /// <summary>Writes the columns that differ between the first two into the third.</summary>
    public abstract void Write(object before, object after, object into);

    private sealed class Of<T>(Func<Database, IEnumerable<T>> rows, Action<Database, T> insert, Func<T, object> key) : Table
        where T : class
    {
        public override object KeyOf(object row) => key((T)row);

        public override IEnumerable<object> Rows(Database database) => rows(database);

        public override void Insert(Database database, object row) => insert(database, (T)row);

        public override object Copy(object row) => Row<T>.Copy((T)row);

        public override void Write(object before, object after, object into) => Row<T>.Write((T)before, (T)after, (T)into);
    }
}
