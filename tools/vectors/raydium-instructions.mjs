import BN from "bn.js";
import { getAssociatedTokenAddressSync, NATIVE_MINT, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID } from "@solana/spl-token";
import * as raydium from "@raydium-io/raydium-sdk-v2";
import { integer, key, u64 } from "./random.mjs";

export const clusters = {
  mainnet: [raydium.CREATE_CPMM_POOL_PROGRAM, raydium.CREATE_CPMM_POOL_FEE_ACC],
  devnet: [raydium.DEVNET_PROGRAM_ID.CREATE_CPMM_POOL_PROGRAM, raydium.DEVNET_PROGRAM_ID.CREATE_CPMM_POOL_FEE_ACC],
};

export const raydiumBuilders = {
  // Both clusters, both orders of the mints, both token programs, and wrapped SOL on one side.
  "RaydiumCpmm.Initialize": (i) => {
    const cluster = i % 2 ? "devnet" : "mainnet";
    const [programId, feeReceiver] = clusters[cluster];
    const wantAFirst = (i >> 1) % 2 === 0;
    let [mintA, mintB] = [key(), i % 8 >= 4 ? NATIVE_MINT : key()];
    while (Buffer.compare(mintA.toBuffer(), mintB.toBuffer()) < 0 !== wantAFirst) mintA = key();
    const programA = (i >> 3) % 2 ? TOKEN_2022_PROGRAM_ID : TOKEN_PROGRAM_ID;
    const programB = mintB.equals(NATIVE_MINT) || i % 3 ? TOKEN_PROGRAM_ID : TOKEN_2022_PROGRAM_ID;
    const a = { cluster, configIndex: integer(5), creator: key(), mintA, programA, amountA: u64(), mintB, programB, amountB: u64(), openTime: u64() };

    const sides = [
      { mint: mintA, program: programA, amount: a.amountA },
      { mint: mintB, program: programB, amount: a.amountB },
    ];
    if (!wantAFirst) sides.reverse();
    const [side0, side1] = sides;
    const configId = raydium.getCpmmPdaAmmConfigId(programId, a.configIndex).publicKey;
    const pool = raydium.getCreatePoolKeys({ programId, configId, mintA: side0.mint, mintB: side1.mint });
    const held = (mint, program) => getAssociatedTokenAddressSync(mint, a.creator, true, program);
    const number = (value) => new BN(value.toString());
    const made = raydium.makeCreateCpmmPoolInInstruction(
      programId, a.creator, configId, pool.authority, pool.poolId, side0.mint, side1.mint, pool.lpMint,
      held(side0.mint, side0.program), held(side1.mint, side1.program), held(pool.lpMint, TOKEN_PROGRAM_ID),
      pool.vaultA, pool.vaultB, feeReceiver, side0.program, side1.program, pool.observationId,
      number(side0.amount), number(side1.amount), number(a.openTime),
    );
    // The SDK leaves the creator read-only and lives off its being the fee payer; the program's own IDL says writable.
    made.keys[0].isWritable = true;
    return [a, made];
  },
};
