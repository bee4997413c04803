using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Solana.Tests.Cluster;

public sealed class TransferTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private PublicKey Wallet => cluster.Wallet.PublicKey;

    [Fact]
    public async Task A_transfer_with_a_memo_is_found_again_by_its_address_memo_and_bytes()
    {
        using var recipient = Account.Generate();
        var transaction = (
            await cluster.BuilderAsync([
                ComputeBudgetProgram.SetComputeUnitLimit(50_000),
                ComputeBudgetProgram.SetComputeUnitPrice(1_000_000),
                SystemProgram.Transfer(Wallet, recipient.PublicKey, 2_000_000),
                MemoProgram.Write("5f1c:1", Wallet),
            ])
        ).Build(cluster.Wallet);
        (await cluster.Rpc.SimulateTransactionAsync(transaction.Serialize(), verifySignatures: true)).Value.Err.ShouldBeNull();

        var signature = await cluster.SendAsync(transaction);
        signature.ShouldBe(transaction.Id);
        (await cluster.WaitAsync(signature, Commitment.Finalized)).Succeeded.ShouldBeTrue();
        (await cluster.Rpc.GetBalanceAsync(recipient.PublicKey)).Value.ShouldBe(2_000_000ul);

        var line = (await cluster.Rpc.GetSignaturesForAddressAsync(recipient.PublicKey)).Single();
        line.Signature.ShouldBe(signature);
        line.Memo.ShouldBe("[6] 5f1c:1");
        line.Err.ShouldBeNull();

        var detail = (await cluster.Rpc.GetTransactionAsync(signature)).ShouldNotBeNull();
        detail.TransactionBytes.ToArray().ShouldBe(transaction.Serialize());
        detail.Fee.ShouldBe(5_000ul + 50_000);
        var paid = transaction.Message.AccountKeys.ToList().IndexOf(recipient.PublicKey);
        (detail.PostBalances[paid] - detail.PreBalances[paid]).ShouldBe(2_000_000ul);
    }

    [Fact]
    public async Task A_signature_that_was_never_sent_has_no_status_and_no_transaction()
    {
        var never = new Signature([.. Enumerable.Repeat((byte)7, 64)]);
        (await cluster.Rpc.GetSignatureStatusesAsync([never], true)).Value.ShouldBe([null]);
        (await cluster.Rpc.GetTransactionAsync(never)).ShouldBeNull();
        using var nobody = Account.Generate();
        (await cluster.Rpc.GetAccountInfoAsync(nobody.PublicKey)).Value.ShouldBeNull();
        (await cluster.Rpc.GetBalanceAsync(nobody.PublicKey)).Value.ShouldBe(0ul);
    }

    [Fact]
    public async Task A_transfer_above_the_balance_fails_in_preflight_with_the_programs_error()
    {
        var transaction = (await cluster.BuilderAsync([SystemProgram.Transfer(Wallet, Wallet, ulong.MaxValue)])).Build(cluster.Wallet);
        var error = await Should.ThrowAsync<RpcErrorException>(cluster.Rpc.SendTransactionAsync(transaction.Serialize()));
        error.Code.ShouldBe(RpcErrorCodes.PreflightFailure);
        error.Preflight!.Err.ShouldBe("""{"InstructionError":[0,{"Custom":1}]}""");
    }

    [Fact]
    public async Task A_blockhash_that_the_cluster_never_had_is_rejected_by_name()
    {
        var transaction = (await cluster.BuilderAsync([SystemProgram.Transfer(Wallet, Wallet, 1)]))
            .SetRecentBlockhash(new Blockhash([.. Enumerable.Repeat((byte)3, 32)]))
            .Build(cluster.Wallet);
        var result = await cluster.Rpc.SimulateTransactionAsync(transaction.Serialize());
        result.Value.Err.ShouldBe(TransactionErr.BlockhashNotFound);
        (await cluster.Rpc.GetFeeForMessageAsync(transaction.Message.Serialize())).Value.ShouldBeNull();
    }

    [Fact]
    public async Task The_same_bytes_sent_again_and_by_broadcast_land_once()
    {
        using var recipient = Account.Generate();
        var transaction = (await cluster.BuilderAsync([SystemProgram.Transfer(Wallet, recipient.PublicKey, 3_000_000)])).Build(
            cluster.Wallet
        );
        await cluster.SendAsync(transaction);
        var endpoints = new RpcEndpoints([cluster.Rpc, new SolanaRpcClient(cluster.Http, cluster.Rpc.Endpoint)], TimeProvider.System);
        var results = await endpoints.BroadcastAsync(transaction.Serialize());
        results.ShouldAllBe(result => result.IsInFlight);
        var again = await Should.ThrowAsync<RpcErrorException>(cluster.Rpc.SendTransactionAsync(transaction.Serialize()));
        again.IsAlreadyProcessed.ShouldBeTrue();
        (await cluster.Rpc.GetBalanceAsync(recipient.PublicKey, Commitment.Confirmed)).Value.ShouldBe(3_000_000ul);
    }

    [Fact]
    public async Task A_lookup_table_is_created_filled_read_and_used()
    {
        using var recipient = Account.Generate();
        var slot = await cluster.Rpc.GetSlotAsync(Commitment.Confirmed);
        var (table, _) = AddressLookupTableProgram.FindAddress(Wallet, slot);
        await cluster.SendAsync([
            AddressLookupTableProgram.Create(Wallet, Wallet, slot),
            AddressLookupTableProgram.Extend(table, Wallet, Wallet, recipient.PublicKey),
        ]);
        var read = LookupTableAccount.Decode(await cluster.DataAsync(table));
        read.Addresses.ShouldBe([recipient.PublicKey]);
        read.Authority.ShouldBe(Wallet);
        read.DeactivationSlot.ShouldBeNull();
        await cluster.SendAsync([SystemProgram.Transfer(Wallet, Wallet, 1)]);

        var transaction = (await cluster.BuilderAsync([SystemProgram.Transfer(Wallet, recipient.PublicKey, 4_000_000)]))
            .AddLookupTable(new LookupTable(table, read.Addresses))
            .Build(cluster.Wallet);
        transaction.Message.AccountKeys.ShouldNotContain(recipient.PublicKey);
        var signature = await cluster.SendAsync(transaction);
        (await cluster.Rpc.GetBalanceAsync(recipient.PublicKey, Commitment.Confirmed)).Value.ShouldBe(4_000_000ul);
        var detail = await cluster.Rpc.GetTransactionAsync(signature, Commitment.Confirmed);
        detail!.LoadedWritable.ShouldBe([recipient.PublicKey]);
    }

    [Fact]
    public async Task A_durable_nonce_is_made_read_and_advanced()
    {
        using var nonce = Account.Generate();
        await cluster.SendAsync(
            [
                await cluster.CreateAccountAsync(nonce.PublicKey, NonceAccount.Size, SystemProgram.Id),
                SystemProgram.InitializeNonce(nonce.PublicKey, Wallet),
            ],
            nonce
        );
        var before = NonceAccount.Decode(await cluster.DataAsync(nonce.PublicKey));
        before.Authority.ShouldBe(Wallet);
        using var later = Account.Generate();
        await cluster.SendAsync([SystemProgram.AuthorizeNonce(nonce.PublicKey, Wallet, later.PublicKey)]);
        NonceAccount.Decode(await cluster.DataAsync(nonce.PublicKey)).Authority.ShouldBe(later.PublicKey);
        var lamports = (await cluster.Rpc.GetBalanceAsync(nonce.PublicKey, Commitment.Confirmed)).Value;
        await cluster.SendAsync([SystemProgram.WithdrawNonce(nonce.PublicKey, later.PublicKey, Wallet, lamports)], later);
        (await cluster.Rpc.GetBalanceAsync(nonce.PublicKey, Commitment.Confirmed)).Value.ShouldBe(0ul);
    }
}
