using System.Text;
using Clones.Custody.Import;
using Clones.Domain.Keys;
using Clones.Domain.Pools;
using Clones.Domain.Wallets;
using Clones.Solana.Primitives;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Clones.Custody.Tests.Import;

public sealed class KeysImportTests : IAsyncLifetime
{
    private ImportHost host = null!;

    public async ValueTask InitializeAsync() => host = await ImportHost.StartAsync();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_pool_is_imported_with_its_wallet_and_starts_as_a_new_one_does()
    {
        var old = new OldPoolJson();
        var (code, output) = await host.ImportAsync(old.With("depositPrivateKey", $"\"{old.Sealed()}\"").Line);

        output.ShouldBe(
            $"line 1: pool {PoolId.Of(old.OldId)}, deposit wallet {old.Address}\n1 imported, 0 already there, 0 rejected (1 pool)\n"
        );
        code.ShouldBe(0);
        var pool = await host.PoolAsync(old.OldId);
        pool.Name.ShouldBe("Browser basics");
        pool.OwnerAddress.ShouldBe((string)old.Json["ownerAddress"]!);
        pool.Skills.ShouldBe(["web", "forms"]);
        (pool.TokenSymbol, pool.Mint, pool.PricePerDemo, pool.UploadLimit).ShouldBe(("SOL", null, 500_000_000ul, null));
        pool.Status.ShouldBe(TrainingPoolStatus.NoFunds);
        (await host.OpenAsync(pool)).ShouldBe(old.SecretKey);
    }

    [Fact]
    public async Task Where_our_own_keys_have_moved_to_version_2_the_old_secret_takes_the_place_of_version_1_and_imports_under_2()
    {
        const string OldSecret = "what the old system had, and we never";
        (string, string)[] version2 =
        [
            ("DEPOSIT_KEY_ENCRYPTION_SECRET_V2", $"{TestKeys.Secret} 2"),
            ("DEPOSIT_KEY_ENCRYPTION_SALT_V2", "2"),
        ];
        var old = new OldPoolJson();
        var line = old.With("depositPrivateKey", $"\"{OldSystem.Seal(old.Bare, OldSecret, "old salt")}\"").Line;
        await using var db = host.Context();
        using var before = TestKeys.Ring(version2);
        using var after = KeyRing.Load(
            TestKeys.Configuration([("DEPOSIT_KEY_ENCRYPTION_SECRET", OldSecret), ("DEPOSIT_KEY_ENCRYPTION_SALT", "old salt"), .. version2])
        );

        var rejected = await host.ImportAsync(Encoding.UTF8.GetBytes(line), keys: ImportVault.Of(db, before));
        // The vault adds to the context of the import.
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(line));
        await using var output = new StringWriter();
        var import = new KeysImport(db, ImportVault.Of(db, after), TimeProvider.System);
        var code = await import.RunAsync(file, false, output, TestContext.Current.CancellationToken);

        rejected.Code.ShouldBe(1);
        rejected.Output.ShouldContain($"the key of {old.Address} under v1-unbound cannot be used: it was changed");
        code.ShouldBe(0, output.ToString());
        var wallet = await db
            .DepositWallets.AsNoTracking()
            .Include(w => w.Key)
            .SingleAsync(cancellationToken: TestContext.Current.CancellationToken);
        var secretKey = new byte[Account.SecretKeyLength];
        Codec.Open(wallet.Key!.EncryptedPrivateKey, KeyBinding.OfWallet(wallet.Id, wallet.Address), before, secretKey).ShouldBe("v2");
        secretKey.ShouldBe(old.SecretKey);
    }

    [Fact]
    public async Task A_paused_pool_stays_paused()
    {
        var old = new OldPoolJson().With("status", "\"paused\"");
        await host.ImportAsync(old.Line);
        (await host.PoolAsync(old.OldId)).Status.ShouldBe(TrainingPoolStatus.Paused);
    }

    [Fact]
    public async Task A_second_run_changes_nothing_also_where_the_file_or_the_pool_has_changed_meanwhile()
    {
        var olds = Enumerable.Range(0, 3).Select(_ => new OldPoolJson()).ToList();
        await host.ImportAsync(olds.Select(o => o.Line));
        await using (var db = host.Context())
        {
            await db.TrainingPools.ExecuteUpdateAsync(set => set.SetProperty(p => p.Name, "Renamed since"));
        }
        var before = await host.RowsAsync();
        olds[1].With("name", "\"Another name\"").With("pricePerDemo", "17").With("_id", $"\"{olds[1].OldId.ToUpperInvariant()}\"");

        var (code, output) = await host.ImportAsync(olds.Select(o => o.Line));

        output.ShouldBe(Told(olds, "0 imported, 3 already there, 0 rejected (3 pools)"));
        code.ShouldBe(0);
        (await host.RowsAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_dry_run_opens_and_checks_everything_and_writes_nothing()
    {
        var (there, fresh) = (new OldPoolJson(), new OldPoolJson());
        await host.ImportAsync(there.Line);
        var before = await host.RowsAsync();
        var wrongKey = new OldPoolJson().With("depositPrivateKey", $"\"{new OldPoolJson().Bare}\"");
        string[] lines =
        [
            there.Line,
            fresh.Line,
            .. Enumerable.Range(0, 250).Select(_ => new OldPoolJson().Line),
            fresh.Line,
            wrongKey.Line,
        ];

        var (code, output) = await host.ImportAsync(Encoding.UTF8.GetBytes(string.Join('\n', lines)), dryRun: true);

        output.ShouldContain("line 254: depositPrivateKey: ");
        output.ShouldEndWith("Dry run, nothing was written: 251 would be imported, 2 already there, 1 rejected (254 pools)\n");
        code.ShouldBe(1);
        (await host.RowsAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Rejected_lines_hold_no_other_back_and_are_told_in_order()
    {
        var good = Enumerable.Range(0, 205).Select(_ => new OldPoolJson()).ToList();
        var lines = good.Select(o => o.Line).ToList();
        lines.Insert(0, "");
        lines.Insert(1, "no JSON");
        lines.Insert(150, new OldPoolJson().With("name", "null").Line);
        var (stranger, unknown) = (new OldPoolJson(), new OldPoolJson());
        lines.Add(stranger.With("depositPrivateKey", $"\"{new OldPoolJson().Sealed()}\"").Line);
        lines.Add(unknown.With("depositPrivateKey", "\"v9:00:00:00\"").Line);
        lines.Add("  ");
        lines.Add(new string('x', ImportLines.LineBytesMax + 1));

        var (code, output) = await host.ImportAsync(lines);

        code.ShouldBe(1);
        var told = output.Split('\n');
        told[0].ShouldBe("line 2: is not valid JSON at byte 2");
        told[1].ShouldBe("line 151: name: is missing");
        told[2]
            .ShouldBe(
                $"line 209: depositPrivateKey: the key of {stranger.Address} under v1-unbound cannot be used: it is the key of another address."
            );
        told[3].ShouldStartWith($"line 210: depositPrivateKey: the key of {unknown.Address}");
        told[4].ShouldBe("line 212: is longer than 1048576 bytes");
        told[5].ShouldStartWith("The pools with their ids and deposit addresses: GET /v1/pools");
        told[6].ShouldBe("205 imported, 0 already there, 5 rejected (210 pools)");
        await using var db = host.Context();
        (await db.TrainingPools.CountAsync(), await db.DepositWallets.CountAsync()).ShouldBe((205, 205));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_same_id_or_address_with_anything_else_is_rejected_in_one_file_and_in_two(bool inTwo)
    {
        var old = new OldPoolJson();
        var (address, owner, id) = (new OldPoolJson(), new OldPoolJson(), new OldPoolJson());
        address.With("_id", $"\"{old.OldId}\"");
        owner.With("_id", $"\"{old.OldId}\"").With("depositAddress", $"\"{old.Address}\"").With("depositPrivateKey", $"\"{old.Bare}\"");
        id.With("depositAddress", $"\"{old.Address}\"").With("depositPrivateKey", $"\"{old.Bare}\"");
        string[] others = [address.Line, owner.Line, id.Line];

        if (inTwo)
        {
            await host.ImportAsync(old.Line);
        }
        var (code, output) = await host.ImportAsync([old.Line, .. others]);

        code.ShouldBe(1);
        output
            .Split('\n')
            .ShouldBe([
                "line 2: _id: stands in line 1 already, with another deposit address",
                "line 3: _id: stands in line 1 already, with another owner",
                $"line 4: depositAddress: is the deposit wallet of another training pool, {PoolId.Of(old.OldId)}, in line 1",
                $"line 1: pool {PoolId.Of(old.OldId)}, deposit wallet {old.Address}",
                inTwo ? "0 imported, 1 already there, 3 rejected (4 pools)" : "1 imported, 0 already there, 3 rejected (4 pools)",
                "",
            ]);
    }

    [Fact]
    public async Task The_same_id_or_address_as_of_an_earlier_import_with_anything_else_is_rejected()
    {
        var old = new OldPoolJson();
        await host.ImportAsync(old.Line);
        var (address, owner) = (new OldPoolJson().With("_id", $"\"{old.OldId}\""), TestKeys.FreshAddress());
        var id = new OldPoolJson().With("depositAddress", $"\"{old.Address}\"").With("depositPrivateKey", $"\"{old.Bare}\"");

        var (code, output) = await host.ImportAsync(address.Line, old.With("ownerAddress", $"\"{owner}\"").Line, id.Line);

        code.ShouldBe(1);
        output
            .Split('\n')
            .ShouldBe([
                "line 1: depositAddress: the pool of this _id is here already, with another deposit address",
                "line 2: ownerAddress: the pool of this _id is here already, with another owner",
                $"line 3: depositAddress: is the deposit wallet of another training pool, {PoolId.Of(old.OldId)}",
                "0 imported, 0 already there, 3 rejected (3 pools)",
                "",
            ]);
    }

    [Fact]
    public async Task An_id_of_an_earlier_batch_is_told_with_the_line_it_stands_on()
    {
        var olds = Enumerable.Range(0, 150).Select(_ => new OldPoolJson()).ToList();
        olds[149].With("_id", $"\"{olds[2].OldId}\"");
        var (_, output) = await host.ImportAsync(olds.Select(o => o.Line));
        output.ShouldStartWith("line 150: _id: stands in line 3 already, with another deposit address\n");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n  \n")]
    public async Task A_file_without_a_pool_is_no_success(string file)
    {
        var (code, output) = await host.ImportAsync(Encoding.UTF8.GetBytes(file));
        code.ShouldBe(1);
        output.ShouldBe("The file holds nothing: there is no training pool in it.\n");
    }

    [Theory]
    [InlineData(20, 21)]
    [InlineData(21, 2)]
    public async Task Up_to_twenty_pools_are_told_one_by_one_and_more_only_where_to_find_them(int pools, int lines)
    {
        var file = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, pools).Select(_ => new OldPoolJson().Line)));
        var (_, output) = await host.ImportAsync(file, dryRun: true);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(lines);
    }

    [Fact]
    public void A_folder_and_a_missing_file_are_told_without_their_path()
    {
        var missing = Path.Combine(AppContext.BaseDirectory, "missing", "pools.jsonl");
        Should.Throw<IOException>(() => KeysImport.Open(AppContext.BaseDirectory)).Message.ShouldBe("it is a folder");
        Should.Throw<IOException>(() => KeysImport.Open(missing)).Message.ShouldBe("there is no such file");
    }

    [Fact]
    public async Task A_token_is_found_by_its_mint_or_else_by_its_symbol_and_must_be_listed()
    {
        var mint = await host.ListTokenAsync("DEV", 6);
        OldPoolJson Pays(string token) => new OldPoolJson().With("token", token).With("pricePerDemo", "2.5");
        var bySymbol = Pays("""{"type":"CUSTOM","symbol":"dev"}""");
        var byMint = Pays($$"""{"type":"CUSTOM","symbol":"$OldName","address":"{{mint}}"}""");
        var unlisted = Pays("""{"type":"VIRAL","symbol":"VIRAL"}""");
        var other = TestKeys.FreshAddress();
        var otherMint = Pays($$"""{"type":"CUSTOM","symbol":"DEV","address":"{{other}}"}""");

        var (_, output) = await host.ImportAsync(bySymbol.Line, byMint.Line, unlisted.Line, otherMint.Line);

        foreach (var old in (OldPoolJson[])[bySymbol, byMint])
        {
            var pool = await host.PoolAsync(old.OldId);
            (pool.TokenSymbol, pool.Mint, pool.PricePerDemo).ShouldBe(("DEV", mint, 2_500_000ul));
        }
        output.ShouldContain("line 3: token: VIRAL is not listed; list it first: PUT /v1/tokens/VIRAL\n");
        output.ShouldContain($"line 4: token: DEV is listed with another mint; list {other} under a symbol that is free");
    }

    [Fact]
    public async Task A_price_with_more_decimals_than_the_token_is_rejected_once_the_token_is_known()
    {
        await host.ListTokenAsync("DEV", 2);
        var (code, output) = await host.ImportAsync(
            new OldPoolJson()
                .With("token", """{"type":"CUSTOM","symbol":"DEV"}""")
                .With("pricePerDemo", """{"$numberDouble":"0.125"}""")
                .Line
        );
        code.ShouldBe(1);
        output.ShouldStartWith("line 1: pricePerDemo: has more decimals than the token, which has 2\n");
    }

    [Theory]
    [InlineData("\n [{\"_id\":1},", "mongoexport without --jsonArray")]
    [InlineData("{\n  \"_id\":", "mongoexport without --pretty")]
    public async Task A_file_in_another_format_is_told_so_once_and_nothing_is_imported(string file, string reason)
    {
        var (code, output) = await host.ImportAsync(Encoding.UTF8.GetBytes(file));
        code.ShouldBe(2);
        output.ShouldContain(reason);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Byte_order_mark_carriage_returns_and_a_missing_last_line_feed_are_fine()
    {
        var (first, second) = (new OldPoolJson(), new OldPoolJson());
        byte[] file = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes($"{first.Line}\r\n\r\n{second.Line}")];
        var (code, output) = await host.ImportAsync(file);
        code.ShouldBe(0);
        output.ShouldEndWith("2 imported, 0 already there, 0 rejected (2 pools)\n");
    }

    [Fact]
    public async Task Fields_without_a_use_are_named_once_with_their_count()
    {
        OldPoolJson Pool() => new OldPoolJson().With("__v", "0").With("token", """{"type":"SOL","decimals":9}""");
        var (_, output) = await host.ImportAsync(Pool().Line, Pool().With("ownerEmail", "\"a@b.c\"").Line);
        output.ShouldContain("\nFields that are not imported: __v (2), token.decimals (2), ownerEmail (1)\n");
    }

    [Fact]
    public async Task Fields_without_a_use_are_counted_on_rejected_lines_too_also_behind_the_rejected_field()
    {
        var rejected = new OldPoolJson().With("status", "{\"of\":[1]}").With("__v", "0").With("name", "17");
        var (_, output) = await host.ImportAsync(new OldPoolJson().With("__v", "0").Line, rejected.Line);
        output.ShouldStartWith("line 2: status: must be a text\n");
        output.ShouldContain("\nFields that are not imported: __v (2)\n");
    }

    [Fact]
    public async Task A_failure_of_the_vault_stops_it_and_what_was_committed_stays_for_the_next_run()
    {
        var olds = Enumerable.Range(0, 150).Select(_ => new OldPoolJson()).ToList();
        var file = Encoding.UTF8.GetBytes(string.Join('\n', olds.Select(o => o.Line)));
        await using var db = host.Context();
        using var ring = TestKeys.Ring();
        using var stream = new MemoryStream(file);
        await using var output = new StringWriter();
        var import = new KeysImport(db, new FailingKeys(ImportVault.Of(db, ring), failAt: 120), TimeProvider.System);

        await Should.ThrowAsync<HttpRequestException>(() => import.RunAsync(stream, false, output, CancellationToken.None));

        output.ToString().ShouldContain("100 imported, 0 already there, 0 rejected (100 pools). It may be run again.");
        var (code, again) = await host.ImportAsync(file);
        code.ShouldBe(0);
        again.ShouldEndWith("50 imported, 100 already there, 0 rejected (150 pools)\n");
    }

    [Fact]
    public async Task Two_imports_at_once_import_every_pool_once()
    {
        var file = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 300).Select(_ => new OldPoolJson().Line)));
        var both = await Task.WhenAll(host.ImportAsync(file), host.ImportAsync(file));
        both.ShouldAllBe(run => run.Code == 0);
        await using var db = host.Context();
        (await db.TrainingPools.CountAsync(), await db.DepositWallets.CountAsync()).ShouldBe((300, 300));
    }

    [Fact]
    public async Task Where_nobody_looks_on_a_line_tells_the_progress_every_few_seconds()
    {
        var time = new FakeTimeProvider();
        var lines = Enumerable.Range(0, 300).Select(_ => new OldPoolJson().Line);
        await using var db = host.Context();
        using var ring = TestKeys.Ring();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        await using var output = new StringWriter();
        var keys = ImportVault.Of(db, ring);
        var import = new KeysImport(db, new SlowKeys(keys, time), time);

        await import.RunAsync(stream, true, output, TestContext.Current.CancellationToken);

        // 40 ms a key: 4 s a batch, so that every second one is told.
        output
            .ToString()
            .Split('\n')
            .Count(l => l.EndsWith("imported, 0 already there, 0 rejected", StringComparison.Ordinal))
            .ShouldBe(1);
        output.ToString().ShouldContain("% read: 200 imported");
    }

    private static string Told(IReadOnlyList<OldPoolJson> olds, string summary) =>
        string.Concat(olds.Select((o, i) => $"line {i + 1}: pool {PoolId.Of(o.OldId)}, deposit wallet {o.Address}\n")) + $"{summary}\n";

    private sealed class FailingKeys(IImportedKeys inner, int failAt) : IImportedKeys
    {
        private int calls;

        public ValueTask<DepositWallet> TakeOverAsync(
            Guid pool,
            Guid wallet,
            PublicKey address,
            ReadOnlyMemory<byte> stored,
            CancellationToken ct
        ) =>
            ++calls == failAt
                ? throw new HttpRequestException("The key service is away.")
                : inner.TakeOverAsync(pool, wallet, address, stored, ct);
    }

    private sealed class SlowKeys(IImportedKeys inner, FakeTimeProvider time) : IImportedKeys
    {
        public ValueTask<DepositWallet> TakeOverAsync(
            Guid pool,
            Guid wallet,
            PublicKey address,
            ReadOnlyMemory<byte> stored,
            CancellationToken ct
        )
        {
            time.Advance(TimeSpan.FromMilliseconds(40));
            return inner.TakeOverAsync(pool, wallet, address, stored, ct);
        }
    }
}
