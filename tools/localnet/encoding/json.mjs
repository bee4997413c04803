/**
 * JSON with exact integers: lamports are u64, a double holds 53 bits, and Node 20 has no JSON.rawJSON.
 * @param {any} value
 * @returns {string}
 */
export function stringify(value) {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (error) {
    // JSON.stringify, many times as fast, has met a bigint.
    if (!(error instanceof TypeError)) throw error;
    return withBigints(value);
  }
}

/** @param {any} value @returns {string} */
function withBigints(value) {
  if (typeof value === 'bigint') return value.toString();
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(withBigints).join(',')}]`;
  const members = [];
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${withBigints(member)}`);
  }
  return `{${members.join(',')}}`;
}
