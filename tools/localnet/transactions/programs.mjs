import { decode32 } from '../encoding/base58.mjs';

/** Addresses of the programs and sysvars that the cluster itself must recognise. */
export const SYSTEM = '11111111111111111111111111111111';
export const TOKEN = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA';
export const TOKEN_2022 = 'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb';
export const ASSOCIATED_TOKEN = 'ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL';
export const COMPUTE_BUDGET = 'ComputeBudget111111111111111111111111111111';
export const MEMO_V1 = 'Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo';
export const MEMO_V2 = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr';
export const ED25519 = 'Ed25519SigVerify111111111111111111111111111';
export const SECP256K1 = 'KeccakSecp256k11111111111111111111111111111';
export const SECP256R1 = 'Secp256r1SigVerify1111111111111111111111111';
export const LOOKUP_TABLE = 'AddressLookupTab1e1111111111111111111111111';
export const UPGRADEABLE_LOADER = 'BPFLoaderUpgradeab1e11111111111111111111111';

export const SYSTEM_BYTES = /** @type {Buffer} */ (decode32(SYSTEM));
export const COMPUTE_BUDGET_BYTES = /** @type {Buffer} */ (decode32(COMPUTE_BUDGET));
