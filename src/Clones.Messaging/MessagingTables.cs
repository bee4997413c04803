using System.Collections.Concurrent;
using Clones.Messaging.Inbox;
using Clones.Messaging.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace Clones.Messaging;

/// <summary>Delimited names of the messaging tables in one model.</summary>
internal sealed record MessagingTables(string Inbox, string Watermark, string Outbox)
{
    private static readonly ConcurrentDictionary<IModel, MessagingTables> Cache = new();

    public static MessagingTables Of(DbContext dbContext) => Cache.GetOrAdd(dbContext.Model, static (_, db) => Read(db), dbContext);

    private static MessagingTables Read(DbContext dbContext)
    {
        var sql = dbContext.GetService<ISqlGenerationHelper>();
        return new(Name(typeof(InboxState)), Name(typeof(InboxWatermark)), Name(typeof(OutboxMessage)));

        string Name(Type type)
        {
            var entity =
                dbContext.Model.FindEntityType(type)
                ?? throw new InvalidOperationException(
                    $"{dbContext.GetType().Name} does not map {type.Name}: call modelBuilder.AddTransactionalOutboxEntities()."
                );
            return sql.DelimitIdentifier(entity.GetTableName()!, entity.GetSchema());
        }
    }
}
