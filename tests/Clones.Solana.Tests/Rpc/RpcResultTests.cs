using System.Text.Encodings.Web;
using System.Text.Json;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Solana.Tests.Rpc;

public sealed class RpcResultTests : RpcFixture
{
    private const string Key = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM";
    private static readonly string Sig = Base58.Encode([.. Enumerable.Range(1, 64).Select(i => (byte)i)]);
    private static readonly PublicKey Address = PublicKey.Parse(Key);
    private static readonly Signature Signed = Signature.Parse(Sig);
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task Integers_of_64_bits_arrive_exactly()
    {
        Node.Value("18446744073709551615", ulong.MaxValue);
        var balance = await Client.GetBalanceAsync(Address, cancellationToken: Cancel);
        balance.ShouldBe(new RpcValue<ulong>(ulong.MaxValue, ulong.MaxValue));
        Node.Value("9007199254740993");
        (await Client.GetBalanceAsync(Address, cancellationToken: Cancel)).Value.ShouldBe(9_007_199_254_740_993ul);
    }

    [Fact]
    public async Task A_status_that_the_node_does_not_know_is_a_null_in_its_place()
    {
        Node.Value(
            """
            [null,
             {"slot":5,"confirmations":null,"status":{"Ok":null},"err":null,"confirmationStatus":"finalized"},
             {"slot":6,"confirmations":3,"err":{"InstructionError":[ 1 , {"Custom": 18446744073709551615} ]},"confirmationStatus":"confirmed"},
             {"slot":7,"confirmations":0,"err":"AccountInUse","confirmationStatus":"processed"}]
            """
        );
        var statuses = await Client.GetSignatureStatusesAsync([Signed, Signed, Signed, Signed], true, Cancel);
        statuses.Slot.ShouldBe(77ul);
        TransactionStatus?[] expected =
        [
            null,
            new TransactionStatus(5, null, Commitment.Finalized, null),
            new TransactionStatus(6, 3, Commitment.Confirmed, """{"InstructionError":[1,{"Custom":18446744073709551615}]}"""),
            new TransactionStatus(7, 0, Commitment.Processed, "AccountInUse"),
        ];
        statuses.Value.ShouldBe(expected);
        statuses.Value[1]!.Succeeded.ShouldBeTrue();
        Parameters().ShouldBe($$"""[["{{Sig}}","{{Sig}}","{{Sig}}","{{Sig}}"],{"searchTransactionHistory":true}]""");
    }

    [Fact]
    public async Task An_answer_with_fewer_statuses_than_asked_is_no_answer()
    {
        Node.Value("[null]");
        await Should.ThrowAsync<RpcTransportException>(Client.GetSignatureStatusesAsync([Signed, Signed], cancellationToken: Cancel));
    }

    [Theory]
    [InlineData("""{"slot":5,"confirmations":null,"confirmationStatus":"finalized"}""")]
    [InlineData("""{"slot":5,"confirmations":null,"err":null,"confirmationStatus":"rooted"}""")]
    [InlineData("""{"confirmations":null,"err":null,"confirmationStatus":"finalized"}""")]
    public async Task A_status_without_its_error_or_commitment_is_not_taken_for_success(string status)
    {
        Node.Value($"[{status}]");
        await Should.ThrowAsync<RpcTransportException>(Client.GetSignatureStatusesAsync([Signed], cancellationToken: Cancel));
    }

    [Fact]
    public async Task A_transaction_or_account_that_the_node_does_not_know_is_null()
    {
        Node.Result("null");
        (await Client.GetTransactionAsync(Signed, cancellationToken: Cancel)).ShouldBeNull();
        (await Client.GetBlockTimeAsync(5, Cancel)).ShouldBeNull();
        Node.Value("null");
        (await Client.GetAccountInfoAsync(Address, cancellationToken: Cancel)).Value.ShouldBeNull();
        (await Client.GetFeeForMessageAsync(new byte[3], cancellationToken: Cancel)).Value.ShouldBeNull();
    }

    [Fact]
    public async Task The_latest_blockhash_comes_with_slot_and_last_block_height()
    {
        Node.Value($$"""{"blockhash":"{{Key}}","lastValidBlockHeight":3090}""");
        (await Client.GetLatestBlockhashAsync(Commitment.Finalized, 70, Cancel)).ShouldBe(
            new LatestBlockhash(77, Blockhash.Parse(Key), 3090)
        );
        Parameters().ShouldBe("""[{"commitment":"finalized","minContextSlot":70}]""");
    }

    [Fact]
    public async Task A_transaction_is_sent_in_base64_with_its_options()
    {
        Node.Result($"\"{Sig}\"");
        var sent = await Client.SendTransactionAsync(new byte[] { 1, 2, 250, 251 }, true, 0, cancellationToken: Cancel);
        sent.ShouldBe(Signed);
        Parameters()
            .ShouldBe("""["AQL6+w==",{"encoding":"base64","skipPreflight":true,"preflightCommitment":"confirmed","maxRetries":0}]""");
    }

    [Fact]
    public async Task A_simulation_reports_error_logs_and_units()
    {
        Node.Value("""{"err":"BlockhashNotFound","logs":null,"accounts":null,"unitsConsumed":0,"returnData":null}""");
        var result = await Client.SimulateTransactionAsync(new byte[] { 1 }, replaceRecentBlockhash: true, cancellationToken: Cancel);
        result.Value.Err.ShouldBe(TransactionErr.BlockhashNotFound);
        result.Value.Logs.ShouldBeEmpty();
        result.Value.Succeeded.ShouldBeFalse();
        Parameters()
            .ShouldBe("""["AQ==",{"commitment":"confirmed","encoding":"base64","sigVerify":false,"replaceRecentBlockhash":true}]""");
    }

    [Fact]
    public async Task The_history_of_an_address_has_memo_error_and_time()
    {
        Node.Result(
            $$"""
            [{"signature":"{{Sig}}","slot":9,"err":null,"memo":"[5] hello","blockTime":1700000000,"confirmationStatus":"finalized"},
             {"signature":"{{Sig}}","slot":8,"err":{"InstructionError":[0,"InvalidArgument"]},"memo":null,"blockTime":null}]
            """
        );
        var history = await Client.GetSignaturesForAddressAsync(Address, 10, before: Signed, minContextSlot: 3, cancellationToken: Cancel);
        history.ShouldBe([
            new SignatureInfo(Signed, 9, null, "[5] hello", 1_700_000_000, Commitment.Finalized),
            new SignatureInfo(Signed, 8, """{"InstructionError":[0,"InvalidArgument"]}""", null, null, null),
        ]);
        Parameters().ShouldBe($$"""["{{Key}}",{"commitment":"finalized","minContextSlot":3,"limit":10,"before":"{{Sig}}"}]""");
    }

    [Fact]
    public async Task A_transaction_is_read_with_balances_logs_and_bytes()
    {
        Node.Result(
            $$"""
            {"slot":5,"blockTime":1700000000,"version":0,"transaction":["AQID","base64"],"meta":{
              "err":null,"fee":5000,"preBalances":[18446744073709551615,1],"postBalances":[3,4],"logMessages":["x"],
              "computeUnitsConsumed":150,"loadedAddresses":{"writable":["{{Key}}"],"readonly":[]},"preTokenBalances":[],
              "postTokenBalances":[{"accountIndex":1,"mint":"{{Key}}","owner":"{{Key}}",
                "uiTokenAmount":{"amount":"18446744073709551615","decimals":9,"uiAmount":1.8e10,"uiAmountString":"x"} }]} }
            """
        );
        var detail = await Client.GetTransactionAsync(Signed, cancellationToken: Cancel);
        detail.ShouldNotBeNull();
        detail.Fee.ShouldBe(5_000ul);
        detail.BlockTime.ShouldBe(1_700_000_000);
        detail.TransactionBytes.ToArray().ShouldBe([1, 2, 3]);
        detail.PreBalances.ShouldBe([ulong.MaxValue, 1]);
        detail.PostBalances.ShouldBe([3ul, 4]);
        detail.LoadedWritable.ShouldBe([Address]);
        detail.Logs.ShouldBe(["x"]);
        detail.PostTokenBalances.ShouldBe([new TransactionTokenBalance(1, Address, Address, ulong.MaxValue, 9)]);
        Parameters().ShouldBe($$"""["{{Sig}}",{"commitment":"finalized","encoding":"base64","maxSupportedTransactionVersion":1}]""");
    }

    [Fact]
    public async Task A_transaction_of_an_unknown_version_is_read_as_far_as_the_node_tells_it()
    {
        Node.Result(
            $$"""
            {"slot":5,"blockTime":7,"version":9,"transaction":{"signatures":["{{Sig}}"],"message":{"accountKeys":["{{Key}}"],"news":1} },
             "meta":{"err":"Oh","fee":5000,"preBalances":[1],"postBalances":[4],"loadedAddresses":{"writable":["{{Key}}"],"readonly":[]} } }
            """
        );
        var detail = await Client.GetUnparsedTransactionAsync(Signed, cancellationToken: Cancel);
        detail.ShouldNotBeNull();
        (detail.Slot, detail.BlockTime, detail.Err, detail.Fee, detail.TransactionBytes.Length).ShouldBe((5UL, 7L, "Oh", 5_000UL, 0));
        (detail.PreBalances[0], detail.PostBalances[0]).ShouldBe((1UL, 4UL));
        detail.LoadedWritable.ShouldBe([Address]);
        detail.Unparsed.ShouldNotBeNull().AccountKeys.ShouldBe([Address]);
        detail.Unparsed.Signature.ShouldBe(Signed);
        Parameters().ShouldBe($$"""["{{Sig}}",{"commitment":"finalized","encoding":"json","maxSupportedTransactionVersion":255}]""");

        // A form that nobody knows yet, or a node that keeps no metadata.
        Node.Result("""{"slot":5,"version":"x","transaction":["AQID","base64"],"meta":null}""");
        detail = (await Client.GetUnparsedTransactionAsync(Signed, cancellationToken: Cancel)).ShouldNotBeNull();
        detail.Unparsed.ShouldNotBeNull().AccountKeys.ShouldBeEmpty();
        (detail.Slot, detail.Fee, detail.PreBalances.Count).ShouldBe((5UL, 0UL, 0));
    }

    [Fact]
    public async Task Accounts_come_with_their_bytes_and_absent_ones_are_null()
    {
        var account =
            $$"""{"lamports":5,"owner":"{{Key}}","data":["AQID","base64"],"executable":false,"rentEpoch":18446744073709551615,"space":3}""";
        Node.Value($"[{account},null]");
        var accounts = await Client.GetMultipleAccountsAsync([Address, default], cancellationToken: Cancel);
        accounts.Value[0]!.Data.ToArray().ShouldBe([1, 2, 3]);
        accounts.Value[0]!.Owner.ShouldBe(Address);
        accounts.Value[1].ShouldBeNull();
        Node.Value("[{\"pubkey\":\"" + Key + "\",\"account\":" + account + "}]");
        var owned = await Client.GetTokenAccountsByOwnerAsync(Address, default, mint: Address, cancellationToken: Cancel);
        owned.Value.Single().Account.ShouldBe(Address);
        Parameters().ShouldBe($$"""["{{Key}}",{"mint":"{{Key}}"},{"commitment":"finalized","encoding":"base64"}]""");
    }

    [Fact]
    public async Task Any_number_of_accounts_is_read_by_full_requests_each_address_once()
    {
        PublicKey[] addresses =
        [
            .. Enumerable.Range(0, 250).Select(i => new PublicKey((byte[])[.. BitConverter.GetBytes(i), .. new byte[28]])),
        ];
        var places = addresses.Select((address, i) => (address.ToString(), i)).ToDictionary();
        Node.Says(request =>
        {
            var asked = request.GetProperty("params")[0].EnumerateArray().Select(a => places[a.GetString()!]).ToList();
            var accounts = asked.Select(i =>
                i == 7
                    ? "null"
                    : $$"""{"lamports":{{i}},"owner":"{{Key}}","data":["","base64"],"executable":false,"rentEpoch":0,"space":0}"""
            );
            var value = $"[{string.Join(',', accounts)}]";
            return "{\"jsonrpc\":\"2.0\",\"id\":"
                + request.GetProperty("id")
                + ",\"result\":{\"context\":{\"slot\":"
                + asked.Count
                + "},\"value\":"
                + value
                + "}}";
        });

        var read = await Client.GetManyAccountsAsync([.. addresses, addresses[3]], Commitment.Finalized, 9, Cancel);

        Node.Requests.Count.ShouldBe(3);
        read.Count.ShouldBe(250);
        read[addresses[7]].ShouldBe((100UL, null));
        (read[addresses[249]].Slot, read[addresses[249]].Account!.Lamports).ShouldBe((50UL, 249UL));
        (read[addresses[100]].Slot, read[addresses[100]].Account!.Lamports).ShouldBe((100UL, 100UL));
    }

    [Fact]
    public async Task The_small_questions_are_asked_and_read_as_nodes_answer_them()
    {
        Node.Result("123");
        (await Client.GetSlotAsync(Commitment.Processed, cancellationToken: Cancel)).ShouldBe(123ul);
        (await Client.GetBlockHeightAsync(minContextSlot: 9, cancellationToken: Cancel)).ShouldBe(123ul);
        Parameters().ShouldBe("""[{"commitment":"finalized","minContextSlot":9}]""");
        (await Client.GetFirstAvailableBlockAsync(Cancel)).ShouldBe(123ul);
        (await Client.GetMinimumBalanceForRentExemptionAsync(165, Cancel)).ShouldBe(123ul);
        Parameters().ShouldBe("[165]");
        Node.Result("\"ok\"");
        await Client.GetHealthAsync(Cancel);
        Node.Result($"\"{Key}\"");
        (await Client.GetGenesisHashAsync(Cancel)).ShouldBe(Blockhash.Parse(Key));
        Node.Result("""{"solana-core":"3.0.1","feature-set":1}""");
        (await Client.GetVersionAsync(Cancel)).ShouldBe("3.0.1");
        Node.Result("""[{"slot":1,"prioritizationFee":7}]""");
        (await Client.GetRecentPrioritizationFeesAsync([Address], Cancel)).ShouldBe([new PrioritizationFee(1, 7)]);
        Node.Value("true");
        (await Client.IsBlockhashValidAsync(Blockhash.Parse(Key), cancellationToken: Cancel)).Value.ShouldBeTrue();
        Node.Value("""{"amount":"18446744073709551615","decimals":6,"uiAmount":null,"uiAmountString":""}""");
        (await Client.GetTokenAccountBalanceAsync(Address, cancellationToken: Cancel)).Value.ShouldBe(new TokenAmount(ulong.MaxValue, 6));
        (await Client.GetTokenSupplyAsync(Address, cancellationToken: Cancel)).Value.Decimals.ShouldBe((byte)6);
        Node.Result($"\"{Sig}\"");
        (await Client.RequestAirdropAsync(Address, 5, Cancel)).ShouldBe(Signed);
        Node.Result("""{"absoluteSlot":5,"blockHeight":4,"epoch":3,"slotIndex":2,"slotsInEpoch":432000,"transactionCount":1}""");
        (await Client.GetEpochInfoAsync(cancellationToken: Cancel)).ShouldBe(new EpochInfo(5, 4, 3, 2, 432_000));
    }

    [Fact]
    public async Task Questions_that_nodes_reject_for_their_size_are_rejected_here()
    {
        await Should.ThrowAsync<ArgumentException>(() => Client.GetSignatureStatusesAsync(new Signature[257], cancellationToken: Cancel));
        await Should.ThrowAsync<ArgumentException>(() => Client.GetMultipleAccountsAsync(new PublicKey[101], cancellationToken: Cancel));
        await Should.ThrowAsync<ArgumentException>(() => Client.GetSignaturesForAddressAsync(Address, 1_001, cancellationToken: Cancel));
        await Should.ThrowAsync<ArgumentException>(() => Client.GetSignaturesForAddressAsync(Address, 0, cancellationToken: Cancel));
        Node.Requests.ShouldBeEmpty();
    }

    private string Parameters() => JsonSerializer.Serialize(Node.Requests[^1].GetProperty("params"), Readable);
}
