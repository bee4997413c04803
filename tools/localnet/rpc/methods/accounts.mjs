import { decode } from '../../encoding/base58.mjs';
import { mintOf, tokenAccountOf, uiAmount } from '../../ledger/token-balances.mjs';
import { FAUCET_LAMPORTS } from '../../ledger/ledger.mjs';
import { TOKEN, TOKEN_2022 } from '../../transactions/programs.mjs';
import { accountFormat, encodeAccount } from '../encode-account.mjs';
import { invalid } from '../errors.mjs';
import { array, config, integer, optionalBoolean, pubkey } from '../params.mjs';

/** @typedef {import('../node.mjs').Node} Node @typedef {any[]} Params */

/** @type {Record<string, (node: Node, params: Params) => any>} */
export const accountMethods = {
  getBalance(node, [address, options]) {
    const { key } = pubkey(address);
    const { context, read } = node.bank(config(options));
    return { context, value: read(key)?.lamports ?? 0 };
  },

  getAccountInfo(node, [address, options]) {
    const { key } = pubkey(address);
    const format = accountFormat(config(options));
    const { context, read } = node.bank(config(options));
    const view = read(key);
    return { context, value: view && encodeAccount(view, format, read) };
  },

  getMultipleAccounts(node, [addresses, options]) {
    const keys = array(addresses, 'addresses', 100).map((address) => pubkey(address).key);
    const format = accountFormat(config(options), 'base64');
    const { context, read } = node.bank(config(options));
    const value = keys.map((key) => {
      const view = read(key);
      return view && encodeAccount(view, format, read);
    });
    return { context, value };
  },

  getProgramAccounts(node, [program, options]) {
    const { key } = pubkey(program);
    const given = config(options);
    const format = accountFormat(given);
    const filters = array(given.filters ?? [], 'filters', 4).map(filterOf);
    const { block, context, read } = node.bank(given);
    const value = node.ledger.accounts
      .ownedBy(key, block.slot)
      .filter(([, view]) => filters.every((accepts) => accepts(view)))
      .map(([address, view]) => ({ pubkey: address, account: encodeAccount(view, format, read) }));
    return optionalBoolean(given.withContext, 'withContext') ? { context, value } : value;
  },

  getTokenAccountBalance(node, [address, options]) {
    const { key } = pubkey(address);
    const { context, read } = node.bank(config(options));
    const view = read(key);
    if (view === null) throw invalid('Invalid param: could not find account');
    const account = tokenAccountOf(view);
    if (account === null) throw invalid('Invalid param: not a Token account');
    const mint = mintOf(read(account.mint));
    if (mint === null) throw invalid('Invalid param: could not find mint');
    return { context, value: uiAmount(account.amount, mint.decimals) };
  },

  getTokenAccountsByOwner: (node, params) => tokenAccountsBy('owner', node, params),
  getTokenAccountsByDelegate: (node, params) => tokenAccountsBy('delegate', node, params),

  getTokenSupply(node, [address, options]) {
    const { key } = pubkey(address);
    const { context, read } = node.bank(config(options));
    const view = read(key);
    if (view === null) throw invalid('Invalid param: could not find account');
    const mint = mintOf(view);
    if (mint === null) throw invalid('Invalid param: not a Token mint');
    return { context, value: uiAmount(mint.supply, mint.decimals) };
  },

  getTokenLargestAccounts(node, [address, options]) {
    const { key } = pubkey(address);
    const { block, context, read } = node.bank(config(options));
    const mint = mintOf(read(key));
    if (mint === null) throw invalid('Invalid param: not a Token mint');
    const value = node.ledger.accounts
      .tokenAccountsNaming(key, block.slot)
      .map(([holder, view]) => ({ address: holder, account: tokenAccountOf(view) }))
      .filter(({ account }) => account?.mint === key)
      .map(({ address: holder, account }) => ({ address: holder, amount: account?.amount ?? 0n }))
      .sort((a, b) => (a.amount < b.amount ? 1 : a.amount > b.amount ? -1 : 0))
      .slice(0, 20)
      .map(({ address: holder, amount }) => ({ address: holder, ...uiAmount(amount, mint.decimals) }));
    return { context, value };
  },

  getMinimumBalanceForRentExemption(node, [length]) {
    return node.ledger.vm.rentExemptMinimum(integer(length, 'data length', { max: 10 * 1024 * 1024 }));
  },

  getSupply(node, [options]) {
    const { context, read } = node.bank(config(options));
    const total = FAUCET_LAMPORTS - node.ledger.feesBurnt;
    const nonCirculating = read(node.ledger.faucet.address)?.lamports ?? 0n;
    const nonCirculatingAccounts = config(options).excludeNonCirculatingAccountsList === true ? [] : [node.ledger.faucet.address];
    return { context, value: { total, circulating: total - nonCirculating, nonCirculating, nonCirculatingAccounts } };
  },
};

/** @param {unknown} filter @returns {(view: import('../../ledger/vm.mjs').AccountView) => boolean} */
export function filterOf(filter) {
  const given = config(filter);
  if (given.dataSize !== undefined) {
    const size = integer(given.dataSize, 'dataSize');
    return (view) => view.data.length === size;
  }
  if (given.memcmp !== undefined) {
    const { offset, bytes, encoding = 'base58' } = config(given.memcmp);
    const start = integer(offset, 'memcmp.offset');
    const wanted = encoding === 'base64' && typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : decode(bytes, 175);
    if (wanted === null || wanted.length > 128) throw invalid('Invalid param: memcmp.bytes must be at most 128 bytes of base58 or base64.');
    return (view) => view.data.subarray(start, start + wanted.length).equals(wanted);
  }
  if (given.tokenAccountState !== undefined || filter === 'tokenAccountState') return (view) => tokenAccountOf(view) !== null;
  throw invalid('Invalid params: a filter needs dataSize or memcmp.');
}

/** @param {'owner' | 'delegate'} role @param {Node} node @param {Params} params */
function tokenAccountsBy(role, node, [address, filter, options]) {
  const { key } = pubkey(address);
  const { mint, programId } = config(filter);
  if ((mint === undefined) === (programId === undefined)) throw invalid('Invalid params: give either mint or programId.');
  const given = config(options);
  const format = accountFormat(given);
  const { block, context, read } = node.bank(given);
  const wantedMint = mint === undefined ? undefined : pubkey(mint).key;
  const wantedProgram = programId === undefined ? undefined : pubkey(programId).key;
  if (wantedMint !== undefined && mintOf(read(wantedMint)) === null) throw invalid('Invalid param: could not find mint');
  if (wantedProgram !== undefined && wantedProgram !== TOKEN && wantedProgram !== TOKEN_2022) {
    throw invalid('Invalid param: unrecognized Token program id');
  }
  const value = node.ledger.accounts
    .tokenAccountsNaming(key, block.slot)
    .filter(([, view]) => {
      const account = tokenAccountOf(view);
      if (account === null || account[role] !== key) return false;
      return wantedMint === undefined ? account.program === wantedProgram : account.mint === wantedMint;
    })
    .map(([holder, view]) => ({ pubkey: holder, account: encodeAccount(view, format, read) }));
  return { context, value };
}
