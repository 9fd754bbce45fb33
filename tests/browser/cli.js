// The command line of the same checkout: what the page has to agree with, byte for byte.

import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../target/debug/kubectl-cilium_exec_check", import.meta.url));

/** The JSON report of these arguments, run in a folder; findings and gaps are no errors here. */
export function json(folder, ...args) {
  return report(folder, "json", ...args);
}

/** The same in another format. */
export function report(folder, format, ...args) {
  return execFileSync(PROGRAM, [...args, "-o", format, "--exit-zero"], { cwd: folder, maxBuffer: 1 << 30, stdio: ["ignore", "pipe", "ignore"] });
}

/** Runs the command line in a folder; findings and gaps are no errors here. */
export function run(folder, ...args) {
  execFileSync(PROGRAM, [...args, "--exit-zero"], { cwd: folder, stdio: "ignore" });
}

/** A folder with these files, by their paths in it; it is gone when the test is over. */
export function folder(test, files) {
  const root = mkdtempSync(join(tmpdir(), "page-"));
  test.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}
