using Clones.Testing;

namespace Clones.EndToEnd.Tests.Leaks;

/// <summary>
/// Payments, failures, crashes, a rotation, a sweep and an import in a system that says all it can; then its memory is searched, and what it
/// wrote is gathered. Run once for all tests of <see cref="KeyLeakTests"/>.
/// </summary>
public sealed class LeakScenario : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Keys that do not open.</summary>
    private const int Failures = 2;
    private readonly LeakSystem system = new();

    internal Canary Plaintext { get; } = new("the plaintext wallet");
    internal Canary Old { get; } = new("the wallet of the old form");
    internal Canary Own { get; } = new("the wallet of our form");
    internal Canary Tampered { get; } = new("the wallet that was tampered with");
    internal Canary Foreign { get; } = new("the key under another address") { Address = new Canary("").Address };
    internal IReadOnlyList<Canary> Swept { get; } = [new("the swept plaintext"), new("the swept old form"), new("the swept own form")];
    internal ImportFile Import { get; } = new();

    /// <summary>What was written where, by name of the place.</summary>
    internal IReadOnlyDictionary<string, byte[]> Places { get; private set; } = null!;
    internal byte[] TablesBefore { get; private set; } = null!;
    internal MemoryFindings WorkersMemory { get; private set; } = null!;
    internal MemoryFindings ImportMemory { get; private set; } = null!;

    /// <summary>Every private key there is, those that the workers made included.</summary>
    internal IReadOnlyList<Needle> Keys { get; private set; } = null!;

    /// <summary>What master keys are derived from: it may stand in the memory of the workers, and nowhere else.</summary>
    internal IReadOnlyList<Needle> Secrets => system.Secrets;

    public const string ControlName = "the control";
    public const string MasterKeyName = "the derived master key";

    /// <summary>What is in the memory of every process that opens keys, and must be found there: a setting, and the master key itself.</summary>
    private IEnumerable<Needle> Controls =>
        [.. KeyNeedles.OfText(ControlName, system.ControlText), .. KeyNeedles.OfBytes(MasterKeyName, system.DerivedVersion2())];

    public async ValueTask InitializeAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        var cancellation = limit.Token;
        var payments = new List<Guid>();
        await system.StartAsync(cancellation);
        await PlantAsync(cancellation);
        TablesBefore = await DatabaseText.ReadAsync(system.Database);

        // Under version 1; killed while they pay.
        var workers = await system.StartWorkersAsync(system.Version1);
        await system.CreatePoolAsync(cancellation);
        await system.CompletedAsync([await system.PayAsync(Old, cancellation)], cancellation);
        payments.Add(await system.PayAsync(Own, cancellation));
        await workers.KillAsync();

        // Version 2 comes, and they die while a key is swapped and not committed.
        payments.Add(await system.PayAsync(Plaintext, cancellation));
        workers = system.Run("Clones.Workers", [], system.WithBoth("KeySwapped"));
        (await workers.WaitAsync(cancellation)).ShouldNotBe(0, workers.Output);

        workers = await system.StartWorkersAsync(system.WithBoth());
        await system.PayAsync(Tampered, cancellation);
        await system.PayAsync(Foreign, cancellation);
        await system.PrepareNothingAsync(cancellation);
        payments.Add(await system.PayAsync(Old, cancellation));
        await ImportAsync(cancellation);
        payments.Add(await system.PayAsync(Import.Pools[0], cancellation));
        payments.Add(await system.PayAsync(Import.Pools[1], cancellation));
        await system.CompletedAsync(payments, cancellation);
        await system.UntilAtRestAsync(Failures, cancellation);
        // Last, so that plaintext was in the workers' hands a moment before they are searched.
        await SweepAsync(cancellation);

        Keys = [.. await AllKeysAsync()];
        var search = new LeakSearch([.. Keys, .. Controls]);
        WorkersMemory = await system.SearchAtRestAsync(workers, search, Failures, cancellation);
        Places = await system.GatherAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await system.DisposeAsync();
        Import.Dispose();
    }

    private async Task PlantAsync(CancellationToken cancellationToken)
    {
        var version1 = LeakSystem.Configuration(system.Version1);
        var tampered = Tampered.Old(version1);
        // In the tag, so that the key has been decrypted when it is noticed.
        var tag = tampered.Split(':')[2];
        var flipped = (tag[0] == '0' ? '1' : '0') + tag[1..];
        await system.PlantAsync(
            [
                (Plaintext, Plaintext.Bare),
                (Old, Old.Old(version1)),
                (Own, Own.Own(version1)),
                (Tampered, tampered.Replace(tag, flipped, StringComparison.Ordinal)),
                (Foreign, Foreign.Old(version1)),
                (Swept[0], Swept[0].Bare),
                (Swept[1], Swept[1].Old(version1)),
                (Swept[2], Swept[2].Own(version1)),
            ],
            cancellationToken
        );
    }

    private async Task ImportAsync(CancellationToken cancellationToken)
    {
        var import = system.Run("Clones.Workers", ["keys", "import", Import.Path], system.WithBoth());
        await Import.WriteAsync(system.Owner.Address, LeakSystem.Configuration(system.Version1), cancellationToken);
        while (!import.Output.Contains(ImportFile.LastLineRead, StringComparison.Ordinal))
        {
            import.HasExited.ShouldBeFalse(import.Output);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }
        // It waits for the next line: no key is on its way.
        var search = new LeakSearch([.. Import.Keys.SelectMany(k => k.Needles), .. Controls]);
        ImportMemory = await ProcessMemory.SearchAsync(import.ProgramId!.Value, search, cancellationToken);
        Import.Close();
        await import.WaitAsync(cancellationToken);
        import.Output.ShouldContain($"{ImportFile.Good} imported");
        await system.FundAsync(Import.Pools.Take(2), cancellationToken);
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        var sweep = system.Run("Clones.Workers", ["keys", "sweep"], system.WithBoth());
        (await sweep.WaitAsync(cancellationToken)).ShouldBe(1, sweep.Output);
        sweep.Output.ShouldContain($"{Failures} did not");
    }

    private async Task<IEnumerable<Needle>> AllKeysAsync()
    {
        Canary[] planted = [Plaintext, Old, Own, Tampered, Foreign, .. Swept, .. Import.Keys];
        var made = await system.MadeKeysAsync(planted.Select(c => c.Address.ToString()).ToHashSet());
        return planted.SelectMany(c => c.Needles).Concat(made.SelectMany((key, i) => KeyNeedles.Of($"wallet {i + 1} of the workers", key)));
    }
}
