using Clones.Bench.Servers;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Npgsql;

namespace Clones.Bench.Payments;

/// <summary>Whether every payment was executed once: each transaction by its memo on chain, each base unit by the balances of the wallets.</summary>
internal sealed class PaymentsAudit
{
    private readonly BenchmarkSystem system;
    private readonly IReadOnlyDictionary<Guid, ulong> tokensBefore;

    private PaymentsAudit(BenchmarkSystem system, IReadOnlyDictionary<Guid, ulong> tokensBefore) =>
        (this.system, this.tokensBefore) = (system, tokensBefore);

    /// <summary>Before the first payment.</summary>
    public static async Task<PaymentsAudit> BeginAsync(BenchmarkSystem system)
    {
        var tokens = new Dictionary<Guid, ulong>();
        foreach (var pool in system.Pools)
        {
            tokens.Add(pool.WalletId, await TokensAsync(system, pool));
        }
        return new PaymentsAudit(system, tokens);
    }

    /// <returns>How many payments there are.</returns>
    /// <exception cref="InvalidOperationException">One was not executed, or more than once: a figure that is not right is not fast.</exception>
    public async Task<int> CheckAsync()
    {
        var stored = await StoredAsync();
        foreach (var pool in system.Pools)
        {
            var mine = stored.Where(p => p.WalletId == pool.WalletId).ToList();
            var onChain = await ExecutedAsync(pool);
            Require(onChain.Count == onChain.Distinct().Count(), $"{pool.Wallet.PublicKey} has executed a transaction twice");
            Require(
                onChain.ToHashSet().SetEquals(mine.Select(p => p.TransactionId)),
                $"{pool.Wallet.PublicKey} has executed {onChain.Count} transactions, not those of its {mine.Count} payments"
            );
            var paid = tokensBefore[pool.WalletId] - await TokensAsync(system, pool);
            var due = mine.Aggregate(0UL, (sum, p) => sum + p.Amount);
            Require(paid == due, $"{pool.Wallet.PublicKey} has paid {paid} base units where its payments are {due}");
        }
        return stored.Count;
    }

    private async Task<List<(Guid WalletId, Guid TransactionId, ulong Amount)>> StoredAsync()
    {
        await using var database = NpgsqlDataSource.Create(system.Servers.Postgres);
        await using var reader = await database
            .CreateCommand("SELECT wallet_id, transaction_id, amount, status FROM payments")
            .ExecuteReaderAsync();
        var stored = new List<(Guid, Guid, ulong)>();
        while (await reader.ReadAsync())
        {
            Require(reader.GetString(3) == "COMPLETED", $"a payment is {reader.GetString(3)}");
            stored.Add((reader.GetGuid(0), reader.GetGuid(1), (ulong)reader.GetDecimal(2)));
        }
        return stored;
    }

    /// <summary>The transactions of ours that the chain has executed for a wallet, each as often as it has.</summary>
    private async Task<List<Guid>> ExecutedAsync(BenchmarkPool pool)
    {
        var history =
            await new AddressHistory(system.Node, pool.Wallet.PublicKey, Commitment.Finalized).ReadWholeAsync()
            ?? throw new InvalidOperationException($"The chain does not list the history of {pool.Wallet.PublicKey} to its beginning.");
        return [.. history.Where(e => e.Err is null).Select(e => TransactionOf(e.Memo)).OfType<Guid>()];
    }

    /// <summary>"[38] transaction:attempt..", as nodes list a memo.</summary>
    private static Guid? TransactionOf(string? memo) =>
        Guid.TryParseExact(memo?[(memo.IndexOf(' ', StringComparison.Ordinal) + 1)..].Split(':')[0], "D", out var id) ? id : null;

    private static async Task<ulong> TokensAsync(BenchmarkSystem system, BenchmarkPool pool)
    {
        var account = AssociatedTokenAccountProgram.FindAddress(pool.Wallet.PublicKey, system.Mint!.Value, TokenProgram.Id);
        return (await system.Node.GetTokenAccountBalanceAsync(account)).Value.Amount;
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"Audit: {otherwise}.");
        }
    }
}
