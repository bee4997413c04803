using Clones.Settlement.Deployments.Venues;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;

namespace Clones.Settlement.Tests.Deployments.Raydium;

/// <summary>
/// The pool creation against the rules that Raydium's source states, over accounts that the real programs have made. This is no proof that
/// Raydium's binary does what its source says: docs/raydium.md tells how to try that.
/// </summary>
public sealed class RaydiumInitializeTests(PoolRehearsals rehearsals) : IClassFixture<PoolRehearsals>
{
    public static TheoryData<string> Rehearsals => PoolRehearsals.Names;

    public static TheoryData<string> Rules => [.. InitializeMutations.ByRule.Keys];

    [Theory]
    [MemberData(nameof(Rehearsals))]
    public void The_program_has_nothing_to_reject(string name) => rehearsals.ByName[name].BrokenRules().ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_creation_that_breaks_one_rule_is_caught_by_it(string rule)
    {
        foreach (var (name, rehearsal) in rehearsals.ByName)
        {
            var (call, chain) = InitializeMutations.ByRule[rule](rehearsal.Call, rehearsal.Chain);
            // SPL Token has no extensions to reject.
            if (rule.StartsWith("is_supported_mint", StringComparison.Ordinal) && !HasExtensions(call, chain, rule))
            {
                continue;
            }

            PoolRehearsal.BrokenRules(call, chain).ShouldContain(rule, name);
        }
    }

    [Fact]
    public void Every_rule_has_a_creation_that_breaks_it()
    {
        var any = rehearsals.ByName.Values.First();
        var rules = InitializeAccountRules.Of(any.Call, any.Chain).Concat(new InitializeBody(any.Call, any.Chain).Rules());

        rules.Select(rule => rule.Name).ShouldBe(InitializeMutations.ByRule.Keys, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Rehearsals))]
    public void What_it_leaves_on_chain_is_found_to_be_the_promised_pool(string name)
    {
        var rehearsal = rehearsals.ByName[name];
        var body = new InitializeBody(rehearsal.Call, rehearsal.Chain);
        var pool = RaydiumCpmmPool.Derive(RaydiumCpmmCluster.Mainnet, 0, rehearsal.Spec.Mint, TokenProgram.NativeMint);
        var (vault0, vault1) = body.VaultsAfter();

        RaydiumPoolCheck
            .Of(pool, RaydiumCpmmCluster.Mainnet.ProgramId, rehearsal.Spec, body.PoolAfter(), vault0, vault1)
            .ShouldBeOfType<PoolFinding.AsPromised>();
        rehearsal.Call.PoolState.PublicKey.ShouldBe(pool.State);
    }

    [Theory]
    [MemberData(nameof(Rehearsals))]
    public void The_wish_goes_into_the_vaults_to_the_unit(string name)
    {
        var (spec, call) = (rehearsals.ByName[name].Spec, rehearsals.ByName[name].Call);

        (call.Token0Mint.PublicKey == spec.Mint ? call.InitAmount0 : call.InitAmount1).ShouldBe(spec.TokenAmount);
        (call.Token0Mint.PublicKey == spec.Mint ? call.InitAmount1 : call.InitAmount0).ShouldBe(spec.Lamports);
    }

    [Theory]
    [MemberData(nameof(Rehearsals))]
    public void The_owner_is_neither_richer_nor_poorer_unless_he_pays_for_himself(string name)
    {
        var rehearsal = rehearsals.ByName[name];
        var cost = new InitializeBody(rehearsal.Call, rehearsal.Chain).Cost();
        var left = rehearsal.Chain[rehearsal.Spec.Owner]!.Lamports - cost;

        if (rehearsal.Spec.Payer == rehearsal.Spec.Owner)
        {
            left.ShouldBeLessThan(rehearsal.OwnerLamports - cost);
        }
        else
        {
            left.ShouldBe(rehearsal.OwnerLamports);
        }
    }

    [Theory]
    [MemberData(nameof(Rehearsals))]
    public void Wrapped_SOL_that_the_owner_had_stays_and_nothing_else_is_left_of_it(string name)
    {
        var rehearsal = rehearsals.ByName[name];
        var wrapped = AssociatedTokenAccountProgram.FindAddress(rehearsal.Spec.Owner, TokenProgram.NativeMint, TokenProgram.Id);
        var isClosed = rehearsal.Plan.Instructions[^1] is { Data: [9] } last && last.Accounts[0].PublicKey == wrapped;

        (rehearsal.Chain.HoldingAt(wrapped)!.Amount - rehearsal.Spec.Lamports).ShouldBe(rehearsal.WrappedBefore ?? 0);
        isClosed.ShouldBe(rehearsal.WrappedBefore is null);
    }

    [Theory]
    [MemberData(nameof(Rehearsals))]
    public void What_was_reserved_is_what_the_program_takes_and_the_rent_of_the_wrapped_SOL(string name)
    {
        var rehearsal = rehearsals.ByName[name];
        var passing = rehearsal.WrappedBefore is null ? rehearsal.Chain.Rent(TokenAccount.Size) : 0;

        (rehearsal.Plan.RentLamports + rehearsal.Plan.VenueFeeLamports).ShouldBe(
            new InitializeBody(rehearsal.Call, rehearsal.Chain).Cost() + passing
        );
    }

    [Theory]
    [MemberData(nameof(Rehearsals))]
    public void Most_of_the_compute_units_are_left_for_Raydium(string name)
    {
        var rehearsal = rehearsals.ByName[name];

        // Pools of the kind have taken some 230,000 for everything.
        (rehearsal.Plan.ComputeUnitLimit - rehearsal.UnitsAround).ShouldBeGreaterThan(400_000UL);
        new Transaction(rehearsal.Message).Size.ShouldBeLessThanOrEqualTo(Transaction.SizeMax);
    }

    private static bool HasExtensions(InitializeCall call, CpmmChain chain, string rule)
    {
        var mint = rule.Contains("token_0", StringComparison.Ordinal) ? call.Token0Mint : call.Token1Mint;
        return chain[mint.PublicKey]!.Owner == TokenProgram.Token2022Id;
    }
}
