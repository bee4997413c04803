using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Clones.Custody;
using Clones.Custody.Audit;
using Clones.Custody.Import;
using Clones.Custody.Transit;
using Clones.Domain.Keys;
using Clones.Hosting;
using Clones.Hosting.Bus;
using Clones.Hosting.Logging;
using Clones.Messaging;

namespace Clones.Workers.Commands.Keys;

/// <summary><c>dotnet Clones.Workers.dll keys ..</c>: what operators do with the stored keys. Exit codes: 0 all is well, 1 something is not, 2 wrong usage, 78 settings.</summary>
internal static class KeysCommand
{
    public const int Well = 0;
    public const int NotWell = 1;
    public const int WrongUsage = HostCommandLine.WrongUsage;

    public static Command Create() =>
        new("keys", "stored keys of deposit wallets and mints, and the master keys they are under")
        {
            Status(),
            Sweep(),
            Retire(),
            Import(),
            Audit(),
        };

    private static Command Status()
    {
        var command = new Command("status", "stored keys and encryptions by master key, failures, and the sweep that runs");
        command.SetAction(
            (parsed, cancellation) =>
                WithAsync(
                    parsed,
                    withMasterKeys: null,
                    services => services.GetRequiredService<KeysStatus>().WriteAsync(OutputOf(parsed), cancellation)
                )
        );
        return command;
    }

    private static Command Sweep()
    {
        var rate = new Option<int>("--rate")
        {
            Description = "at most so many keys a second, 1 to 100000",
            DefaultValueFactory = _ => Domain.Keys.KeySweep.KeysPerSecondDefault,
        };
        rate.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 100_000)
            {
                result.AddError("--rate must be from 1 to 100000 keys a second.");
            }
        });
        var command = new Command(
            "sweep",
            "asks the workers to encrypt anew whatever is not under the current master key, and watches them"
        )
        {
            rate,
        };
        command.SetAction(
            (parsed, cancellation) =>
                WithAsync(
                    parsed,
                    withMasterKeys: false,
                    services => services.GetRequiredService<SweepWatch>().RunAsync(parsed.GetValue(rate), OutputOf(parsed), cancellation)
                )
        );
        return command;
    }

    private static Command Retire()
    {
        var masterKey = new Argument<string>("KEY") { Description = "plaintext, v1, v2, .. or transit-v1, .." };
        masterKey.Validators.Add(result =>
        {
            if (!MasterKeyName.IsOne(result.GetValueOrDefault<string>()))
            {
                result.AddError("The key to retire must be plaintext, v1, v2, .. or transit-v1, ..");
            }
        });
        var oldest = new Option<DateTimeOffset?>("--oldest-restore-point")
        {
            Description = "time of the oldest backup that would ever be restored, as 2026-11-25T12:00:00Z",
            CustomParser = result =>
            {
                const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
                if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, Styles, out var time))
                {
                    return time;
                }
                result.AddError("--oldest-restore-point must be a time, as 2026-11-25T12:00:00Z.");
                return null;
            },
        };
        var none = new Option<bool>("--no-restore-points") { Description = "no backup of this database will ever be restored" };
        var command = new Command("retire", "says whether a master key is needed no more, and notes it") { masterKey, oldest, none };
        command.Validators.Add(result =>
        {
            if (result.GetValue(none) == (result.GetResult(oldest) is not null))
            {
                result.AddError(
                    "Name the oldest backup that you would still restore with --oldest-restore-point TIME, or say --no-restore-points."
                );
            }
        });
        command.SetAction(
            (parsed, cancellation) =>
                WithAsync(
                    parsed,
                    withMasterKeys: true,
                    services =>
                        services
                            .GetRequiredService<Retirement>()
                            .RunAsync(parsed.GetRequiredValue(masterKey), parsed.GetValue(oldest), OutputOf(parsed), cancellation)
                )
        );
        return command;
    }

    private static Command Import()
    {
        var file = new Argument<string>("FILE") { Description = "JSON lines of mongoexport; - reads standard input" };
        var dry = new Option<bool>("--dry-run") { Description = "reads, opens and checks everything, and writes nothing" };
        var command = new Command("import", "takes over training pools and their keys from the old system") { file, dry };
        command.SetAction(
            (parsed, cancellation) =>
                WithAsync(
                    parsed,
                    withMasterKeys: true,
                    async services =>
                    {
                        var path = parsed.GetRequiredValue(file);
                        try
                        {
                            await using Stream stream = path == "-" ? Console.OpenStandardInput() : KeysImport.Open(path);
                            return await services
                                .GetRequiredService<KeysImport>()
                                .RunAsync(stream, parsed.GetValue(dry), OutputOf(parsed), cancellation);
                        }
                        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                        {
                            await parsed.InvocationConfiguration.Error.WriteLineAsync($"{path} cannot be read: {e.Message}");
                            return WrongUsage;
                        }
                    }
                )
        );
        return command;
    }

    private static Command Audit()
    {
        var expect = new Option<KeyLogAnchor?>("--expect")
        {
            Description = "a head that an earlier audit printed, SEQUENCE:HASH: it must still be in the log",
            CustomParser = result =>
            {
                if (KeyLogAnchor.Parse(result.Tokens[0].Value) is { } anchor)
                {
                    return anchor;
                }
                result.AddError("--expect must be SEQUENCE:HASH as an audit printed it.");
                return null;
            },
        };
        var open = new Option<bool>("--open")
        {
            Description = "opens every stored key as well, where the master keys are, and names each that does not open",
        };
        var command = new Command(
            "audit",
            "verifies the log of the keys: its chain, openings against signatures, stored keys against the log"
        )
        {
            expect,
            open,
        };
        command.SetAction(
            (parsed, cancellation) =>
                WithAsync(
                    parsed,
                    withMasterKeys: parsed.GetValue(open),
                    services => AuditAsync(services, parsed.GetValue(expect), parsed.GetValue(open), OutputOf(parsed), cancellation)
                )
        );
        return command;
    }

    /// <returns>The exit code.</returns>
    internal static async Task<int> AuditAsync(
        IServiceProvider services,
        KeyLogAnchor? expected,
        bool opens,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        var openings = opens ? await services.GetRequiredService<StoredKeyOpening>().RunAsync(cancellationToken) : null;
        // After it, so that the head covers what the openings have added.
        var (head, findings) = await services.GetRequiredService<KeyAudit>().RunAsync(expected, cancellationToken);
        foreach (var finding in findings.Concat(openings?.Findings ?? []))
        {
            await output.WriteLineAsync(finding.ToString());
        }
        await output.WriteLineAsync(
            openings is null
                ? "the stored keys were not opened: --open, where the master keys are"
                : $"{openings.Opened} stored keys were opened, {openings.Failed} of them do not open"
        );
        var count = findings.Count + (openings?.Failed ?? 0);
        await output.WriteLineAsync($"{head.Sequence} rows, {count} findings");
        await output.WriteLineAsync($"head: {head}");
        return count == 0 ? Well : NotWell;
    }

    private static TextWriter OutputOf(ParseResult parsed) => parsed.InvocationConfiguration.Output;

    /// <param name="parsed">Has where to write.</param>
    /// <param name="withMasterKeys">Null: where there are any, and whether or not they answer.</param>
    /// <param name="act">Gives the exit code.</param>
    private static async Task<int> WithAsync(ParseResult parsed, bool? withMasterKeys, Func<IServiceProvider, Task<int>> act)
    {
        var builder = Host.CreateApplicationBuilder();
        // Standard output is for the report; what goes wrong belongs on the other one.
        builder.Logging.ClearProviders();
        builder.Services.AddHostLogging(builder.Configuration);
        AddServices(builder.Services, builder.Configuration, withMasterKeys ?? builder.Configuration.HasKeys());
        var errors = parsed.InvocationConfiguration.Error;
        // Never started: nothing is consumed here; messages are stored with the rows, and a worker sends them.
        using var host = builder.Build();
        await using var scope = host.Services.CreateAsyncScope();
        try
        {
            if (scope.ServiceProvider.GetService<TransitKeys>() is { } transit)
            {
                await AskAsync(transit, withMasterKeys is null ? errors : null);
            }
            return await act(scope.ServiceProvider);
        }
        catch (TransitUnavailableException e)
        {
            await errors.WriteLineAsync($"Vault does not serve: {e.Message}");
            return NotWell;
        }
        catch (MasterKeyAwayException e)
        {
            await errors.WriteLineAsync($"Vault does not serve: {e.Reason}");
            return NotWell;
        }
        // Whatever the server says: away, or not letting these settings in.
        catch (Exception e) when (e is DbException || PostgresErrors.IsTransient(e))
        {
            await errors.WriteLineAsync($"The database does not answer: {e.Message}");
            return NotWell;
        }
    }

    private static async Task AskAsync(TransitKeys transit, TextWriter? awayAllowed)
    {
        try
        {
            await transit.AskAsync(thoroughly: true, CancellationToken.None);
        }
        catch (TransitUnavailableException e) when (awayAllowed is not null)
        {
            await awayAllowed.WriteLineAsync($"Vault does not serve: {e.Message}");
        }
    }

    internal static void AddServices(IServiceCollection services, IConfiguration configuration, bool withMasterKeys)
    {
        services.AddClonesStore(configuration).AddClonesBus(configuration);
        services.AddScoped<KeyInventory>().AddScoped<KeysStatus>().AddScoped<SweepWatch>().AddScoped<KeyAudit>();
        if (withMasterKeys)
        {
            services.AddKeys(configuration);
            services.AddSingleton(_ => KeysRegistration.ReadVersions(configuration));
            services.AddScoped<StoredKeyOpening>();
            services.AddScoped<Retirement>().AddScoped<KeysImport>().AddScoped<IImportedKeys>(s => s.GetRequiredService<DepositKeyVault>());
        }
    }
}
