using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;

namespace Clones.Solana.Tests.Messages;

public sealed class TransactionTests
{
    private static readonly PublicKey Payer = KeyOf(1);
    private static readonly PublicKey Recipient = KeyOf(2);
    private static readonly PublicKey Source = KeyOf(8);
    private static readonly PublicKey Mint = KeyOf(9);

    [Fact]
    public void Two_parties_sign_one_after_the_other()
    {
        using var payer = Signer(1);
        using var owner = Signer(2);
        var built = Transfer().AddInstruction(SystemProgram.Transfer(owner.PublicKey, Payer, 1)).Build(payer);
        built.MissingSigners().ShouldBe([owner.PublicKey]);
        built.VerifySignatures().ShouldBeFalse();
        built.Id.ShouldBe(payer.Sign(built.Message.Serialize()));

        var received = Transaction.Deserialize(built.Serialize());
        received.AddSignature(owner.PublicKey, owner.Sign(received.Message.Serialize()));
        received.MissingSigners().ShouldBeEmpty();
        received.VerifySignatures().ShouldBeTrue();
        received.Id.ShouldBe(built.Id);
    }

    [Fact]
    public void A_signature_over_anything_else_is_not_taken()
    {
        using var payer = Signer(1);
        var transaction = Transfer().Build();
        Should.Throw<ArgumentException>(() => transaction.AddSignature(payer.PublicKey, payer.Sign("something else"u8)));
        Should.Throw<ArgumentException>(() => transaction.AddSignature(payer.PublicKey, default));
        transaction.MissingSigners().ShouldBe([Payer]);
    }

    [Fact]
    public void A_stranger_cannot_sign()
    {
        using var stranger = Signer(9);
        Should.Throw<ArgumentException>(() => Transfer().Build(stranger));
        Should.Throw<ArgumentException>(() => Transfer().Build().AddSignature(Recipient, default));
    }

    [Fact]
    public void A_transaction_of_1232_bytes_is_built_and_one_more_byte_is_not()
    {
        var room = Transaction.SizeMax - Transfer().AddInstruction(Data(0)).Build().Size;
        // The length prefix of the data takes a second byte from 128 on.
        Transfer().AddInstruction(Data(room - 1)).Build().Size.ShouldBe(Transaction.SizeMax);
        Should
            .Throw<TransactionTooLargeException>(() => Transfer().AddInstruction(Data(room)).Build())
            .Size.ShouldBe(Transaction.SizeMax + 1);
    }

    [Fact]
    public void A_transaction_over_1232_bytes_is_not_read() =>
        Should.Throw<FormatException>(() => Transaction.Deserialize(new byte[Transaction.SizeMax + 1])).Message.ShouldContain("1233");

    [Fact]
    public void Signatures_must_match_the_signers_in_number()
    {
        var bytes = Transfer().Build().Serialize();
        Should.Throw<FormatException>(() => Transaction.Deserialize([2, .. new byte[64], .. bytes[1..]]));
        Should.Throw<FormatException>(() => Transaction.Deserialize([0, .. bytes[65..]]));
        Should.Throw<FormatException>(() => Transaction.Deserialize([.. bytes, 0]));
        Should.Throw<FormatException>(() => Transaction.Deserialize(bytes.AsSpan(0, bytes.Length - 1)));
        Should.Throw<FormatException>(() => Transaction.Deserialize([]));
        Transaction.Deserialize(bytes).Serialize().ShouldBe(bytes);
    }

    [Fact]
    public void A_signature_that_comes_later_is_not_in_bytes_that_were_handed_out()
    {
        using var payer = Signer(1);
        var transaction = Transfer().Build();
        var (unsigned, before) = (transaction.Wire, transaction.Serialize());

        transaction.Sign(payer);

        unsigned.ToArray().ShouldBe(before);
        transaction.Wire.ToArray().ShouldBe(transaction.Serialize());
        Transaction.Deserialize(transaction.Wire.Span).VerifySignatures().ShouldBeTrue();
    }

    [Fact]
    public void A_builder_builds_once_and_takes_any_number_of_instructions()
    {
        using var payer = Signer(1);
        var builder = Transfer().AddInstructions(Enumerable.Repeat(SystemProgram.Transfer(Payer, Recipient, 6), 40));

        var transaction = builder.Build(payer);

        transaction.Message.Instructions.Count.ShouldBe(41);
        transaction.Message.Decompile()[40].Data.ShouldBe(SystemProgram.Transfer(Payer, Recipient, 6).Data);
        Should.Throw<InvalidOperationException>(() => builder.Build(payer)).Message.ShouldContain("builds once");
    }

    [Fact]
    public void A_signed_transfer_of_tokens_allocates_at_most_1024_bytes()
    {
        using var payer = Signer(1);
        var blockhash = new Blockhash(new byte[32]);
        var memo = $"{Guid.Empty:D}:1";

        // The first time compiles code and fills pools, and the collector may empty a pool.
        Enumerable.Range(0, 20).Min(_ => BytesOf(() => Payment())).ShouldBeLessThanOrEqualTo(1_024);

        ReadOnlyMemory<byte> Payment() =>
            new TransactionBuilder()
                .SetFeePayer(Payer)
                .SetRecentBlockhash(blockhash)
                .AddInstruction(ComputeBudgetProgram.SetComputeUnitLimit(40_000))
                .AddInstruction(ComputeBudgetProgram.SetComputeUnitPrice(1_000))
                .AddInstruction(TokenProgram.TransferChecked(Source, Mint, Recipient, Payer, 1_000, 6, TokenProgram.Id))
                .AddInstruction(MemoProgram.Write(memo))
                .Build(payer)
                .Wire;

        static long BytesOf(Action act)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            act();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        Should.Throw<InvalidOperationException>(() => new TransactionBuilder().BuildMessage()).Message.ShouldContain("fee payer");
        Should
            .Throw<InvalidOperationException>(() => new TransactionBuilder().SetFeePayer(Payer).BuildMessage())
            .Message.ShouldContain("blockhash");
        Should
            .Throw<InvalidOperationException>(() => new TransactionBuilder().SetFeePayer(Payer).SetRecentBlockhash(default).BuildMessage())
            .Message.ShouldContain("instructions");
        Should
            .Throw<InvalidOperationException>(() => Transfer().AddLookupTable(new LookupTable(Payer, [Recipient])).BuildMessage())
            .Message.ShouldContain("version 0");
    }

    [Fact]
    public void A_lookup_table_takes_accounts_but_never_signers_or_programs()
    {
        using var payer = Signer(1);
        var table = new LookupTable(KeyOf(7), [SystemProgram.Id, Recipient, Payer]);
        var transaction = Transfer().AddLookupTable(table).Build(payer);
        transaction.Message.Version.ShouldBe(MessageVersion.V0);
        transaction.Message.AccountKeys.ShouldBe([Payer, SystemProgram.Id]);
        transaction.Message.Lookups.Single().WritableIndexes.ShouldBe([(byte)1]);
        transaction
            .Message.Decompile(table)
            .Single()
            .Accounts.ShouldBe([AccountMeta.Writable(Payer, true), AccountMeta.Writable(Recipient)]);
        Should.Throw<ArgumentException>(() => transaction.Message.Decompile());
        Should.Throw<ArgumentException>(() => transaction.Message.Decompile(table with { Addresses = [] }));
    }

    [Fact]
    public void The_text_of_a_transaction_holds_no_signature()
    {
        using var payer = Signer(1);
        var transaction = Transfer().Build(payer);
        transaction.ToString()!.ShouldNotContain(transaction.Id.ToString());
    }

    internal static TransactionBuilder Transfer() =>
        new TransactionBuilder()
            .SetFeePayer(Payer)
            .SetRecentBlockhash(new Blockhash(new byte[32]))
            .AddInstruction(SystemProgram.Transfer(Payer, Recipient, 5));

    private static Instruction Data(int length) => new(SystemProgram.Id, [], new byte[length]);

    private static Account Signer(byte seed) => Account.FromSeed([.. Enumerable.Repeat(seed, 32)]);

    private static PublicKey KeyOf(byte seed)
    {
        using var account = Signer(seed);
        return account.PublicKey;
    }
}
