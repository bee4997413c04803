using Clones.Solana.Messages;
using Clones.Solana.Programs;

namespace Clones.Solana.Tests.Vectors;

/// <summary>Calls the builder that a vector names with the vector's arguments.</summary>
internal static class InstructionBuilders
{
    public static readonly IReadOnlyDictionary<string, Func<Vector, Instruction>> ByName = new Dictionary<string, Func<Vector, Instruction>>
    {
        ["System.CreateAccount"] = a =>
            SystemProgram.CreateAccount(a.Key("payer"), a.Key("newAccount"), a.UInt64("lamports"), a.UInt64("space"), a.Key("owner")),
        ["System.Assign"] = a => SystemProgram.Assign(a.Key("account"), a.Key("owner")),
        ["System.Transfer"] = a => SystemProgram.Transfer(a.Key("from"), a.Key("to"), a.UInt64("lamports")),
        ["System.CreateAccountWithSeed"] = a =>
            SystemProgram.CreateAccountWithSeed(
                a.Key("payer"),
                a.Key("newAccount"),
                a.Key("baseKey"),
                a.Text("seed"),
                a.UInt64("lamports"),
                a.UInt64("space"),
                a.Key("owner")
            ),
        ["System.Allocate"] = a => SystemProgram.Allocate(a.Key("account"), a.UInt64("space")),
        ["System.AllocateWithSeed"] = a =>
            SystemProgram.AllocateWithSeed(a.Key("account"), a.Key("baseKey"), a.Text("seed"), a.UInt64("space"), a.Key("owner")),
        ["System.AdvanceNonce"] = a => SystemProgram.AdvanceNonce(a.Key("nonce"), a.Key("authority")),
        ["System.WithdrawNonce"] = a => SystemProgram.WithdrawNonce(a.Key("nonce"), a.Key("authority"), a.Key("to"), a.UInt64("lamports")),
        ["System.InitializeNonce"] = a => SystemProgram.InitializeNonce(a.Key("nonce"), a.Key("authority")),
        ["System.AuthorizeNonce"] = a => SystemProgram.AuthorizeNonce(a.Key("nonce"), a.Key("authority"), a.Key("newAuthority")),
        ["ComputeBudget.RequestHeapFrame"] = a => ComputeBudgetProgram.RequestHeapFrame(a.UInt32("bytes")),
        ["ComputeBudget.SetComputeUnitLimit"] = a => ComputeBudgetProgram.SetComputeUnitLimit(a.UInt32("units")),
        ["ComputeBudget.SetComputeUnitPrice"] = a => ComputeBudgetProgram.SetComputeUnitPrice(a.UInt64("microLamports")),
        ["ComputeBudget.SetLoadedAccountsDataSizeLimit"] = a => ComputeBudgetProgram.SetLoadedAccountsDataSizeLimit(a.UInt32("bytes")),
        ["Memo.Write"] = a => MemoProgram.Write(a.Text("text"), [.. a["signers"].Items.Select(s => s.AsKey())]),
        ["LookupTable.Create"] = a => AddressLookupTableProgram.Create(a.Key("authority"), a.Key("payer"), a.UInt64("recentSlot")),
        ["LookupTable.Freeze"] = a => AddressLookupTableProgram.Freeze(a.Key("table"), a.Key("authority")),
        ["LookupTable.Extend"] = a =>
            AddressLookupTableProgram.Extend(
                a.Key("table"),
                a.Key("authority"),
                a.Key("payer"),
                [.. a["addresses"].Items.Select(k => k.AsKey())]
            ),
        ["LookupTable.Deactivate"] = a => AddressLookupTableProgram.Deactivate(a.Key("table"), a.Key("authority")),
        ["LookupTable.Close"] = a => AddressLookupTableProgram.Close(a.Key("table"), a.Key("authority"), a.Key("recipient")),
        ["AssociatedTokenAccount.Create"] = a =>
            AssociatedTokenAccountProgram.Create(a.Key("payer"), a.Key("owner"), a.Key("mint"), a.Key("tokenProgram")),
        ["AssociatedTokenAccount.CreateIdempotent"] = a =>
            AssociatedTokenAccountProgram.CreateIdempotent(a.Key("payer"), a.Key("owner"), a.Key("mint"), a.Key("tokenProgram")),
        ["RaydiumCpmm.Initialize"] = a =>
            RaydiumCpmm.Initialize(
                a.Text("cluster") == "mainnet" ? RaydiumCpmmCluster.Mainnet : RaydiumCpmmCluster.Devnet,
                (ushort)a.UInt32("configIndex"),
                a.Key("creator"),
                new RaydiumCpmmSide(a.Key("mintA"), a.Key("programA"), a.UInt64("amountA")),
                new RaydiumCpmmSide(a.Key("mintB"), a.Key("programB"), a.UInt64("amountB")),
                a.UInt64("openTime")
            ),
    }
        .Concat(TokenInstructionBuilders.ByName)
        .ToDictionary();
}
