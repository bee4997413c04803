using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using CsCheck;

namespace Clones.Solana.Tests.Messages;

/// <summary>Random well-formed messages.</summary>
internal static class MessageGen
{
    private static readonly Gen<PublicKey> Key = Gen.Byte.Array[32].Select(bytes => new PublicKey(bytes));

    private static readonly Gen<Instruction> Instruction = Gen.Select(
        Key,
        Gen.Select(Key, Gen.Bool, Gen.Bool, (key, signs, writes) => new AccountMeta(key, signs && writes, writes)).Array[0, 4],
        Gen.Byte.Array[0, 60],
        (program, accounts, data) => new Instruction(program, accounts, data)
    );

    public static readonly Gen<Message> Any = Gen.Select(
        Key,
        Gen.Byte.Array[32],
        Instruction.Array[1, 3],
        Gen.Bool,
        Gen.Bool,
        (payer, hash, instructions, isV0, usesTable) =>
        {
            var builder = new TransactionBuilder().SetFeePayer(payer).SetRecentBlockhash(new Blockhash(hash)).AddInstructions(instructions);
            if (!isV0)
            {
                return builder.BuildMessage();
            }

            if (usesTable)
            {
                builder.AddLookupTable(new LookupTable(payer, [.. instructions.SelectMany(i => i.Accounts).Select(a => a.PublicKey)]));
            }

            return builder.BuildMessageV0();
        }
    );
}
