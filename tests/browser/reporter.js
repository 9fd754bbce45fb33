// Test events → one line a test and, at the end, a line `test result: …` as Rust's own test runner prints it.

/** Node calls this with the stream of events. */
export default async function* report(events) {
  const counts = { passed: 0, failed: 0, ignored: 0 };
  for await (const { type, data } of events) {
    if (type === "test:stdout" || type === "test:stderr") yield data.message;
    if (type === "test:diagnostic" && data.file) yield `  ${data.message}\n`;
    if (type !== "test:pass" && type !== "test:fail") continue;
    // A file is a test to Node, and one that broke before its tests began is a failure.
    if (data.details?.type === "suite") continue;
    if (data.nesting === 0 && /\.test\.js$/.test(data.name) && type === "test:pass") continue;
    if (data.skip !== undefined) {
      counts.ignored += 1;
      yield `test ${data.name} ... ignored\n`;
    } else if (type === "test:pass") {
      counts.passed += 1;
      yield `test ${data.name} ... ok\n`;
    } else {
      counts.failed += 1;
      yield `test ${data.name} ... FAILED\n${described(data.details.error)}\n`;
    }
  }
  const word = counts.failed === 0 ? "ok" : "FAILED";
  yield `\ntest result: ${word}. ${counts.passed} passed; ${counts.failed} failed; ${counts.ignored} ignored\n`;
}

function described(error) {
  const cause = error.cause ?? error;
  return typeof cause === "string" ? cause : (cause.stack ?? String(cause));
}
