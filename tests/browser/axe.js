// A page → what axe complains about in it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** The screens to look at, each with the options of its context. */
export const SCREENS = [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["light and narrow", { colorScheme: "light", viewport: { width: 320, height: 800 } }],
  ["dark and narrow", { colorScheme: "dark", viewport: { width: 320, height: 800 } }],
];

/** Brings axe into the page. */
export function load(page) {
  return page.evaluate(AXE);
}

/** Everything that axe complains about in what is shown, once it is loaded. */
export function violations(page) {
  return page.evaluate(async (tags) => {
    const { violations } = await globalThis.axe.run(document, { runOnly: tags });
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target}: ${node.failureSummary}`));
  }, RULES);
}
