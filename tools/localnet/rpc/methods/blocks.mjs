import { SLOTS_PER_EPOCH } from '../../ledger/blocks.mjs';
import { decode32 } from '../../encoding/base58.mjs';
import { parseMessageAlone } from '../../transactions/parse.mjs';
import { feeOf } from '../../transactions/fees.mjs';
import { BLOCK_NOT_AVAILABLE, INVALID_PARAMS, RpcError, SLOT_SKIPPED, invalid } from '../errors.mjs';
import { array, commitment, config, integer, optionalInteger, pubkey } from '../params.mjs';
import { encodeEntry, transactionFormat } from '../encode-transaction.mjs';

/** @typedef {import('../node.mjs').Node} Node */

const BLOCKS_MAX = 500_000;

/** @param {Record<string, any>} options */
function atLeastConfirmed(options) {
  const level = commitment(options.commitment);
  if (level === 'processed') throw invalid('Method does not support commitment below `confirmed`');
  return level;
}

/** @type {Record<string, (node: Node, params: any[]) => any>} */
export const blockMethods = {
  getSlot: (node, [options]) => node.bank(config(options)).slot,
  getBlockHeight: (node, [options]) => node.claimedHeight(node.bank(config(options)).block),
  getTransactionCount: (node) => node.ledger.history.bySignature.size,
  getFirstAvailableBlock: () => 0,
  minimumLedgerSlot: () => 0,
  getMaxRetransmitSlot: (node) => node.claimedSlot(node.block('processed')),
  getMaxShredInsertSlot: (node) => node.claimedSlot(node.block('processed')),

  getLatestBlockhash(node, [options]) {
    const { block, context } = node.bank(config(options));
    const lastValid = node.ledger.blocks.lastValidHeight(block.parentHash) ?? 0;
    return { context, value: { blockhash: block.parentHash, lastValidBlockHeight: Math.max(0, lastValid + node.faults.heightOffset) } };
  },

  isBlockhashValid(node, [blockhash, options]) {
    if (decode32(blockhash) === null) throw invalid('Invalid param: Invalid');
    const { block, context } = node.bank(config(options));
    return { context, value: node.ledger.blocks.isHashValidIn(blockhash, block) };
  },

  getFeeForMessage(node, [message, options]) {
    if (typeof message !== 'string') throw invalid('Invalid params: expected a message in base64.');
    let parsed;
    try {
      parsed = parseMessageAlone(Buffer.from(message, 'base64'));
    } catch {
      throw invalid('failed to deserialize message');
    }
    const { block, context } = node.bank(config(options));
    return { context, value: node.ledger.blocks.isHashValidIn(parsed.blockhash, block) ? feeOf(parsed) : null };
  },

  getRecentPrioritizationFees(node, [addresses]) {
    const keys = array(addresses ?? [], 'addresses', 128).map((address) => pubkey(address).key);
    const fees = [];
    const tip = node.block('processed').slot;
    for (let slot = Math.max(0, tip - 149); slot <= tip; slot++) {
      const block = node.ledger.blocks.bySlot.get(slot);
      if (block === undefined) continue;
      const touching = block.transactions.filter((entry) => keys.every((key) => entry.keys.includes(key)));
      const prices = touching.map((entry) => entry.computeUnitPrice);
      fees.push({ slot, prioritizationFee: prices.length === 0 ? 0 : prices.reduce((a, b) => (a < b ? a : b)) });
    }
    return fees;
  },

  getBlock(node, [slot, options]) {
    const given = typeof options === 'string' ? { encoding: options } : config(options);
    const level = atLeastConfirmed(given);
    const wanted = integer(slot, 'slot');
    const detail = given.transactionDetails ?? 'full';
    if (!['full', 'accounts', 'signatures', 'none'].includes(detail)) throw invalid('Invalid params: unknown transactionDetails.');
    const format = transactionFormat(given);
    const newest = node.block(level);
    if (wanted > newest.slot) throw new RpcError(BLOCK_NOT_AVAILABLE, `Block not available for slot ${wanted}`);
    const block = node.ledger.blocks.bySlot.get(wanted);
    if (block === undefined) {
      throw new RpcError(SLOT_SKIPPED, `Slot ${wanted} was skipped, or missing due to ledger jump to recent snapshot`);
    }
    const transactions = block.transactions;
    return {
      previousBlockhash: block.parentHash,
      blockhash: block.hash,
      parentSlot: block.parent,
      blockTime: block.time,
      blockHeight: block.height,
      ...(detail === 'full' && { transactions: transactions.map((entry) => encodeEntry(entry, format)) }),
      ...(detail === 'accounts' && { transactions: transactions.map((entry) => encodeEntry(entry, { ...format, encoding: 'accounts' })) }),
      ...(detail === 'signatures' && { signatures: transactions.map((entry) => entry.signature) }),
      ...(given.rewards !== false && { rewards: [] }),
    };
  },

  getBlocks(node, [start, endOrOptions, options]) {
    const given = config(typeof endOrOptions === 'object' ? endOrOptions : options);
    const first = integer(start, 'start slot');
    const end = typeof endOrOptions === 'object' ? undefined : optionalInteger(endOrOptions, 'end slot');
    const newest = node.block(atLeastConfirmed(given)).slot;
    const last = Math.min(end ?? newest, newest);
    if (last - first > BLOCKS_MAX) throw new RpcError(INVALID_PARAMS, `Slot range too large; max ${BLOCKS_MAX}`);
    return existing(node, first, last, Infinity);
  },

  getBlocksWithLimit(node, [start, limit, options]) {
    const first = integer(start, 'start slot');
    return existing(node, first, node.block(atLeastConfirmed(config(options))).slot, integer(limit, 'limit', { max: BLOCKS_MAX }));
  },

  getBlockTime(node, [slot]) {
    const wanted = integer(slot, 'slot');
    const block = node.ledger.blocks.bySlot.get(wanted);
    if (block === undefined || wanted > node.block('confirmed').slot) {
      throw new RpcError(BLOCK_NOT_AVAILABLE, `Block not available for slot ${wanted}`);
    }
    return block.time;
  },

  getEpochInfo(node, [options]) {
    const { block, slot } = node.bank(config(options));
    return {
      absoluteSlot: slot,
      blockHeight: node.claimedHeight(block),
      epoch: Math.floor(slot / SLOTS_PER_EPOCH),
      slotIndex: slot % SLOTS_PER_EPOCH,
      slotsInEpoch: SLOTS_PER_EPOCH,
      transactionCount: node.ledger.history.bySignature.size,
    };
  },

  getEpochSchedule: () => ({
    slotsPerEpoch: SLOTS_PER_EPOCH,
    leaderScheduleSlotOffset: SLOTS_PER_EPOCH,
    warmup: false,
    firstNormalEpoch: 0,
    firstNormalSlot: 0,
  }),
};

/** @param {Node} node @param {number} first @param {number} last @param {number} limit */
function existing(node, first, last, limit) {
  const slots = [];
  for (let slot = first; slot <= last && slots.length < limit; slot++) {
    if (node.ledger.blocks.bySlot.has(slot)) slots.push(slot);
  }
  return slots;
}
