using Clones.Domain.Agents;
using Clones.Settlement.Deployments;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;

namespace Clones.Settlement.Tests.Deployments;

public sealed class TokenCreationPlanTests
{
    private static readonly Blockhash SomeBlockhash = new(Enumerable.Repeat((byte)7, 32).ToArray());

    private readonly Account payer = Account.Generate();
    private readonly Account owner = Account.Generate();
    private readonly Account mint = Account.Generate();

    [Theory]
    [InlineData(TokenStandard.Token2022)]
    [InlineData(TokenStandard.SplToken)]
    public void Wallet_mint_and_owner_must_all_sign(TokenStandard standard)
    {
        var message = Build(SampleAgent.Of(standard: standard), "");

        message.FeePayer.ShouldBe(payer.PublicKey);
        message.Signers.ShouldBe([payer.PublicKey, mint.PublicKey, owner.PublicKey], ignoreOrder: true);
    }

    [Theory]
    [InlineData(TokenStandard.Token2022)]
    [InlineData(TokenStandard.SplToken)]
    public void The_last_act_on_the_mint_gives_its_authority_up(TokenStandard standard)
    {
        var program = TokenSpec.ProgramOf(standard);
        var acts = Build(SampleAgent.Of(standard: standard), "").Decompile().Where(i => i.ProgramId == program).ToList();

        acts[^1].Data.ShouldBe(TokenProgram.SetAuthority(mint.PublicKey, TokenAuthority.MintTokens, owner.PublicKey, null, program).Data);
        acts[^2].Data[0].ShouldBe((byte)14, "the whole supply is minted right before");
    }

    [Fact]
    public void The_memo_names_transaction_and_attempt()
    {
        var transactionId = Guid.CreateVersion7();
        var message = Build(SampleAgent.Of(), "", transactionId, 3);

        var memo = message.Decompile().Single(i => i.ProgramId == MemoProgram.Id);
        System.Text.Encoding.UTF8.GetString(memo.Data).ShouldBe($"{transactionId}:3");
    }

    [Fact]
    public void Two_attempts_under_one_blockhash_are_different_messages()
    {
        var agent = SampleAgent.Of();
        var transactionId = Guid.CreateVersion7();

        Build(agent, "", transactionId, 1).Serialize().ShouldNotBe(Build(agent, "", transactionId, 2).Serialize());
    }

    [Fact]
    public void The_longest_name_in_the_widest_letters_and_the_longest_link_that_settings_allow_fit_into_a_transaction()
    {
        var agent = SampleAgent.Of(name: string.Concat(Enumerable.Repeat("\U0001F9EC", 50)), ticker: new string('T', 10));

        var settings = new DeploymentOptions { TokenMetadataUri = "https://{agentId}" + new string('x', 141) };

        new Transaction(Build(agent, settings.MetadataUriOf(agent.Id))).Size.ShouldBeLessThanOrEqualTo(Transaction.SizeMax);
    }

    [Fact]
    public void What_does_not_fit_into_a_transaction_is_rejected_in_words()
    {
        var agent = SampleAgent.Of(name: string.Concat(Enumerable.Repeat("\U0001F9EC", 50)));

        var rejection = Should.Throw<DeploymentImpossibleException>(() => Build(agent, "https://" + new string('x', 400)));

        rejection.Message.ShouldContain("shorter name");
    }

    [Fact]
    public void The_owner_reads_what_will_happen()
    {
        var steps = Plan(SampleAgent.Of(), "").Steps;

        steps[0].ShouldContain("Clone of Ada (ADA1)");
        steps[1].ShouldContain("1,000,000 ADA1");
        steps[2].ShouldContain("Gives the right to mint up");
        steps[3].ShouldContain("Nobody can ever freeze");
        steps[4].ShouldBe($"The deposit wallet {payer.PublicKey} pays the fee and the rent.");
    }

    [Fact]
    public void The_owner_reads_which_rights_stay_and_that_wallets_know_no_name()
    {
        var kept = SampleAgent.Of(
            standard: TokenStandard.SplToken,
            owner: owner.PublicKey.ToString(),
            keepsMintAuthority: true,
            hasFreezeAuthority: true
        );

        var steps = Plan(kept, "").Steps;

        steps[0].ShouldContain("keeps no name");
        steps[2].ShouldContain("Leaves the right to mint more with your wallet");
        steps[3].ShouldContain("right to freeze accounts");
    }

    [Theory]
    [InlineData(TokenStandard.Token2022)]
    [InlineData(TokenStandard.SplToken)]
    public void An_owner_who_pays_and_the_mint_are_all_that_sign(TokenStandard standard)
    {
        var promise = TokenSpec.Of(SampleAgent.Of(standard: standard), mint.PublicKey, "");
        var plan = TokenCreationPlan.Build(owner.PublicKey, owner.PublicKey, promise, 1, 2);
        var message = DeploymentMessage.Build(plan, owner.PublicKey, SomeBlockhash, 1, Guid.CreateVersion7(), 1);

        message.Signers.ShouldBe([owner.PublicKey, mint.PublicKey]);
        plan.Steps[^1].ShouldBe($"Your wallet {owner.PublicKey} pays the fee and the rent.");
    }

    private DeploymentPlan Plan(Agent agent, string uri) =>
        TokenCreationPlan.Build(payer.PublicKey, owner.PublicKey, TokenSpec.Of(agent, mint.PublicKey, uri), 1, 2);

    private Message Build(Agent agent, string uri, Guid? transactionId = null, int attempt = 1) =>
        DeploymentMessage.Build(Plan(agent, uri), payer.PublicKey, SomeBlockhash, 1, transactionId ?? Guid.CreateVersion7(), attempt);
}
