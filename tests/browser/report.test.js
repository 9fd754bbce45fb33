// The HTML report of the command line, opened from a disk: read without scripts, searched and sorted with them.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { SCREENS, load, violations } from "./axe.js";
import { launch } from "./browser.js";
import { folder, run } from "./cli.js";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** A test with the sample's report open; it fails on any request, error or policy violation. */
function report(name, options, body) {
  test(name, async (t) => {
    const root = folder(t, {});
    run(root, "--demo", "-o", "html=report.html");
    const address = pathToFileURL(join(root, "report.html")).href;
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const faults = [];
    page.on("request", (request) => {
      if (request.url() !== address) faults.push(`request: ${request.url()}`);
    });
    page.on("console", (message) => faults.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => faults.push(`uncaught: ${error.message}`));
    try {
      await page.goto(address);
      await body(page);
      assert.deepEqual(faults, [], "the report asked for something, or complained");
    } finally {
      await context.close();
    }
  });
}

const identities = (page) => page.locator("#findings .identity:visible").allTextContents();

for (const [name, options] of SCREENS) {
  // The policy lets no script in but the report's own, so axe comes by way of the debugger.
  report(`axe finds nothing in the report in ${name}`, { ...options, bypassCSP: true }, async (page) => {
    await load(page);
    for (const open of [false, true]) {
      await page.evaluate((open) => document.querySelectorAll("details").forEach((it) => (it.open = open)), open);
      assert.deepEqual(await violations(page), [], open ? "all unfolded" : "as it opens");
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} pixels too wide`);
  });
}

report("the report is searched, narrowed down and sorted by keyboard", {}, async (page) => {
  const all = await identities(page);
  assert.equal(all.length, 9);
  await page.getByRole("searchbox", { name: "Search" }).fill("ServiceAccount/");
  assert.deepEqual(await identities(page), all.filter((who) => who.startsWith("serviceaccount/")));
  await page.getByText("3 of 9 are shown").waitFor();
  await page.getByRole("combobox", { name: "Severity" }).selectOption("medium");
  assert.deepEqual(await identities(page), ["serviceaccount/monitoring/scraper"]);
  await page.getByRole("combobox", { name: "Severity" }).selectOption("all");
  await page.getByRole("searchbox", { name: "Search" }).fill("");
  await page.getByRole("button", { name: "Identity" }).focus();
  await page.keyboard.press("Enter");
  assert.deepEqual(await identities(page), all.toSorted());
  await page.keyboard.press("Enter");
  assert.deepEqual(await identities(page), all.toSorted().reverse());
  await page.getByRole("button", { name: "Severity" }).press("Enter");
  assert.equal(await page.locator("#findings tbody").first().getAttribute("class"), "critical");
  await page.locator("#findings details > summary").first().press("Enter");
  await page.locator("#findings .evidence .place").first().waitFor();
});

report("the report is whole without scripts", { javaScriptEnabled: false }, async (page) => {
  assert.equal((await identities(page)).length, 9);
  assert.equal(await page.getByRole("searchbox").isVisible(), false);
  await page.locator("#findings details > summary").first().click();
  await page.locator("#findings .evidence .place").first().waitFor();
  assert.equal(await page.locator("#findings svg.picture").first().isVisible(), true);
});

report("what is folded is printed", {}, async (page) => {
  const paper = await page.pdf({ format: "A4" });
  assert.ok(paper.length > 100_000, `${paper.length} bytes`);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const evidence = page.locator("#findings .evidence").first();
  assert.ok((await evidence.boundingBox())?.height > 50, "a step is folded on paper");
  const paint = await page.evaluate(() => getComputedStyle(document.body).color);
  assert.equal(paint, "rgb(29, 31, 34)", "paper is light");
});
