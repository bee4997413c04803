using Clones.Domain.Agents;
using Clones.Domain.Keys;
using Clones.Domain.Operations;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Persistence.Agents;

namespace Clones.Simulation.Store;

/// <summary>A table of the simulated database, for whoever knows its rows by their type.</summary>
internal sealed class Table<T>(Func<Database, IEnumerable<T>> rows, Action<Database, T> insert)
    where T : class
{
    /// <exception cref="InvalidCastException">The simulated database has no such table.</exception>
    public static Table<T> Only { get; } = (Table<T>)Table.Of(typeof(T));

    public IEnumerable<T> Rows(Database database) => rows(database);

    public void Insert(Database database, T row) => insert(database, row);
}

internal static class Table
{
    private static readonly Dictionary<Type, object> All = new()
    {
        [typeof(ChainTransaction)] = new Table<ChainTransaction>(d => d.Transactions.Values, (d, row) => d.Transactions.Add(row.Id, row)),
        [typeof(TransactionAttempt)] = new Table<TransactionAttempt>(
            d => d.Attempts.Values,
            (d, row) => d.Attempts.Add((row.TransactionId, row.Number), row)
        ),
        [typeof(Payment)] = new Table<Payment>(d => d.Payments.Values, (d, row) => d.Payments.Add(row.Id, row)),
        [typeof(DepositWallet)] = new Table<DepositWallet>(d => d.Wallets.Values, (d, row) => d.Wallets.Add(row.Id, row)),
        [typeof(WalletReservation)] = new Table<WalletReservation>(d => d.Reservations, (d, row) => d.Reservations.Add(row)),
        [typeof(Agent)] = new Table<Agent>(d => d.Deployments.Agents, (d, row) => d.Deployments.Agents.Add(row)),
        [typeof(AgentLifecycleInstance)] = new Table<AgentLifecycleInstance>(
            d => d.Deployments.Lifecycles,
            (d, row) => d.Deployments.Lifecycles.Add(row)
        ),
        [typeof(AgentTransition)] = new Table<AgentTransition>(
            d => d.Deployments.Transitions,
            (d, row) => d.Deployments.Transitions.Add(row)
        ),
        [typeof(EncryptedMintKey)] = new Table<EncryptedMintKey>(
            d => d.Deployments.MintKeys,
            (d, row) =>
            {
                d.Deployments.MintKeys.Add(row);
                d.Transitions.MintsMade.Add((row.AgentId, row.Mint));
            }
        ),
        [typeof(WalletKeyEvent)] = new Table<WalletKeyEvent>(d => d.Deployments.KeyEvents, (d, row) => d.Deployments.KeyEvents.Add(row)),
        [typeof(AgentWakeUp)] = new Table<AgentWakeUp>(d => d.Deployments.WakeUps, (d, row) => d.Deployments.WakeUps.Add(row)),
        [typeof(Operation)] = new Table<Operation>(d => d.Deployments.Operations, (d, row) => d.Deployments.Operations.Add(row)),
    };

    public static object Of(Type row) => All[row];
}
