using Clones.Domain.Payments;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Domain.Tests.Payments;

public sealed class RecipientRuleTests
{
    private static readonly PublicKey Wallet = PublicKey.Parse(Address.Fresh());
    private static readonly PublicKey Person = PublicKey.Parse(Address.Fresh());
    private static readonly PublicKey Mint = PublicKey.Parse(Address.Fresh());

    [Fact]
    public void A_person_is_paid() => RecipientRule.Reject(Person, Wallet, Mint).ShouldBeNull();

    [Fact]
    public void The_wallet_itself_the_mint_programs_and_derived_addresses_are_rejected_with_reasons()
    {
        RecipientRule.Reject(Wallet, Wallet, Mint).ShouldNotBeNull().ShouldContain("itself");
        RecipientRule.Reject(Mint, Wallet, Mint).ShouldNotBeNull().ShouldContain("mint");
        foreach (
            var program in (PublicKey[])
                [SystemProgram.Id, TokenProgram.Id, TokenProgram.Token2022Id, MemoProgram.Id, ComputeBudgetProgram.Id]
        )
        {
            RecipientRule.Reject(program, Wallet, Mint).ShouldNotBeNull().ShouldContain("program");
        }
        var derived = AssociatedTokenAccountProgram.FindAddress(Person, Mint, TokenProgram.Id);
        RecipientRule.Reject(derived, Wallet, Mint).ShouldNotBeNull().ShouldContain("off the curve");
    }

    [Fact]
    public void What_the_chain_says_of_the_recipient_counts_too()
    {
        Reject(Outlook(0), 890_880).ShouldBeNull();
        Reject(Outlook(0), 890_879).ShouldNotBeNull().ShouldContain("rent");
        Reject(Outlook(1_000_000), 1).ShouldBeNull();
        Reject(Outlook(0) with { IsWallet = false }, 890_880).ShouldNotBeNull();
        Reject(Outlook(0) with { TokenAccountUnusable = true }, 890_880).ShouldNotBeNull().ShouldContain("frozen");
    }

    private static string? Reject(RecipientOutlook outlook, ulong amount) =>
        RecipientRule.Reject(outlook, new WalletBalance(Wallet, 1, 1, 890_880, new Dictionary<PublicKey, ulong>()), amount);

    private static RecipientOutlook Outlook(ulong lamports) => new(Person, null) { Lamports = lamports, IsWallet = true };
}
