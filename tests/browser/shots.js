// The built page in every state → pictures at three widths, in light and in dark, so that people can look at it.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { drop, launch, open, sample, verdict } from "./browser.js";
import { cluster, pods, yaml } from "./clusters.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SHOTS = "web/dist/shots";
const WIDTHS = [1280, 768, 320];
const THEMES = ["light", "dark"];

const files = mkdtempSync(join(tmpdir(), "shots-"));
const file = (name, text) => {
  writeFileSync(join(files, name), text);
  return join(files, name);
};
const INCOMPLETE = file("cluster.yaml", yaml(cluster()));
const BROKEN = file("broken.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  name: b\n---\nkind: [\n");
const NOTHING = file("values.yaml", "replicas: 3\n");
const LARGE = file("pods.yaml", pods(60_000_000));

/** What does not keep still, or goes by the window. */
const VIEWPORT = ["checking", "what-if"];

/** Each state, reached from the empty page. */
const STATES = {
  empty: async () => {},
  unfolded: async (page) => {
    await page.getByText("Paste text").click();
    await page.getByText("How to export them").click();
  },
  checking: async (page) => {
    await drop(page, [LARGE]);
    await page.getByRole("button", { name: "Cancel" }).waitFor();
  },
  sample,
  finding: async (page) => {
    await sample(page);
    await page.locator("button.identity").first().click();
    await page.locator("pre.lines").first().waitFor();
  },
  steps: async (page) => {
    await sample(page);
    await page.getByRole("button", { name: "user/dana@example.com" }).click();
    await page.locator("pre.lines").first().waitFor();
  },
  "what-if": async (page) => {
    await sample(page);
    await page.getByRole("button", { name: "serviceaccount/ci/deployer" }).click();
    await page.getByRole("button", { name: /^What if without RoleBinding/ }).first().click();
    await page.getByText(/finding closes|findings close/).first().waitFor();
  },
  incomplete: async (page) => {
    await drop(page, [INCOMPLETE]);
    await verdict(page);
  },
  broken: async (page) => {
    await drop(page, [BROKEN, INCOMPLETE]);
    await verdict(page);
  },
  nothing: async (page) => {
    await drop(page, [NOTHING]);
    await verdict(page);
  },
};

/** The states to take, all of them where none is named. */
const wanted = process.argv.slice(2);
const isWanted = (name) => wanted.length === 0 || wanted.includes(name);

/** The two of the README, by the names of their files. */
const README = { "page-findings": "sample", "page-what-if": "what-if" };

mkdirSync(join(ROOT, SHOTS), { recursive: true });
const browser = await launch();

/** Reaches a state in a context of its own, and takes its picture. */
async function shoot(state, options, folder, name, fullPage) {
  const { context, page } = await open(browser, options);
  await STATES[state](page);
  await page.mouse.move(0, 0);
  await page.waitForTimeout(200);
  await page.screenshot({ path: join(ROOT, folder, name), fullPage });
  console.log(`${folder}/${name}`);
  await context.close();
}

try {
  for (const width of WIDTHS) {
    for (const colorScheme of THEMES) {
      for (const state of Object.keys(STATES).filter(isWanted)) {
        const options = { viewport: { width, height: 900 }, colorScheme };
        await shoot(state, options, SHOTS, `${state}-${width}-${colorScheme}.png`, !VIEWPORT.includes(state));
      }
    }
  }
  if (isWanted("readme")) {
    const options = { viewport: { width: 1100, height: 780 }, colorScheme: "light" };
    for (const [name, state] of Object.entries(README)) await shoot(state, options, "docs", `${name}.png`, false);
  }
} finally {
  await browser.close();
  rmSync(files, { recursive: true });
}
