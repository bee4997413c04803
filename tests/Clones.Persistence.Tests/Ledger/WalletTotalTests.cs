using System.Numerics;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Tests.Ledger;

/// <summary>The totals of wallets against the movements and reservations that they add up.</summary>
public sealed class WalletTotalTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Guid Wallet = Guid.NewGuid();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_total_follows_its_movements_as_they_are_added_changed_and_removed()
    {
        await using var db = await MigratedAsync();

        await MoveAsync(db, "a", null, 1_000);
        await MoveAsync(db, "b", null, -5);
        await MoveAsync(db, "b", null, -5);
        await MoveAsync(db, "c", "mint", 7);
        await TotalsAsync(db).ShouldBeAsync((995, 7));

        await db.Database.ExecuteSqlAsync($"UPDATE wallet_movements SET delta = 0 WHERE signature = 'c'", Cancellation);
        await TotalsAsync(db).ShouldBeAsync((995, 0));

        await db.Database.ExecuteSqlAsync($"DELETE FROM wallet_movements WHERE signature = 'a'", Cancellation);
        await TotalsAsync(db).ShouldBeAsync((-5, 0));
    }

    [Fact]
    public async Task A_movement_that_is_rolled_back_leaves_the_total_as_it_was()
    {
        await using var db = await MigratedAsync();
        await MoveAsync(db, "a", "mint", 7);

        await using (var commit = await db.Database.BeginTransactionAsync(Cancellation))
        {
            await MoveAsync(db, "b", "mint", 7);
            await commit.RollbackAsync(Cancellation);
        }

        await TotalsAsync(db).ShouldBeAsync((0, 7));
    }

    [Fact]
    public async Task What_is_reserved_follows_reservations_as_they_are_made_changed_given_back_and_opened_again()
    {
        await using var db = await MigratedAsync();
        var (first, second) = (await ReserveAsync(db, null, 1_000), await ReserveAsync(db, "mint", 7));
        await ReserveAsync(db, null, 5);
        (await ReservedAsync()).ShouldBe((1_005, 7));

        await db.Database.ExecuteSqlAsync($"UPDATE wallet_reservations SET amount = 900 WHERE id = {first}", Cancellation);
        (await ReservedAsync()).ShouldBe((905, 7));

        await db.Database.ExecuteSqlAsync(
            $"UPDATE wallet_reservations SET released_at = now() WHERE id IN ({first}, {second})",
            Cancellation
        );
        (await ReservedAsync()).ShouldBe((5, 0));

        await db.Database.ExecuteSqlAsync($"UPDATE wallet_reservations SET amount = 1 WHERE id = {second}", Cancellation);
        (await ReservedAsync()).ShouldBe((5, 0), "what was given back counts no more");

        await db.Database.ExecuteSqlAsync($"UPDATE wallet_reservations SET released_at = NULL WHERE id = {second}", Cancellation);
        (await ReservedAsync()).ShouldBe((5, 1));

        await db.Database.ExecuteSqlAsync($"DELETE FROM wallet_reservations", Cancellation);
        (await ReservedAsync()).ShouldBe((0, 0));

        async Task<(BigInteger Lamports, BigInteger Tokens)> ReservedAsync()
        {
            var totals = await db.ReservedTotals.AsNoTracking().Where(t => t.WalletId == Wallet).ToListAsync(Cancellation);
            return (totals.Single(t => t.Mint.Length == 0).Total, totals.Single(t => t.Mint == "mint").Total);
        }
    }

    private static async Task<Guid> ReserveAsync(ClonesDbContext db, string? mint, int amount)
    {
        var id = Guid.NewGuid();
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO transactions (id, kind, status, wallet_id, accepted_slot, attempt_number, preparation_failures, wake_ups, created_at)
                VALUES ({id}, 'PAYMENT', 'ACCEPTED', {Wallet}, 0, 0, 0, 0, now());
            INSERT INTO wallet_reservations (id, wallet_id, transaction_id, mint, amount, created_at)
                VALUES ({id}, {Wallet}, {id}, {mint}, {amount}, now());
            """,
            Cancellation
        );
        return id;
    }

    private static async Task<(BigInteger Lamports, BigInteger Tokens)> TotalsAsync(ClonesDbContext db)
    {
        var totals = await db.WalletTotals.AsNoTracking().Where(t => t.WalletId == Wallet).ToDictionaryAsync(t => t.Mint, Cancellation);
        return (totals.GetValueOrDefault("")?.Total ?? 0, totals.GetValueOrDefault("mint")?.Total ?? 0);
    }

    // As the ledger writes it: the same movement a second time is none.
    private static Task MoveAsync(ClonesDbContext db, string signature, string? mint, int delta) =>
        db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO wallet_movements (wallet_id, signature, ordinal, kind, mint, delta, slot, failed, recorded_at)
                VALUES ({Wallet}, {signature}, 0, 'DEPOSIT', {mint}, {delta}, 1, false, now()) ON CONFLICT DO NOTHING
            """,
            Cancellation
        );

    private async Task<ClonesDbContext> MigratedAsync()
    {
        var db = await MigratedDatabase.OpenAsync(postgres);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO training_pools (id, owner_address, name, skills, token_symbol, price_per_demo, status, created_at, updated_at)
                VALUES ({Wallet}, 'owner', 'Pool', ARRAY[]::text[], 'SOL', 1, 'LIVE', now(), now());
            INSERT INTO deposit_wallets (id, training_pool_id, address, encrypted_private_key, settled_slot, created_at)
                VALUES ({Wallet}, {Wallet}, 'address', 'key', 0, now());
            """,
            Cancellation
        );
        return db;
    }
}

file static class TotalAssertions
{
    public static async Task ShouldBeAsync(this Task<(BigInteger, BigInteger)> totals, (BigInteger, BigInteger) expected) =>
        (await totals).ShouldBe(expected);
}
