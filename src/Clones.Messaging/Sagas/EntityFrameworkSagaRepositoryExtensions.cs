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

    /// <summary>Instances are locked with SELECT .. FOR UPDATE under READ COMMITTED.</summary>
    void UsePostgres();
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

        public Action<ISagaRepositoryRegistrationConfigurator<TSaga>>? Register => _postgres ? _register : null;

        public void UsePostgres() => _postgres = true;

        public void ExistingDbContext<TDbContext>()
            where TDbContext : DbContext =>
            _register = services =>
            {
                services.AddMessagingSession<TDbContext>();
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
