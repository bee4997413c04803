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
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  let text = '';
  if (Array.isArray(value)) {
    for (const member of value) text += `${text && ','}${withBigints(member)}`;
    return `[${text}]`;
  }
  for (const key in value) {
    if (value[key] !== undefined) text += `${text && ','}${JSON.stringify(key)}:${withBigints(value[key])}`;
  }
  return `{${text}}`;
}
