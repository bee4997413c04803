using Clones.Contracts.Agents;
using Clones.Domain;
using Clones.Domain.Agents;
using Clones.Domain.Keys;
using Clones.Domain.Transactions;
using Clones.Persistence.Agents;
using Clones.Settlement.Deployments.Venues;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;

namespace Clones.Simulation;

/// <summary>What must hold of every agent at the end of a history, read off the chain itself.</summary>
internal static class DeploymentAudit
{
    /// <summary>More transactions of one kind than any history makes for an agent.</summary>
    private const int OrdinalsMax = 200;

    public static IEnumerable<string> Of(World world, IReadOnlyList<Execution> finals) =>
        world.Owners.SelectMany(owner => OfAgent(world, owner, finals)).Concat(OfOpenings(world));

    private static IEnumerable<string> OfAgent(World world, Owner owner, IReadOnlyList<Execution> finals)
    {
        var agentId = owner.AgentId;
        var tables = world.Database.Deployments;
        var life = tables.LifecycleOf(agentId);
        var status = UpperSnakeCase.From(life.CurrentState);
        foreach (var kind in new[] { TransactionKind.TokenCreation, TransactionKind.PoolCreation })
        {
            var landed = Landed(agentId, kind, finals);
            if (landed > 1)
            {
                yield return $"agent {agentId} has {landed} of {kind} on chain";
            }
        }
        var mints = world.Database.Transitions.MintsMade.Where(m => m.AgentId == agentId).ToList();
        if (mints.Count > 1 + world.Database.Restores)
        {
            yield return $"agent {agentId} had {mints.Count} mint keys made";
        }

        var onChain = mints.Where(m => IsThere(world, PublicKey.Parse(m.Mint))).Select(m => m.Mint).ToList();
        if (onChain.Count > 1)
        {
            yield return $"agent {agentId} has {onChain.Count} tokens on chain";
        }
        var mint = onChain.FirstOrDefault();
        var hasPool = mint is not null && IsThere(world, VaultOf(world, owner, mint));
        foreach (var finding in OfStatus(world, life, status, mint, hasPool))
        {
            yield return $"agent {agentId} is {status}, {finding} ({life.LastError})";
        }
        if (!owner.IsGone && !owner.IsDone)
        {
            yield return $"agent {agentId} is {status} for ever: its owner does what is asked ({life.LastError})";
        }
        // What a restored database has lost for good is rejected for good, with the signature.
        if (owner.IsDone && status != AgentStatus.Deployed && world.Database.Restores == 0)
        {
            yield return $"agent {agentId} is {status}, and no RETRY of its owner brings it on: {life.LastError}";
        }
    }

    private static IEnumerable<string> OfStatus(World world, AgentLifecycleInstance life, string status, string? mint, bool hasPool)
    {
        var hasToken = status is AgentStatus.TokenCreated or AgentStatus.PendingPoolSignature or AgentStatus.Deployed;
        if (hasToken && (mint is null || life.TokenMint != mint))
        {
            yield return $"the books have the token {life.TokenMint}, the chain {mint}";
        }
        if (status == AgentStatus.Deployed && !hasPool)
        {
            yield return "and there is no liquidity pool";
        }
        // The backup is from before: what was lost with it is found when it is asked for again, and not before.
        if (world.Database.Restores > 0)
        {
            yield break;
        }
        if (!hasToken && mint is not null && !(status == AgentStatus.Failed && life.TokenMint == mint))
        {
            yield return $"and its token {mint} is on chain";
        }
        if (hasPool && status != AgentStatus.Deployed)
        {
            yield return "and its liquidity pool is on chain";
        }
    }

    /// <summary>One opening of the wallet's key for each signature, and one of the mint's for each token creation.</summary>
    private static IEnumerable<string> OfOpenings(World world)
    {
        foreach (var transaction in world.Database.Transactions.Values.Where(t => t.Kind != TransactionKind.Payment))
        {
            var attempts = world.Database.Attempts.Values.Where(a => a.TransactionId == transaction.Id).ToList();
            var signed = attempts.Count(a =>
                a.Payer == DeploymentPayer.DepositWallet && a.WireBytes is not null && a.Evidence?.Contains("RECOVERED") != true
            );
            // An owner who pays gets the mint's signature with what is to be signed.
            var signedByMint = attempts.Count(a => a.MintSignature is not null);
            foreach (var purpose in new[] { WalletKeyEvent.Deposit, WalletKeyEvent.Mint })
            {
                var expected =
                    purpose == WalletKeyEvent.Deposit ? signed
                    : transaction.Kind == TransactionKind.TokenCreation ? signed + signedByMint
                    : 0;
                var opened = world.Database.Deployments.KeyEvents.Count(e => e.TransactionId == transaction.Id && e.Purpose == purpose);
                if (opened != expected)
                {
                    yield return $"the {purpose} key was opened {opened} times for {expected} signatures of transaction {transaction.Id}: {string.Join(" / ", attempts.Select(a => $"{a.Number} {a.Payer} {a.Status} slot {a.Slot} of {transaction.Status} {a.Evidence}"))}";
                }
            }
        }
    }

    /// <summary>Whether funds may still be reserved: only while the owner is asked for a signature.</summary>
    public static bool MayReserve(World world, Guid transactionId) =>
        world.Database.Transactions.TryGetValue(transactionId, out var transaction)
        && transaction is { AgentId: { } agentId, Status: TransactionStatus.Accepted or TransactionStatus.Expired }
        && UpperSnakeCase.From(world.Database.Deployments.LifecycleOf(agentId).CurrentState)
            == (transaction.Kind == TransactionKind.TokenCreation ? AgentStatus.PendingTokenSignature : AgentStatus.PendingPoolSignature);

    private static int Landed(Guid agentId, TransactionKind kind, IReadOnlyList<Execution> finals)
    {
        var memos = Enumerable.Range(1, OrdinalsMax).Select(n => $"{TransactionIds.OfDeployment(agentId, kind, n):D}").ToHashSet();
        return finals.Count(e => e.Error is null && e.Transaction.Memo is { } memo && memos.Contains(memo.Split(':')[0]));
    }

    private static bool IsThere(World world, PublicKey address) =>
        world.Chain.Tokens.At(address, world.Chain.Main, world.Chain.Root) is not null;

    private static PublicKey VaultOf(World world, Owner owner, string mint)
    {
        var address = PublicKey.Parse(mint);
        var program = world.Chain.Tokens.At(address, world.Chain.Main, world.Chain.Root)!.Program;
        return LocalVenue.VaultOf(owner.AgentId, owner.Address, program);
    }
}
