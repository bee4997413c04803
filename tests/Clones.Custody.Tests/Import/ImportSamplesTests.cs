using System.Text.Json;
using Clones.Custody.Import;
using Clones.Domain.Pools;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Clones.Custody.Tests.Import;

public sealed class ImportSamplesTests
{
    [Theory]
    [InlineData("relaxed")]
    [InlineData("canonical")]
    public async Task What_mongoexport_writes_is_imported_in_both_its_modes(string mode)
    {
        var path = Repository.PathOf("tests", "Clones.Custody.Tests", "Import", "Samples", $"pools.{mode}.jsonl");
        var documents = (await File.ReadAllLinesAsync(path)).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        await using var host = await ImportHost.StartAsync();
        var viral = documents[2].GetProperty("token").GetProperty("address").GetString()!;
        await host.ListTokenAsync("VIRAL", 6, viral);

        await using var file = KeysImport.Open(path);
        await using var db = host.Context();
        using var ring = TestKeys.Ring();
        await using var output = new StringWriter();
        var code = await new KeysImport(db, ImportVault.Of(db, ring), TimeProvider.System).RunAsync(
            file,
            false,
            output,
            TestContext.Current.CancellationToken
        );

        output
            .ToString()
            .ShouldEndWith(
                "\nFields that are not imported: __v (6), createdAt (6), demonstrations (6), funds (6), ownerEmail (6), updatedAt (6)\n"
                    + "6 imported, 0 already there, 0 rejected (6 pools)\n"
            );
        code.ShouldBe(0);
        (string Id, string Name, TrainingPoolStatus Status, string Symbol, ulong Price, int? Limit, string Skills)[] expected =
        [
            ("65f1c0ffee65f1c0ffee6501", "Browser basics", TrainingPoolStatus.NoFunds, "SOL", 10_000_000_000, null, "web|forms"),
            ("65f1c0ffee65f1c0ffee6502", "Tabellen für Anfänger ✓", TrainingPoolStatus.Paused, "SOL", 100_000_000, null, "spreadsheets"),
            ("65f1c0ffee65f1c0ffee6503", "A million", TrainingPoolStatus.NoFunds, "VIRAL", 1_000_000_000_000, null, ""),
            ("65f1c0ffee65f1c0ffee6504", "Own token", TrainingPoolStatus.NoFunds, "VIRAL", 2_500_000, null, "a|b"),
            ("65f1c0ffee65f1c0ffee6505", "A little", TrainingPoolStatus.NoFunds, "SOL", 1_000, 25, "mail"),
            ("pool-of-the-first-days", "First days", TrainingPoolStatus.NoFunds, "SOL", 3_000_000_000, null, ""),
        ];
        foreach (var (wanted, document) in expected.Zip(documents))
        {
            var pool = await host.PoolAsync(wanted.Id);
            (
                wanted.Id,
                pool.Name,
                pool.Status,
                pool.TokenSymbol,
                pool.PricePerDemo,
                pool.UploadLimit,
                string.Join('|', pool.Skills)
            ).ShouldBe(wanted);
            pool.Mint.ShouldBe(wanted.Symbol == "SOL" ? null : viral);
            pool.OwnerAddress.ShouldBe(document.GetProperty("ownerAddress").GetString());
            await host.OpenAsync(pool);
        }
        (await db.DepositWallets.CountAsync()).ShouldBe(6);
    }
}
