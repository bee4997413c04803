/** Failures in full, successes as lines, and last a line that a script can read: `N passed, N failed`. @param {AsyncIterable<any>} source */
export default async function* report(source) {
  let passed = 0;
  let failed = 0;
  for await (const { type, data } of source) {
    if (type === 'test:stderr' || type === 'test:stdout') yield data.message;
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details?.type === 'suite') continue;
    // A file that dies on the way is reported as a failed test of its own; one that passes is not a test.
    if (type === 'test:pass' && data.nesting === 0 && data.file !== undefined && data.name === data.file) continue;
    if (type === 'test:pass') {
      passed++;
      yield `ok   ${data.name} (${Math.round(data.details.duration_ms)} ms)\n`;
    } else {
      failed++;
      const error = data.details.error?.cause ?? data.details.error;
      yield `FAIL ${data.name}\n${error?.stack ?? error}\n`;
    }
  }
  yield `${passed} passed, ${failed} failed\n`;
}
