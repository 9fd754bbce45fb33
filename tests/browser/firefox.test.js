// The page in Firefox, by the protocol that browsers share: it checks, shows, asks what if, and complains about nothing.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { firefox } from "playwright-core";
import { PAGE, sample, verdict } from "./browser.js";
import { folder } from "./cli.js";
import { cluster, yaml } from "./clusters.js";

const PROGRAM = process.env.FIREFOX ?? "/usr/bin/firefox-esr";
const skip = existsSync(PROGRAM) ? false : `${PROGRAM} is not there`;

let browser;
before(async () => {
  if (!skip) browser = await firefox.launch({ channel: "moz-firefox", executablePath: PROGRAM });
});
after(() => browser?.close());

/** A test with the page freshly opened; it fails on any error and policy violation. */
function inFirefox(name, body) {
  test(name, { skip }, async (t) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const faults = [];
    page.on("console", (message) => faults.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => faults.push(`uncaught: ${error.message}`));
    try {
      await page.goto(pathToFileURL(PAGE).href);
      await body(page, t);
      assert.deepEqual(faults, [], "the page complained");
    } finally {
      await context.close();
    }
  });
}

inFirefox("the sample is checked in Firefox, with lines, picture and what if", async (page) => {
  await sample(page);
  assert.equal(await page.locator("#verdict").textContent(), "7 identities can gain privileged Cilium access.");
  await page.getByRole("button", { name: "serviceaccount/ci/deployer" }).click();
  await page.locator("pre.lines").first().waitFor();
  await page.locator("figure.drawn svg").first().waitFor();
  await page.getByRole("button", { name: "Try this remedy" }).click();
  await page.getByText("1 finding closes, 8 are left.").first().waitFor();
});

inFirefox("chosen files are checked in Firefox, and a broken one is named", async (page, t) => {
  const root = folder(t, { "cluster.yaml": yaml(cluster()), "broken.yaml": "kind: Role\nmetadata: {name: [\n" });
  await page.locator("input[type=file]").first().setInputFiles(["cluster.yaml", "broken.yaml"].map((name) => join(root, name)));
  assert.equal(await verdict(page), "At least 1 identity can gain privileged Cilium access.");
  await page.getByText(/broken\.yaml:\d+:\d+/).first().waitFor();
});
