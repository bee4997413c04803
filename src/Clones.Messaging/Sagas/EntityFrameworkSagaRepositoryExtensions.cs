using MassTransit;
using MassTransit.Configuration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Clones.Messaging.Sagas;

/// <summary>Configures where a saga is kept.</summary>
public interface IEntityFrameworkSagaRepositoryConfigurator<TSaga>
    where TSaga : class, ISaga
{
    /// <summary>The DbContext that the host registered. Sagas, consumers and activities of one message share its scoped instance.</summary>
    void ExistingDbContext<TDbContext>()
        where TDbContext : DbContext;

    /// <summary>PostgreSQL is the only database served; said here so that the registration reads like the official package's.</summary>
    void UsePostgres();

    /// <summary>
    /// Pessimistic by default: the row is locked from the read to the commit, in one database transaction that activities share.
    /// Optimistic: it is read without a lock and saved if its version is still the same, and messages that come together share reads and
    /// commits. A message that finds the version changed is tried again, under the row's lock. Activities must leave the DbContext alone, and
    /// a saga that is more than plain columns is locked all the same.
    /// </summary>
    ConcurrencyMode ConcurrencyMode { set; }
}

/// <summary>Registration, named like MassTransit's own Entity Framework package.</summary>
public static class EntityFrameworkSagaRepositoryExtensions
{
    public static ISagaRegistrationConfigurator<TSaga> EntityFrameworkRepository<TSaga>(
        this ISagaRegistrationConfigurator<TSaga> configurator,
        Action<IEntityFrameworkSagaRepositoryConfigurator<TSaga>> configure
    )
        where TSaga : class, ISaga
    {
        ArgumentNullException.ThrowIfNull(configurator);
        ArgumentNullException.ThrowIfNull(configure);
        var repository = new Configurator<TSaga>();
        configure(repository);
        return configurator.Repository(
            repository.Register
                ?? throw new ConfigurationException("The saga repository needs ExistingDbContext<TDbContext>() and UsePostgres().")
        );
    }

    /// <summary>The same repository for every saga that is registered without one.</summary>
    public static void SetEntityFrameworkSagaRepositoryProvider<TDbContext>(this IRegistrationConfigurator configurator)
        where TDbContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(configurator);
        configurator.SetSagaRepositoryProvider(new Provider<TDbContext>());
    }

    private sealed class Provider<TDbContext> : ISagaRepositoryRegistrationProvider
        where TDbContext : DbContext
    {
        public void Configure<TSaga>(ISagaRegistrationConfigurator<TSaga> configurator)
            where TSaga : class, ISaga =>
            configurator.EntityFrameworkRepository(r =>
            {
                r.ExistingDbContext<TDbContext>();
                r.UsePostgres();
            });
    }

    private sealed class Configurator<TSaga> : IEntityFrameworkSagaRepositoryConfigurator<TSaga>
        where TSaga : class, ISaga
    {
        private Action<ISagaRepositoryRegistrationConfigurator<TSaga>>? _register;
        private bool _postgres;
        private ConcurrencyMode _mode = ConcurrencyMode.Pessimistic;

        public Action<ISagaRepositoryRegistrationConfigurator<TSaga>>? Register => _postgres ? _register : null;

        public void UsePostgres() => _postgres = true;

        public ConcurrencyMode ConcurrencyMode
        {
            set =>
                _mode =
                    value is ConcurrencyMode.Pessimistic || typeof(TSaga).IsAssignableTo(typeof(ISagaVersion))
                        ? value
                        : throw new ConfigurationException($"{typeof(TSaga).Name} needs ISagaVersion for ConcurrencyMode.Optimistic.");
        }

        public void ExistingDbContext<TDbContext>()
            where TDbContext : DbContext =>
            _register = services =>
            {
                services.AddMessagingSession<TDbContext>();
                if (_mode is ConcurrencyMode.Optimistic)
                {
                    services.TryAddSingleton<SagaGroups<TSaga, TDbContext>>();
                }

                services.RegisterLoadSagaRepository<TSaga, EntityFrameworkSagaRepositoryContextFactory<TSaga, TDbContext>>();
                services.RegisterQuerySagaRepository<TSaga, EntityFrameworkSagaRepositoryContextFactory<TSaga, TDbContext>>();
                services.RegisterSagaRepository<
                    TSaga,
                    TDbContext,
                    SagaConsumeContextFactory<TSaga, TDbContext>,
                    EntityFrameworkSagaRepositoryContextFactory<TSaga, TDbContext>
                >();
            };
    }
}
