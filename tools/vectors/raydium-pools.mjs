import { createHash } from "node:crypto";
import BN from "bn.js";
import { ACCOUNT_SIZE, AccountLayout, AccountState, getAssociatedTokenAddressSync, NATIVE_MINT, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID } from "@solana/spl-token";
import { Connection, PublicKey } from "@solana/web3.js";
import * as raydium from "@raydium-io/raydium-sdk-v2";
import { key, keypair } from "./random.mjs";
import { write } from "./instructions.mjs";
import { clusters } from "./raydium-instructions.mjs";

const TOKEN_DECIMALS = 6;
const TOKEN_AMOUNT = 900_000_000_000n;
const LAMPORTS = 2_000_000_000n;
const CREATE_POOL_FEE = 150_000_000n;
/** Rent of a token account: what of a wrapped-SOL account's lamports is not part of its amount. */
const NATIVE_RENT = 2_039_280n;
const number = (value) => new BN(value.toString());
const zero = PublicKey.default;

/** Whole pool creations as the SDK makes them, and the accounts around them: both clusters, both orders, both token programs. */
export async function raydiumPoolCreations() {
  const made = [];
  for (const cluster of ["mainnet", "devnet"]) {
    for (const isMintFirst of [true, false]) {
      for (const tokenProgram of [TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID]) made.push(await poolCreation(cluster, isMintFirst, tokenProgram));
    }
  }
  return made;
}

async function poolCreation(cluster, isMintFirst, tokenProgram) {
  const [programId, feeReceiver] = clusters[cluster];
  const owner = keypair().publicKey;
  let mint = key();
  while (Buffer.compare(mint.toBuffer(), NATIVE_MINT.toBuffer()) < 0 !== isMintFirst) mint = key();
  const config = raydium.getCpmmPdaAmmConfigId(programId, 0).publicKey;
  const terms = { index: 0, protocolFeeRate: 120_000, tradeFeeRate: 2_500, fundFeeRate: 40_000, createPoolFee: CREATE_POOL_FEE.toString() };
  const sdk = await sdkOf(owner, mint, tokenProgram);
  const { builder, extInfo } = await sdk.cpmm.createPool({
    programId,
    poolFeeAccount: feeReceiver,
    mintA: { address: mint.toBase58(), decimals: TOKEN_DECIMALS, programId: tokenProgram.toBase58() },
    mintB: { address: NATIVE_MINT.toBase58(), decimals: 9, programId: TOKEN_PROGRAM_ID.toBase58() },
    mintAAmount: number(TOKEN_AMOUNT),
    mintBAmount: number(LAMPORTS),
    startTime: new BN(0),
    feeConfig: { id: config.toBase58(), ...terms },
    associatedOnly: true,
    ownerInfo: { useSOLBalance: false },
    txVersion: raydium.TxVersion.LEGACY,
  });
  const initialize = builder.allInstructions.filter((instruction) => instruction.programId.equals(programId));
  if (initialize.length !== 1) throw new Error(`the SDK made ${initialize.length} calls of the program`);
  const pool = extInfo.address;
  return {
    cluster, owner, mint, tokenProgram, decimals: TOKEN_DECIMALS, tokenAmount: TOKEN_AMOUNT, lamports: LAMPORTS, createPoolFee: CREATE_POOL_FEE,
    initialize: write(initialize[0]),
    accounts: {
      config: account(config, programId, configData(programId, terms)),
      feeReceiver: account(feeReceiver, TOKEN_PROGRAM_ID, holding(NATIVE_MINT, key(), 1_000_000_000n)),
      pool: account(pool.poolId, programId, poolData({ programId, pool, owner, mint, isMintFirst, tokenProgram })),
      vault0: account(pool.vaultA, isMintFirst ? tokenProgram : TOKEN_PROGRAM_ID, vault(isMintFirst, mint, pool)),
      vault1: account(pool.vaultB, isMintFirst ? TOKEN_PROGRAM_ID : tokenProgram, vault(!isMintFirst, mint, pool)),
    },
  };
}

/** The SDK, told what the owner holds, so that it needs no cluster: what it is connected to does not answer. */
async function sdkOf(owner, mint, tokenProgram) {
  const connection = new Connection("http://127.0.0.1:9", "confirmed");
  const holdings = [
    { mint, programId: tokenProgram, amount: TOKEN_AMOUNT },
    { mint: NATIVE_MINT, programId: TOKEN_PROGRAM_ID, amount: LAMPORTS },
  ].map((held) => ({ ...held, publicKey: getAssociatedTokenAddressSync(held.mint, owner, false, held.programId) }));
  return raydium.Raydium.load({
    connection, owner, cluster: "mainnet", disableFeatureCheck: true, disableLoadToken: true,
    tokenAccounts: holdings.map((held) => ({ ...held, amount: number(held.amount), isAssociated: true, isNative: false })),
    tokenAccountRawInfos: holdings.map(({ publicKey: pubkey, programId, ...held }) => ({
      pubkey, programId, accountInfo: { mint: held.mint, owner, amount: number(held.amount) },
    })),
  });
}

function configData(programId, { index, protocolFeeRate, tradeFeeRate, fundFeeRate }) {
  return named("AmmConfig", raydium.CpmmConfigInfoLayout, {
    bump: raydium.getCpmmPdaAmmConfigId(programId, index).nonce, disableCreatePool: false, index,
    tradeFeeRate: new BN(tradeFeeRate), protocolFeeRate: new BN(protocolFeeRate), fundFeeRate: new BN(fundFeeRate),
    createPoolFee: number(CREATE_POOL_FEE), protocolOwner: key(), fundOwner: key(), creatorFeeRate: new BN(0), creatorFeeShareRate: new BN(0),
  });
}

/** What the program's PoolState::initialize writes. */
function poolData({ programId, pool, owner, mint, isMintFirst, tokenProgram }) {
  const bySide = (ofMint, ofSol) => (isMintFirst ? [ofMint, ofSol] : [ofSol, ofMint]);
  const [mintA, mintB] = bySide(mint, NATIVE_MINT);
  const [mintProgramA, mintProgramB] = bySide(tokenProgram, TOKEN_PROGRAM_ID);
  const [mintDecimalA, mintDecimalB] = bySide(TOKEN_DECIMALS, 9);
  return named("PoolState", raydium.CpmmPoolInfoLayout, {
    configId: pool.configId, poolCreator: owner, vaultA: pool.vaultA, vaultB: pool.vaultB, mintLp: pool.lpMint, mintA, mintB, mintProgramA, mintProgramB,
    observationId: pool.observationId, bump: raydium.getPdaPoolAuthority(programId).nonce, status: 0, lpDecimals: 9, mintDecimalA, mintDecimalB,
    lpAmount: number(squareRoot(TOKEN_AMOUNT * LAMPORTS)), protocolFeesMintA: new BN(0), protocolFeesMintB: new BN(0),
    fundFeesMintA: new BN(0), fundFeesMintB: new BN(0), openTime: new BN(1_700_000_001), epoch: new BN(800),
    feeOn: 0, enableCreatorFee: false, creatorFeesMintA: new BN(0), creatorFeesMintB: new BN(0),
  });
}

/** A field that this does not name is a mistake, not a zero. */
function named(type, layout, fields) {
  for (const { property } of layout.fields) {
    if (property && property !== "" && fields[property] === undefined) throw new Error(`${type} has a field ${property}`);
  }
  const data = Buffer.alloc(layout.span);
  layout.encode(fields, data);
  createHash("sha256").update(`account:${type}`).digest().copy(data, 0, 0, 8);
  return data;
}

function vault(isOfMint, mint, pool) {
  return isOfMint ? token(mint, pool.authority, TOKEN_AMOUNT, null) : holding(NATIVE_MINT, pool.authority, LAMPORTS);
}

const holding = (mint, owner, amount) => token(mint, owner, amount, NATIVE_RENT);

function token(mint, owner, amount, nativeRent) {
  const data = Buffer.alloc(ACCOUNT_SIZE);
  AccountLayout.encode({
    mint, owner, amount, delegateOption: 0, delegate: zero, delegatedAmount: 0n, state: AccountState.Initialized,
    isNativeOption: nativeRent === null ? 0 : 1, isNative: nativeRent ?? 0n, closeAuthorityOption: 0, closeAuthority: zero,
  }, data);
  return data;
}

const account = (address, owner, data) => ({ address, owner, data: data.toString("hex") });

function squareRoot(square) {
  let root = BigInt(Math.floor(Math.sqrt(Number(square))));
  while (root * root > square) root--;
  while ((root + 1n) * (root + 1n) <= square) root++;
  return root;
}
