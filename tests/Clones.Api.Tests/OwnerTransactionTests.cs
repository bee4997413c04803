using Clones.Api.Tests.Hosting;
using Clones.Domain.Transactions;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Tests;

public sealed class OwnerTransactionTests(ApiFixture api)
{
    [Fact]
    public async Task The_owner_fetches_signs_and_hands_in_and_the_signature_alone_is_stored()
    {
        using var owner = await Owner.SignInAsync(api);
        var (path, transaction, _) = await PreparedAsync(owner);
        var shown = await owner.Http.GetJsonAsync(path);
        shown.Status.ShouldBe(200);
        shown.Text("attemptStatus").ShouldBe("PREPARED");
        shown.Body["terms"]!["cost"]!["rent"]!.GetValue<string>().ShouldBe("0.002");
        var signed = Transaction.Deserialize(Convert.FromBase64String(shown.Text("transaction")));
        signed.Sign(owner.Wallet);

        var answer = await SubmitAsync(owner, path, signed.Serialize());
        var again = await SubmitAsync(owner, path, signed.Serialize());

        answer.Status.ShouldBe(202);
        answer.Text("attemptStatus").ShouldBe("SUBMITTED");
        answer.Body["transaction"].ShouldBeNull();
        again.Status.ShouldBe(202);
        await using var db = api.OpenDatabase();
        var attempt = await db.TransactionAttempts.SingleAsync(a => a.TransactionId == transaction.Id);
        attempt.Status.ShouldBe(AttemptStatus.Submitted);
        attempt.WireBytes.ShouldBeNull();
        attempt.OwnerSignature.ShouldNotBeNull();
    }

    [Fact]
    public async Task Any_byte_of_the_message_that_differs_is_noticed()
    {
        using var owner = await Owner.SignInAsync(api);
        var (path, transaction, message) = await PreparedAsync(owner);
        var bytes = Signed(message, owner);
        var messageStart = bytes.Length - message.Serialize().Length;

        for (var at = messageStart; at < bytes.Length; at++)
        {
            var altered = bytes.ToArray();
            altered[at] ^= 1;
            var answer = await SubmitAsync(owner, path, altered);
            // Some bytes make it no transaction at all; none makes it a good one.
            (answer.Status is 400 or 422).ShouldBeTrue($"byte {at}: {answer.Status}");
            if (answer.Status == 422)
            {
                answer.Code.ShouldBe("transaction_altered");
            }
        }

        await using var db = api.OpenDatabase();
        (await db.TransactionAttempts.SingleAsync(a => a.TransactionId == transaction.Id)).Status.ShouldBe(AttemptStatus.Prepared);
    }

    [Fact]
    public async Task A_transaction_with_other_accounts_that_the_owner_truly_signed_is_rejected()
    {
        using var owner = await Owner.SignInAsync(api);
        var (path, _, message) = await PreparedAsync(owner);
        using var thief = Account.Generate();
        var own = new TransactionBuilder()
            .SetFeePayer(owner.Wallet.PublicKey)
            .SetRecentBlockhash(message.RecentBlockhash)
            .AddInstruction(Clones.Solana.Programs.MemoProgram.Write("mine", owner.Wallet.PublicKey))
            .BuildMessage();

        var answer = await SubmitAsync(owner, path, Signed(own, owner));

        answer.Status.ShouldBe(422);
        answer.Code.ShouldBe("transaction_altered");
    }

    [Fact]
    public async Task A_signature_that_is_missing_or_of_another_is_rejected()
    {
        using var owner = await Owner.SignInAsync(api);
        var (path, _, message) = await PreparedAsync(owner);
        var bytes = Signed(message, owner);

        // The owner is the second signer: 1 byte of count, 64 of the fee payer.
        bytes[1 + 64 + 5] ^= 1;
        (await SubmitAsync(owner, path, bytes)).Code.ShouldBe("signature_not_valid");
        (await SubmitAsync(owner, path, new Transaction(message).Serialize())).Code.ShouldBe("signature_not_valid");
        (await SubmitAsync(owner, path, [.. Signed(message, owner), 0])).Status.ShouldBe(400);
        var text = await owner.Http.SendJsonAsync(HttpMethod.Post, path, new { transaction = "not base64" });
        text.Errors("transaction").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_signature_of_another_signer_that_does_not_verify_is_rejected_although_the_owners_does()
    {
        using var owner = await Owner.SignInAsync(api);
        var (path, transaction, message) = await PreparedAsync(owner);
        var bytes = Signed(message, owner);
        Random.Shared.NextBytes(bytes.AsSpan(1, 64));

        var answer = await SubmitAsync(owner, path, bytes);

        answer.Status.ShouldBe(422);
        answer.Code.ShouldBe("signature_not_valid");
        answer.Errors("transaction").ShouldHaveSingleItem().ShouldContain(message.FeePayer.ToString());
        await StaysPreparedAsync(transaction);
    }

    [Fact]
    public async Task An_owner_who_pays_gets_it_with_the_mints_signature_so_that_nothing_but_their_own_is_missing()
    {
        using var owner = await Owner.SignInAsync(api);
        var (path, transaction, _, _) = await PreparedForPayingOwnerAsync(owner);

        var shown = await owner.Http.GetJsonAsync(path);

        var signed = Transaction.Deserialize(Convert.FromBase64String(shown.Text("transaction")));
        signed.MissingSigners().ShouldBe([owner.Wallet.PublicKey]);
        signed.Sign(owner.Wallet);
        signed.VerifySignatures().ShouldBeTrue();
        shown.Body["terms"]!["payer"]!.GetValue<string>().ShouldBe("OWNER");
        shown.Body["terms"]!["payerAddress"]!.GetValue<string>().ShouldBe(owner.Wallet.PublicKey.ToString());
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var answer = await SubmitAsync(owner, path, signed.Serialize());
            answer.Status.ShouldBe(202);
            answer.Text("attemptStatus").ShouldBe("SUBMITTED");
        }
        await using var db = api.OpenDatabase();
        var attempt = await db.TransactionAttempts.SingleAsync(a => a.TransactionId == transaction.Id);
        attempt.OwnerSignature.ShouldBe(signed.Id.ToString());
    }

    [Fact]
    public async Task Where_the_owner_pays_a_mints_signature_that_was_altered_is_rejected_and_one_that_was_left_out_is_not()
    {
        using var owner = await Owner.SignInAsync(api);
        var (path, transaction, message, mint) = await PreparedForPayingOwnerAsync(owner);
        var complete = new Transaction(message);
        complete.Sign(owner.Wallet);
        complete.Sign(mint);
        var altered = complete.Serialize();
        altered[1 + 64 + 9] ^= 1;

        var rejected = await SubmitAsync(owner, path, altered);

        rejected.Status.ShouldBe(422);
        rejected.Code.ShouldBe("signature_not_valid");
        rejected.Errors("transaction").ShouldHaveSingleItem().ShouldContain(mint.PublicKey.ToString());
        await StaysPreparedAsync(transaction);
        (await SubmitAsync(owner, path, Signed(message, owner))).Status.ShouldBe(202);
    }

    [Fact]
    public async Task What_an_owner_who_pays_may_have_sent_is_not_offered_after_its_time_and_the_answer_says_what_it_waits_for()
    {
        using var owner = await Owner.SignInAsync(api);
        using var mint = Account.Generate();
        var (poolId, wallet) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var agentId = await api.CreateAgentAsync(owner, poolId, "PENDING_TOKEN_SIGNATURE");
        var path = $"/v1/agents/{agentId}/transactions/token-creation";
        var (transaction, _) = await api.PrepareAsync(agentId, poolId, owner, wallet, lastValidBlockHeight: 900, mint);
        await using var db = api.OpenDatabase();
        // As the workers write it while there is no certificate.
        await db
            .Transactions.Where(t => t.Id == transaction.Id)
            .ExecuteUpdateAsync(t => t.SetProperty(x => x.Reason, "Attempt 1 may still land."));

        var waiting = await owner.Http.GetJsonAsync(path, ("Prefer", "wait=0"));

        waiting.Status.ShouldBe(202);
        waiting.Body["transaction"].ShouldBeNull();
        waiting.Text("reason").ShouldBe("Attempt 1 may still land.");
        // And as they write it when they find it on chain.
        var asked = owner.Http.GetJsonAsync(path, ("Prefer", "wait=20"));
        await db
            .Transactions.Where(t => t.Id == transaction.Id)
            .ExecuteUpdateAsync(t => t.SetProperty(x => x.Status, TransactionStatus.Broadcast));
        await db
            .TransactionAttempts.Where(a => a.TransactionId == transaction.Id)
            .ExecuteUpdateAsync(a => a.SetProperty(x => x.Status, AttemptStatus.Broadcast));
        var sent = await asked;
        sent.Status.ShouldBe(200);
        sent.Text("attemptStatus").ShouldBe("BROADCAST");
    }

    [Fact]
    public async Task Where_the_deposit_wallet_pays_the_answer_says_so_and_carries_no_signature()
    {
        using var owner = await Owner.SignInAsync(api);
        var (path, _, message) = await PreparedAsync(owner);

        var shown = await owner.Http.GetJsonAsync(path);

        var unsigned = Transaction.Deserialize(Convert.FromBase64String(shown.Text("transaction")));
        unsigned.MissingSigners().ShouldBe(message.Signers);
        shown.Body["terms"]!["payer"]!.GetValue<string>().ShouldBe("DEPOSIT_WALLET");
        shown.Body["terms"]!["payerAddress"]!.GetValue<string>().ShouldBe(message.FeePayer.ToString());
    }

    [Fact]
    public async Task An_expired_transaction_is_renewed_by_asking_for_it_and_the_old_one_is_not_taken()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var (poolId, wallet) = await api.CreateFundedPoolAsync(owner, token);
        var agentId = await api.CreateAgentAsync(owner, poolId, "PENDING_TOKEN_SIGNATURE");
        var path = $"/v1/agents/{agentId}/transactions/token-creation";
        var (transaction, old) = await api.PrepareAsync(agentId, poolId, owner, wallet, lastValidBlockHeight: 900);

        var expired = await SubmitAsync(owner, path, Signed(old, owner));
        expired.Status.ShouldBe(409);
        expired.Code.ShouldBe("transaction_expired");
        var early = await owner.Http.GetJsonAsync(path, ("Prefer", "wait=0"));
        early.Status.ShouldBe(202);
        early.Body["transaction"].ShouldBeNull();
        early.Response.Headers.RetryAfter.ShouldNotBeNull();

        var asked = owner.Http.GetJsonAsync(path, ("Prefer", "wait=20"));
        await using (var db = api.OpenDatabase())
        {
            await db
                .TransactionAttempts.Where(a => a.TransactionId == transaction.Id && a.LastValidBlockHeight == 900)
                .ExecuteUpdateAsync(a => a.SetProperty(p => p.Status, AttemptStatus.Withdrawn));
        }
        var (_, fresh) = await api.PrepareAsync(agentId, poolId, owner, wallet);
        var renewed = await asked;

        renewed.Status.ShouldBe(200);
        renewed.Body["attempt"]!.GetValue<int>().ShouldBe(2);
        (await SubmitAsync(owner, path, Signed(old, owner))).Code.ShouldBe("transaction_expired");
        (await SubmitAsync(owner, path, Signed(fresh, owner))).Status.ShouldBe(202);
    }

    [Fact]
    public async Task A_draft_has_nothing_to_sign()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var agentId = await api.CreateAgentAsync(owner, poolId);

        var answer = await owner.Http.GetJsonAsync($"/v1/agents/{agentId}/transactions/pool-creation");

        answer.Status.ShouldBe(409);
        answer.Code.ShouldBe("transaction_not_wanted");
        answer.Text("currentStatus").ShouldBe("DRAFT");
    }

    [Fact]
    public async Task Two_signatures_handed_in_at_once_make_one_submission()
    {
        using var owner = await Owner.SignInAsync(api);
        var (path, transaction, message) = await PreparedAsync(owner);
        var bytes = Signed(message, owner);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => SubmitAsync(owner, path, bytes)));

        answers.ShouldAllBe(a => a.Status == 202);
        await using var db = api.OpenDatabase();
        (await db.TransactionAttempts.CountAsync(a => a.TransactionId == transaction.Id)).ShouldBe(1);
    }

    private async Task StaysPreparedAsync(ChainTransaction transaction)
    {
        await using var db = api.OpenDatabase();
        var attempt = await db.TransactionAttempts.SingleAsync(a => a.TransactionId == transaction.Id);
        attempt.Status.ShouldBe(AttemptStatus.Prepared);
        attempt.OwnerSignature.ShouldBeNull();
    }

    private async Task<(string Path, ChainTransaction Transaction, Message Message, Account Mint)> PreparedForPayingOwnerAsync(Owner owner)
    {
        var mint = Account.Generate();
        var (poolId, wallet) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var agentId = await api.CreateAgentAsync(owner, poolId, "PENDING_TOKEN_SIGNATURE");
        var (transaction, message) = await api.PrepareAsync(agentId, poolId, owner, wallet, mint: mint);
        return ($"/v1/agents/{agentId}/transactions/token-creation", transaction, message, mint);
    }

    private async Task<(string Path, ChainTransaction Transaction, Message Message)> PreparedAsync(Owner owner)
    {
        var (poolId, wallet) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var agentId = await api.CreateAgentAsync(owner, poolId, "PENDING_TOKEN_SIGNATURE");
        var (transaction, message) = await api.PrepareAsync(agentId, poolId, owner, wallet);
        return ($"/v1/agents/{agentId}/transactions/token-creation", transaction, message);
    }

    private static byte[] Signed(Message message, Owner owner)
    {
        var transaction = new Transaction(message);
        transaction.Sign(owner.Wallet);
        return transaction.Serialize();
    }

    private static Task<Answer> SubmitAsync(Owner owner, string path, byte[] bytes) =>
        owner.Http.SendJsonAsync(HttpMethod.Post, path, new { transaction = Convert.ToBase64String(bytes) });
}
