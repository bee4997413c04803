using System.CommandLine;
using System.Security.Cryptography;
using Clones.Domain;
using Clones.Domain.Access;
using Clones.Hosting;
using Clones.Persistence;
using Clones.Solana.Primitives;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Auth.ApiKeys;

/// <summary><c>apikey ..</c>: keys of services and operators. Exit codes: 0 done, 1 not done, 2 rejected.</summary>
internal static class ApiKeyCommand
{
    public const int Done = 0;
    public const int NotDone = 1;
    public const int Rejected = HostCommandLine.WrongUsage;

    /// <summary>Begins every key, so that one that is found somewhere is recognised.</summary>
    public const string KeyPrefix = "clones_key_";

    private const int SecretBytes = 32;
    private const int NameLengthMax = 100;

    /// <param name="configuration">Where the database is.</param>
    public static Command Create(Func<IConfiguration> configuration)
    {
        var name = new Option<string>("--name") { Description = "who gets it, 1 to 100 characters", Required = true };
        var scopes = new Option<string[]>("--scope") { Description = string.Join(", ", Scopes.All), Required = true };
        var id = new Argument<string>("ID") { Description = "as the list shows it" };
        var create = new Command("create", "makes a key and shows it, once") { name, scopes };
        var list = new Command("list", "names, scopes and ids of all keys; never the keys");
        var revoke = new Command("revoke", "no request with the key is accepted from now on") { id };
        create.SetAction(
            (parsed, _) =>
                WithAsync(
                    configuration,
                    db => CreateAsync(db, parsed.GetRequiredValue(name), parsed.GetRequiredValue(scopes), parsed.InvocationConfiguration)
                )
        );
        list.SetAction((parsed, _) => WithAsync(configuration, db => ListAsync(db, parsed.InvocationConfiguration.Output)));
        revoke.SetAction(
            (parsed, _) => WithAsync(configuration, db => RevokeAsync(db, parsed.GetRequiredValue(id), parsed.InvocationConfiguration))
        );
        return new("apikey", "API keys of services and operators") { create, list, revoke };
    }

    private static async Task<int> CreateAsync(ClonesDbContext db, string name, string[] scopes, InvocationConfiguration console)
    {
        var reason =
            PlainTextRule.Reject(name, 1, NameLengthMax, lines: false) is { } bad ? $"--name {bad}."
            : BootstrapApiKeys.IsName(name) ? "--name is kept for the keys of the environment."
            : scopes.FirstOrDefault(s => !Scopes.All.Contains(s)) is { } unknown
                ? $"--scope {unknown} is none: there are {string.Join(", ", Scopes.All)}."
            : null;
        if (reason is not null)
        {
            await console.Error.WriteLineAsync(reason);
            return Rejected;
        }

        var key = KeyPrefix + Base58.Encode(RandomNumberGenerator.GetBytes(SecretBytes));
        var row = new ApiKey
        {
            Id = Guid.CreateVersion7(),
            Name = name,
            KeyHash = ApiKeyScheme.HashOf(key),
            Scopes = [.. scopes.Distinct()],
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };
        db.ApiKeys.Add(row);
        await db.SaveChangesAsync();
        await console.Output.WriteLineAsync($"{key}");
        await console.Error.WriteLineAsync(
            $"Key {row.Id} of {name} ({string.Join(", ", row.Scopes)}). It is shown this once: only its hash is stored."
        );
        return Done;
    }

    private static async Task<int> ListAsync(ClonesDbContext db, TextWriter output)
    {
        await output.WriteLineAsync($"{"ID", -36}  {"CREATED", -20}  {"STATUS", -20}  NAME (SCOPES)");
        foreach (var key in await db.ApiKeys.AsNoTracking().OrderBy(k => k.CreatedAt).ToListAsync())
        {
            var status = key.RevokedAt is { } at ? $"revoked {at:yyyy-MM-dd}" : "valid";
            await output.WriteLineAsync(
                $"{key.Id}  {key.CreatedAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}  {status, -20}  {key.Name} ({string.Join(", ", key.Scopes)})"
            );
        }
        return Done;
    }

    private static async Task<int> RevokeAsync(ClonesDbContext db, string text, InvocationConfiguration console)
    {
        if (!Guid.TryParseExact(text, "D", out var id))
        {
            await console.Error.WriteLineAsync("ID must be a UUID, as ./clones apikey list shows it.");
            return Rejected;
        }
        var key = await db.ApiKeys.FirstOrDefaultAsync(k => k.Id == id);
        if (key is null)
        {
            await console.Error.WriteLineAsync($"There is no key {id}.");
            return NotDone;
        }
        if (BootstrapApiKeys.IsName(key.Name))
        {
            await console.Error.WriteLineAsync(
                "This key stands in the API's environment, and the next start would bring it back: change or take out its variable there."
            );
            return Rejected;
        }
        key.RevokedAt ??= TimeProvider.System.GetUtcNow();
        await db.SaveChangesAsync();
        // Until no API remembers it.
        await Task.Delay(ApiKeyReader.AgeMax);
        await console.Output.WriteLineAsync($"Key {id} of {key.Name} is revoked.");
        return Done;
    }

    private static async Task<int> WithAsync(Func<IConfiguration> configuration, Func<ClonesDbContext, Task<int>> use)
    {
        await using var services = new ServiceCollection().AddLogging().AddClonesStore(configuration()).BuildServiceProvider();
        await using var scope = services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<ClonesDbContext>());
    }
}
