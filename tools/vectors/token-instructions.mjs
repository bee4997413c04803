import * as spl from "@solana/spl-token";
import * as metadata from "@solana/spl-token-metadata";
import { chance, integer, key, pick, text, u64 } from "./random.mjs";

const program = () => pick([spl.TOKEN_PROGRAM_ID, spl.TOKEN_2022_PROGRAM_ID]);
const keyOrNull = () => (chance(50) ? key() : null);
const t22 = spl.TOKEN_2022_PROGRAM_ID;
const rights = [0, 1, 2, 3, 4, 5, 6, 12];

export const tokenBuilders = {
  "Token.InitializeMint2": () => {
    const a = { mint: key(), decimals: integer(255), mintAuthority: key(), freezeAuthority: keyOrNull(), tokenProgram: program() };
    return [a, spl.createInitializeMint2Instruction(a.mint, a.decimals, a.mintAuthority, a.freezeAuthority, a.tokenProgram)];
  },
  "Token.InitializeAccount3": () => {
    const a = { account: key(), mint: key(), owner: key(), tokenProgram: program() };
    return [a, spl.createInitializeAccount3Instruction(a.account, a.mint, a.owner, a.tokenProgram)];
  },
  "Token.Transfer": () => {
    const a = { source: key(), destination: key(), authority: key(), amount: u64(), tokenProgram: program() };
    return [a, spl.createTransferInstruction(a.source, a.destination, a.authority, a.amount, [], a.tokenProgram)];
  },
  "Token.TransferChecked": () => {
    const a = { source: key(), mint: key(), destination: key(), authority: key(), amount: u64(), decimals: integer(255), tokenProgram: program() };
    return [a, spl.createTransferCheckedInstruction(a.source, a.mint, a.destination, a.authority, a.amount, a.decimals, [], a.tokenProgram)];
  },
  "Token.MintTo": () => {
    const a = { mint: key(), destination: key(), authority: key(), amount: u64(), tokenProgram: program() };
    return [a, spl.createMintToInstruction(a.mint, a.destination, a.authority, a.amount, [], a.tokenProgram)];
  },
  "Token.MintToChecked": () => {
    const a = { mint: key(), destination: key(), authority: key(), amount: u64(), decimals: integer(255), tokenProgram: program() };
    return [a, spl.createMintToCheckedInstruction(a.mint, a.destination, a.authority, a.amount, a.decimals, [], a.tokenProgram)];
  },
  "Token.Burn": () => {
    const a = { account: key(), mint: key(), owner: key(), amount: u64(), tokenProgram: program() };
    return [a, spl.createBurnInstruction(a.account, a.mint, a.owner, a.amount, [], a.tokenProgram)];
  },
  "Token.BurnChecked": () => {
    const a = { account: key(), mint: key(), owner: key(), amount: u64(), decimals: integer(255), tokenProgram: program() };
    return [a, spl.createBurnCheckedInstruction(a.account, a.mint, a.owner, a.amount, a.decimals, [], a.tokenProgram)];
  },
  "Token.Approve": () => {
    const a = { source: key(), delegate: key(), owner: key(), amount: u64(), tokenProgram: program() };
    return [a, spl.createApproveInstruction(a.source, a.delegate, a.owner, a.amount, [], a.tokenProgram)];
  },
  "Token.Revoke": () => {
    const a = { source: key(), owner: key(), tokenProgram: program() };
    return [a, spl.createRevokeInstruction(a.source, a.owner, [], a.tokenProgram)];
  },
  "Token.SetAuthority": () => {
    const a = { account: key(), right: pick(rights), currentAuthority: key(), newAuthority: keyOrNull(), tokenProgram: program() };
    return [a, spl.createSetAuthorityInstruction(a.account, a.currentAuthority, a.right, a.newAuthority, [], a.tokenProgram)];
  },
  "Token.CloseAccount": () => {
    const a = { account: key(), destination: key(), owner: key(), tokenProgram: program() };
    return [a, spl.createCloseAccountInstruction(a.account, a.destination, a.owner, [], a.tokenProgram)];
  },
  "Token.FreezeAccount": () => {
    const a = { account: key(), mint: key(), authority: key(), tokenProgram: program() };
    return [a, spl.createFreezeAccountInstruction(a.account, a.mint, a.authority, [], a.tokenProgram)];
  },
  "Token.ThawAccount": () => {
    const a = { account: key(), mint: key(), authority: key(), tokenProgram: program() };
    return [a, spl.createThawAccountInstruction(a.account, a.mint, a.authority, [], a.tokenProgram)];
  },
  "Token.SyncNative": () => {
    const a = { account: key(), tokenProgram: program() };
    return [a, spl.createSyncNativeInstruction(a.account, a.tokenProgram)];
  },
  "AssociatedTokenAccount.Create": () => {
    const a = { payer: key(), owner: key(), mint: key(), tokenProgram: program() };
    const made = spl.createAssociatedTokenAccountInstruction(a.payer, associated(a), a.owner, a.mint, a.tokenProgram);
    // spl-token leaves the number 0 out, which the program reads as the same; we always write it.
    return [a, Object.assign(made, { data: Buffer.from([0]) })];
  },
  "AssociatedTokenAccount.CreateIdempotent": () => {
    const a = { payer: key(), owner: key(), mint: key(), tokenProgram: program() };
    return [a, spl.createAssociatedTokenAccountIdempotentInstruction(a.payer, associated(a), a.owner, a.mint, a.tokenProgram)];
  },
  "Token2022.InitializeMetadataPointer": () => {
    const a = { mint: key(), authority: keyOrNull(), metadataAddress: keyOrNull() };
    return [a, spl.createInitializeMetadataPointerInstruction(a.mint, a.authority, a.metadataAddress, t22)];
  },
  "Token2022.UpdateMetadataPointer": () => {
    const a = { mint: key(), authority: key(), metadataAddress: keyOrNull() };
    return [a, spl.createUpdateMetadataPointerInstruction(a.mint, a.authority, a.metadataAddress)];
  },
  "Token2022.InitializeMintCloseAuthority": () => {
    const a = { mint: key(), closeAuthority: keyOrNull() };
    return [a, spl.createInitializeMintCloseAuthorityInstruction(a.mint, a.closeAuthority, t22)];
  },
  "Token2022.InitializeImmutableOwner": () => {
    const a = { account: key() };
    return [a, spl.createInitializeImmutableOwnerInstruction(a.account, t22)];
  },
  "Token2022.InitializeMetadata": () => {
    const a = { mint: key(), updateAuthority: key(), mintAuthority: key(), name: text(), symbol: text(), uri: text() };
    return [a, metadata.createInitializeInstruction({ programId: t22, metadata: a.mint, ...a })];
  },
  "Token2022.UpdateMetadataField": () => {
    const a = { mint: key(), updateAuthority: key(), field: pick(["name", "symbol", "uri", "colour", "größe"]), value: text() };
    return [a, metadata.createUpdateFieldInstruction({ programId: t22, metadata: a.mint, ...a })];
  },
  "Token2022.RemoveMetadataKey": () => {
    const a = { mint: key(), updateAuthority: key(), key: text(), ifExists: chance(50) };
    return [a, metadata.createRemoveKeyInstruction({ programId: t22, metadata: a.mint, updateAuthority: a.updateAuthority, key: a.key, idempotent: a.ifExists })];
  },
  "Token2022.UpdateMetadataAuthority": () => {
    const a = { mint: key(), currentAuthority: key(), newAuthority: keyOrNull() };
    return [a, metadata.createUpdateAuthorityInstruction({ programId: t22, metadata: a.mint, oldAuthority: a.currentAuthority, newAuthority: a.newAuthority })];
  },
};

const associated = (a) => spl.getAssociatedTokenAddressSync(a.mint, a.owner, true, a.tokenProgram);
