import { accountFormat, encodeAccount } from '../rpc/encode-account.mjs';
import { invalid } from '../rpc/errors.mjs';
import { filterOf } from '../rpc/methods/accounts.mjs';
import { array, commitment, config, pubkey, signature } from '../rpc/params.mjs';

/** @typedef {import('../rpc/node.mjs').Node} Node @typedef {import('./hub.mjs').Interest} Interest */

const RANK = { processed: 0, confirmed: 1, finalized: 2 };

/** What each subscribe method asks for. @type {Record<string, (node: Node, params: any[]) => Interest & { now?: () => { slot: number, value: any } | null }>} */
export const interests = {
  signatureSubscribe(node, [name, options]) {
    const wanted = signature(name);
    const level = commitment(config(options).commitment);
    return {
      kind: 'signature',
      commitment: level,
      once: true,
      onEntry: (entry) => (entry.signature === wanted ? { err: entry.err } : undefined),
      // A transaction that is already there is told at once.
      now() {
        const entry = node.ledger.history.bySignature.get(wanted);
        const status = entry === undefined ? null : node.statusOf(entry);
        if (entry === undefined || status === null || RANK[status] < RANK[level]) return null;
        return { slot: node.claimedSlot(node.block(level)), value: { err: entry.err } };
      },
    };
  },

  accountSubscribe(node, [address, options]) {
    const { key } = pubkey(address);
    const format = accountFormat(config(options));
    return {
      kind: 'account',
      commitment: commitment(config(options).commitment),
      onWrites: (keys, slot) => (keys.has(key) ? [encodedAt(node, key, slot, format) ?? emptyAccount(format)] : []),
    };
  },

  programSubscribe(node, [program, options]) {
    const { key: owner } = pubkey(program);
    const given = config(options);
    const format = accountFormat(given);
    const filters = array(given.filters ?? [], 'filters', 4).map(filterOf);
    return {
      kind: 'program',
      commitment: commitment(given.commitment),
      onWrites: (keys, slot) =>
        [...keys].flatMap((key) => {
          const view = node.ledger.accounts.at(key, slot);
          if (view === null || view.owner !== owner || !filters.every((accepts) => accepts(view))) return [];
          return [{ pubkey: key, account: encodedAt(node, key, slot, format) }];
        }),
    };
  },

  logsSubscribe(_node, [filter, options]) {
    const mentions = filter === 'all' || filter === 'allWithVotes' ? null : array(config(filter).mentions, 'mentions', 1).map((key) => pubkey(key).key);
    if (mentions?.length === 0) throw invalid('Invalid Request: Only 1 address supported');
    return {
      kind: 'logs',
      commitment: commitment(config(options).commitment),
      onEntry(entry) {
        if (mentions !== null && !entry.keys.includes(mentions[0])) return undefined;
        return { signature: entry.signature, err: entry.err, logs: entry.meta.logMessages };
      },
    };
  },

  slotSubscribe: (node) => ({
    kind: 'slot',
    commitment: 'processed',
    onSlot: (tip) => ({ parent: tip.parent, root: node.block('finalized').slot, slot: tip.slot }),
  }),

  rootSubscribe: () => ({ kind: 'root', commitment: 'finalized', onRoot: (slot) => slot }),
};

/** @param {Node} node @param {string} key @param {number} slot @param {ReturnType<typeof accountFormat>} format */
function encodedAt(node, key, slot, format) {
  const read = (/** @type {string} */ other) => node.ledger.accounts.at(other, slot);
  const view = read(key);
  return view && encodeAccount(view, format, read);
}

/** A closed account, as validators tell it: nothing, owned by the System Program. @param {ReturnType<typeof accountFormat>} format */
function emptyAccount({ encoding }) {
  const data = encoding === 'binary' ? '' : ['', encoding === 'base58' ? 'base58' : 'base64'];
  return { lamports: 0, data, owner: '11111111111111111111111111111111', executable: false, rentEpoch: 0, space: 0 };
}
