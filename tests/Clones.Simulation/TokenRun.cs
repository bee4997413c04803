using System.Buffers.Binary;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;

namespace Clones.Simulation;

/// <summary>
/// What a transaction does to mints and token accounts, as SPL Token, Token-2022 and the associated token account program do it: as much of them
/// as token creations and the local venue use.
/// </summary>
/// <param name="read">The account as the fork has it; null where it is not there.</param>
internal sealed class TokenRun(Func<PublicKey, TokenBytes?> read)
{
    private const byte AllocateWithSeed = 9;
    private const int SupplyAt = 36;
    private const int AmountAt = 64;
    private const string AlreadyThere = """{"Custom":0}""";
    private const string TooLittle = """{"Custom":1}""";
    private const string NotAllowed = """{"Custom":4}""";

    private readonly Dictionary<PublicKey, TokenBytes> changes = [];

    public IReadOnlyDictionary<PublicKey, TokenBytes> Changes => changes;

    /// <summary>The cluster's rent, in lamports, for an account of so many bytes.</summary>
    public static ulong RentOf(ulong space) => (128 + space) * 6_960;

    public static bool Knows(Instruction instruction) =>
        TokenProgram.IsTokenProgram(instruction.ProgramId)
        || instruction.ProgramId == AssociatedTokenAccountProgram.Id
        || (instruction.ProgramId == SystemProgram.Id && instruction.Data[0] is 0 or AllocateWithSeed);

    /// <summary>What an instruction that makes an account takes from the payer for it.</summary>
    public static (PublicKey To, ulong Lamports)? RentOf(Instruction instruction) =>
        instruction.ProgramId == SystemProgram.Id
            // What is allocated was paid for by a transfer before.
            ? instruction.Data[0] == AllocateWithSeed
                ? null
                : (instruction.Accounts[1].PublicKey, BinaryPrimitives.ReadUInt64LittleEndian(instruction.Data.AsSpan(4)))
            : instruction.ProgramId == AssociatedTokenAccountProgram.Id
                ? (instruction.Accounts[1].PublicKey, RentOf((ulong)HoldingSize(instruction.Accounts[5].PublicKey)))
                : null;

    /// <returns>The error of the whole transaction; null where it succeeds and <see cref="Changes"/> count.</returns>
    public string? Execute(IReadOnlyList<Instruction> instructions)
    {
        for (var i = 0; i < instructions.Count; i++)
        {
            if (Execute(instructions[i]) is { } error)
            {
                return $$"""{"InstructionError":[{{i}},{{error}}]}""";
            }
        }
        return null;
    }

    private string? Execute(Instruction instruction)
    {
        PublicKey[] accounts = [.. instruction.Accounts.Select(a => a.PublicKey)];
        var data = instruction.Data;
        if (instruction.ProgramId == SystemProgram.Id)
        {
            if (data[0] == AllocateWithSeed)
            {
                var space = BinaryPrimitives.ReadInt64LittleEndian(data.AsSpan(data.Length - 40));
                return Make(accounts[0], new PublicKey(data.AsSpan(data.Length - 32)), new byte[space]);
            }
            return Make(accounts[1], new PublicKey(data.AsSpan(20, 32)), new byte[BinaryPrimitives.ReadInt64LittleEndian(data.AsSpan(12))]);
        }
        if (instruction.ProgramId == AssociatedTokenAccountProgram.Id)
        {
            return Make(accounts[1], accounts[5], Holding(accounts[5], mint: accounts[3], owner: accounts[2]));
        }
        return data[0] switch
        {
            20 => Change(accounts[0], mint => InitializeMint(mint, data)),
            18 => Change(accounts[0], account => InitializeAccount(account, mint: accounts[1], owner: new PublicKey(data.AsSpan(1, 32)))),
            39 => Change(accounts[0], mint => InitializePointer(mint, data)),
            210 => ChangeSize(accounts[0], mint => [.. mint, .. MetadataEntry(data, accounts[1], accounts[0])]),
            14 => MintTo(accounts[0], accounts[1], authority: accounts[2], Amount(data)),
            6 => Change(accounts[0], mint => mint.AsSpan(0, SupplyAt).Clear()),
            12 => Transfer(accounts[0], accounts[2], authority: accounts[3], Amount(data)),
            _ => throw new NotSupportedException($"The simulated token programs know no instruction {data[0]}."),
        };
    }

    private string? MintTo(PublicKey mint, PublicKey holding, PublicKey authority, ulong amount)
    {
        if (Find(mint) is not { } there || there.Data[0] != 1 || new PublicKey(there.Data.AsSpan(4, 32)) != authority)
        {
            return NotAllowed;
        }
        return Change(mint, data => Add(data, SupplyAt, amount)) ?? Change(holding, data => Add(data, AmountAt, amount));
    }

    private string? Transfer(PublicKey from, PublicKey to, PublicKey authority, ulong amount)
    {
        if (Find(from) is not { } source || BinaryPrimitives.ReadUInt64LittleEndian(source.Data.AsSpan(AmountAt)) < amount)
        {
            return TooLittle;
        }
        return new PublicKey(source.Data.AsSpan(32, 32)) != authority
            ? NotAllowed
            : Change(from, data => Add(data, AmountAt, unchecked(0 - amount))) ?? Change(to, data => Add(data, AmountAt, amount));
    }

    private string? Make(PublicKey address, PublicKey program, byte[] data)
    {
        if (Find(address) is not null)
        {
            return AlreadyThere;
        }
        changes[address] = new TokenBytes(program, data);
        return null;
    }

    private string? Change(PublicKey address, Action<byte[]> write) =>
        ChangeSize(
            address,
            data =>
            {
                write(data);
                return data;
            }
        );

    private string? ChangeSize(PublicKey address, Func<byte[], byte[]> write)
    {
        if (Find(address) is not { } there)
        {
            return "\"UninitializedAccount\"";
        }
        changes[address] = there with { Data = write([.. there.Data]) };
        return null;
    }

    private TokenBytes? Find(PublicKey address) => changes.GetValueOrDefault(address) ?? read(address);

    private static void InitializeMint(byte[] mint, byte[] data)
    {
        mint[0] = 1;
        data.AsSpan(2, 32).CopyTo(mint.AsSpan(4));
        mint[44] = data[1];
        mint[45] = 1;
    }

    private static void InitializePointer(byte[] mint, byte[] data)
    {
        mint[TokenAccount.Size] = 1;
        mint[TokenAccount.Size + 1] = (byte)TokenExtensionType.MetadataPointer;
        mint[TokenAccount.Size + 3] = 64;
        data.AsSpan(2, 64).CopyTo(mint.AsSpan(TokenAccount.Size + 5));
    }

    // Type, length, update authority, mint, then name, symbol and link as they came, and no more fields.
    private static byte[] MetadataEntry(byte[] data, PublicKey updateAuthority, PublicKey mint)
    {
        byte[] value = [.. updateAuthority.ToArray(), .. mint.ToArray(), .. data.AsSpan(8), 0, 0, 0, 0];
        return [(byte)TokenExtensionType.TokenMetadata, 0, (byte)value.Length, (byte)(value.Length >> 8), .. value];
    }

    private static int HoldingSize(PublicKey program) => TokenAccount.Size + (program == TokenProgram.Token2022Id ? 5 : 0);

    private static byte[] Holding(PublicKey program, PublicKey mint, PublicKey owner)
    {
        var data = new byte[HoldingSize(program)];
        InitializeAccount(data, mint, owner);
        if (data.Length > TokenAccount.Size)
        {
            data[TokenAccount.Size] = 2;
            data[TokenAccount.Size + 1] = (byte)TokenExtensionType.ImmutableOwner;
        }
        return data;
    }

    private static void InitializeAccount(byte[] account, PublicKey mint, PublicKey owner)
    {
        mint.ToArray().CopyTo(account, 0);
        owner.ToArray().CopyTo(account, 32);
        account[108] = (byte)TokenAccountState.Initialized;
    }

    private static ulong Amount(byte[] data) => BinaryPrimitives.ReadUInt64LittleEndian(data.AsSpan(1));

    private static void Add(byte[] data, int at, ulong amount) =>
        BinaryPrimitives.WriteUInt64LittleEndian(
            data.AsSpan(at),
            unchecked(BinaryPrimitives.ReadUInt64LittleEndian(data.AsSpan(at)) + amount)
        );
}
