using Clones.Solana.Messages;
using Clones.Solana.Programs;

namespace Clones.Solana.Tests.Vectors;

internal static class TokenInstructionBuilders
{
    public static readonly IReadOnlyDictionary<string, Func<Vector, Instruction>> ByName = new Dictionary<string, Func<Vector, Instruction>>
    {
        ["Token.InitializeMint2"] = a =>
            TokenProgram.InitializeMint2(
                a.Key("mint"),
                a.Byte("decimals"),
                a.Key("mintAuthority"),
                a.KeyOrNull("freezeAuthority"),
                a.Key("tokenProgram")
            ),
        ["Token.InitializeAccount3"] = a =>
            TokenProgram.InitializeAccount3(a.Key("account"), a.Key("mint"), a.Key("owner"), a.Key("tokenProgram")),
        ["Token.Transfer"] = a =>
            TokenProgram.Transfer(a.Key("source"), a.Key("destination"), a.Key("authority"), a.UInt64("amount"), a.Key("tokenProgram")),
        ["Token.TransferChecked"] = a =>
            TokenProgram.TransferChecked(
                a.Key("source"),
                a.Key("mint"),
                a.Key("destination"),
                a.Key("authority"),
                a.UInt64("amount"),
                a.Byte("decimals"),
                a.Key("tokenProgram")
            ),
        ["Token.MintTo"] = a =>
            TokenProgram.MintTo(a.Key("mint"), a.Key("destination"), a.Key("authority"), a.UInt64("amount"), a.Key("tokenProgram")),
        ["Token.MintToChecked"] = a =>
            TokenProgram.MintToChecked(
                a.Key("mint"),
                a.Key("destination"),
                a.Key("authority"),
                a.UInt64("amount"),
                a.Byte("decimals"),
                a.Key("tokenProgram")
            ),
        ["Token.Burn"] = a => TokenProgram.Burn(a.Key("account"), a.Key("mint"), a.Key("owner"), a.UInt64("amount"), a.Key("tokenProgram")),
        ["Token.BurnChecked"] = a =>
            TokenProgram.BurnChecked(
                a.Key("account"),
                a.Key("mint"),
                a.Key("owner"),
                a.UInt64("amount"),
                a.Byte("decimals"),
                a.Key("tokenProgram")
            ),
        ["Token.Approve"] = a =>
            TokenProgram.Approve(a.Key("source"), a.Key("delegate"), a.Key("owner"), a.UInt64("amount"), a.Key("tokenProgram")),
        ["Token.Revoke"] = a => TokenProgram.Revoke(a.Key("source"), a.Key("owner"), a.Key("tokenProgram")),
        ["Token.SetAuthority"] = a =>
            TokenProgram.SetAuthority(
                a.Key("account"),
                (TokenAuthority)a.Byte("right"),
                a.Key("currentAuthority"),
                a.KeyOrNull("newAuthority"),
                a.Key("tokenProgram")
            ),
        ["Token.CloseAccount"] = a =>
            TokenProgram.CloseAccount(a.Key("account"), a.Key("destination"), a.Key("owner"), a.Key("tokenProgram")),
        ["Token.FreezeAccount"] = a =>
            TokenProgram.FreezeAccount(a.Key("account"), a.Key("mint"), a.Key("authority"), a.Key("tokenProgram")),
        ["Token.ThawAccount"] = a => TokenProgram.ThawAccount(a.Key("account"), a.Key("mint"), a.Key("authority"), a.Key("tokenProgram")),
        ["Token.SyncNative"] = a => TokenProgram.SyncNative(a.Key("account"), a.Key("tokenProgram")),
        ["Token2022.InitializeMetadataPointer"] = a =>
            Token2022Program.InitializeMetadataPointer(a.Key("mint"), a.KeyOrNull("authority"), a.KeyOrNull("metadataAddress")),
        ["Token2022.UpdateMetadataPointer"] = a =>
            Token2022Program.UpdateMetadataPointer(a.Key("mint"), a.Key("authority"), a.KeyOrNull("metadataAddress")),
        ["Token2022.InitializeMintCloseAuthority"] = a =>
            Token2022Program.InitializeMintCloseAuthority(a.Key("mint"), a.KeyOrNull("closeAuthority")),
        ["Token2022.InitializeImmutableOwner"] = a => Token2022Program.InitializeImmutableOwner(a.Key("account")),
        ["Token2022.InitializeMetadata"] = a =>
            Token2022Program.InitializeMetadata(
                a.Key("mint"),
                a.Key("updateAuthority"),
                a.Key("mintAuthority"),
                a.Text("name"),
                a.Text("symbol"),
                a.Text("uri")
            ),
        ["Token2022.UpdateMetadataField"] = a =>
            Token2022Program.UpdateMetadataField(a.Key("mint"), a.Key("updateAuthority"), a.Text("field"), a.Text("value")),
        ["Token2022.RemoveMetadataKey"] = a =>
            Token2022Program.RemoveMetadataKey(a.Key("mint"), a.Key("updateAuthority"), a.Text("key"), a.Flag("ifExists")),
        ["Token2022.UpdateMetadataAuthority"] = a =>
            Token2022Program.UpdateMetadataAuthority(a.Key("mint"), a.Key("currentAuthority"), a.KeyOrNull("newAuthority")),
    };
}
