using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Tests.Vectors;

namespace Clones.Solana.Tests.Messages;

public sealed class MessageVectorTests
{
    [Fact]
    public void A_compiled_message_is_byte_for_byte_that_of_web3js()
    {
        foreach (var vector in VectorFile.Group("messages"))
        {
            Convert.ToHexString(Build(vector).Serialize()).ShouldBe(Convert.ToHexString(vector.Base64("message")), vector.ToString());
        }
    }

    [Fact]
    public void A_signed_transaction_is_byte_for_byte_that_of_web3js()
    {
        foreach (var vector in VectorFile.Group("messages"))
        {
            var transaction = new Transaction(Build(vector));
            transaction.VerifySignatures().ShouldBeFalse();
            foreach (var seed in vector["signerSeeds"].Items)
            {
                using var signer = Account.FromSeed(seed.AsHex());
                transaction.Sign(signer);
            }

            transaction.MissingSigners().ShouldBeEmpty();
            transaction.VerifySignatures().ShouldBeTrue();
            Convert.ToHexString(transaction.Serialize()).ShouldBe(Convert.ToHexString(vector.Base64("transaction")));
        }
    }

    [Fact]
    public void What_web3js_and_kit_compile_in_any_order_reads_as_the_same_instructions()
    {
        foreach (var vector in VectorFile.Group("messages"))
        {
            var tables = Tables(vector);
            var meant = Merged(Build(vector).Decompile(tables));
            foreach (var name in new[] { "message", "kit", "sorted" }.Where(name => vector.Json.TryGetProperty(name, out _)))
            {
                var theirs = vector.Base64(name);
                var message = Message.Deserialize(theirs);
                message.Serialize().ShouldBe(theirs);
                message.Rewritten().ShouldBe(theirs);
                message.FeePayer.ShouldBe(vector.Key("payer"));
                message.RecentBlockhash.ShouldBe(Blockhash.Parse(vector.Text("blockhash")));
                Merged(message.Decompile(tables)).ShouldBe(meant, $"{name} of {vector}");
            }
        }
    }

    [Fact]
    public void A_signed_transaction_of_web3js_is_read_verified_and_written_unchanged()
    {
        foreach (var vector in VectorFile.Group("messages"))
        {
            var wire = vector.Base64("transaction");
            var transaction = Transaction.Deserialize(wire);
            transaction.VerifySignatures().ShouldBeTrue();
            transaction.Serialize().ShouldBe(wire);
        }
    }

    [Fact]
    public void The_vectors_use_lookup_tables_and_several_signers()
    {
        var messages = VectorFile.Group("messages").Select(v => Message.Deserialize(v.Base64("message"))).ToList();
        messages.Count(m => m.Lookups.Count > 0).ShouldBeGreaterThan(20);
        messages.Count(m => m.Lookups.Count > 1).ShouldBeGreaterThan(5);
        messages.Count(m => m.Signers.Count > 1).ShouldBeGreaterThan(20);
        messages.Count(m => m.Header.ReadOnlySigned > 0).ShouldBeGreaterThan(5);
        messages.Count(m => m.Version == MessageVersion.Legacy).ShouldBeGreaterThan(40);
    }

    private static Message Build(Vector vector)
    {
        var builder = new TransactionBuilder()
            .SetFeePayer(vector.Key("payer"))
            .SetRecentBlockhash(Blockhash.Parse(vector.Text("blockhash")))
            .AddInstructions(vector["instructions"].Items.Select(i => i.AsInstruction()));
        foreach (var table in Tables(vector))
        {
            builder.AddLookupTable(table);
        }

        return vector.Text("version") == "legacy" ? builder.BuildMessage() : builder.BuildMessageV0();
    }

    private static LookupTable[] Tables(Vector vector) =>
        [.. vector["tables"].Items.Select(t => new LookupTable(t.Key("key"), [.. t["addresses"].Items.Select(a => a.AsKey())]))];

    private static List<string> Merged(IReadOnlyList<Instruction> instructions) =>
        [
            .. instructions.Select(i =>
                $"{i.ProgramId} {Convert.ToHexString(i.Data)} "
                + string.Join(",", i.Accounts.Select(a => $"{a.PublicKey}{(a.IsSigner ? "s" : "")}{(a.IsWritable ? "w" : "")}"))
            ),
        ];
}
