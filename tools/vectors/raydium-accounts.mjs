import { createHash } from "node:crypto";
import BN from "bn.js";
import { CpmmConfigInfoLayout, CpmmPoolInfoLayout } from "@raydium-io/raydium-sdk-v2";
import { bytes, chance, integer, key, times, u64 } from "./random.mjs";

/** Fills every field of the SDK's layout, so that a field read at the wrong place shows. */
function encode(layout, name, fields) {
  const all = {};
  for (const field of layout.fields) {
    if (field.property === undefined) continue;
    all[field.property] = fields[field.property] ?? (field.span === 32 ? key() : field.span === 8 ? u64() : field.span === 2 ? integer(65535) : integer(255));
  }
  const toSdk = (value) => (typeof value === "bigint" ? new BN(value.toString()) : value);
  const data = bytes(layout.span);
  layout.encode(Object.fromEntries(Object.entries(all).map(([k, v]) => [k, toSdk(v)])), data);
  createHash("sha256").update(`account:${name}`).digest().copy(data, 0, 0, 8);
  return { ...all, data: data.toString("hex") };
}

export const raydiumConfigs = () =>
  times(15, () => encode(CpmmConfigInfoLayout, "AmmConfig", { disableCreatePool: chance(50) }));

export const raydiumPools = () =>
  times(15, () => encode(CpmmPoolInfoLayout, "PoolState", { feeOn: integer(2), enableCreatorFee: chance(50) }));
