// The table stays quick with ten thousand rows, and is searched, narrowed down and sorted.

import assert from "node:assert/strict";
import { join } from "node:path";
import { drop, longestGap, pages, sample, twice, verdict } from "./browser.js";
import { folder } from "./cli.js";
import { bindings, cluster, yaml } from "./clusters.js";

const onThePage = pages();

const rows = (page) => page.locator("tr.finding button.identity").allTextContents();

onThePage("findings are searched, narrowed down and sorted", {}, async (page) => {
  await sample(page);
  const table = page.getByRole("table", { name: "Findings" });
  const shown = () => table.locator("button.identity").allTextContents();
  const all = await shown();
  assert.ok(all.length > 5);

  await page.getByRole("searchbox").first().fill("DANA");
  await page.getByText(`1 of ${all.length} identities`).waitFor();
  assert.deepEqual(await shown(), ["user/dana@example.com"]);
  await page.getByRole("searchbox").first().fill("no such thing");
  await page.getByRole("button", { name: "Show everything" }).click();
  await page.getByText(`${all.length} identities`, { exact: true }).first().waitFor();
  assert.deepEqual(await shown(), all);

  await page.getByLabel("Severity").first().selectOption("medium");
  await page.getByText(/^\d+ of \d+ identities/).waitFor();
  assert.deepEqual(new Set(await table.locator(".severity").allTextContents()), new Set(["medium"]));
  await page.getByLabel("Severity").first().selectOption("");

  const identity = table.getByRole("columnheader", { name: "Identity" });
  await identity.getByRole("button").click();
  assert.equal(await identity.getAttribute("aria-sort"), "ascending");
  assert.deepEqual(await shown(), [...all].sort());
  await identity.getByRole("button").click();
  assert.equal(await identity.getAttribute("aria-sort"), "descending");
  assert.deepEqual(await shown(), [...all].sort().reverse());
});

onThePage("the arrow keys go from finding to finding, and what is open stays open", {}, async (page) => {
  await sample(page);
  const all = await rows(page);
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  await page.locator("button.identity").first().focus();
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), all[1]);
  await page.keyboard.press("Enter");
  await page.locator("tr.detail").waitFor();
  await page.keyboard.press("ArrowUp");
  assert.equal(await focused(), all[0]);
  await page.getByRole("columnheader", { name: "Identity" }).first().getByRole("button").click();
  await page.locator("tr.finding.open", { hasText: all[1] }).waitFor();
  assert.equal(await page.locator("tr.detail").count(), 1);
});

onThePage("ten thousand findings are shown, searched and walked through without holding the page up", {}, async (page, t) => {
  const root = folder(t, { "cluster.yaml": yaml([...cluster(), ...bindings(10_000)]) });
  await drop(page, [join(root, "cluster.yaml")]);
  assert.equal(await verdict(page), "At least 10,001 identities can gain privileged Cilium access.");
  await page.getByText("10,001 identities", { exact: true }).waitFor();
  const drawn = await page.locator("tr.finding").count();
  assert.ok(drawn < 200, `${drawn} rows are drawn at once`);
  assert.equal(await page.getByRole("table").first().getAttribute("aria-rowcount"), "10002");

  const search = page.getByRole("searchbox");
  const searched = await twice(async () => {
    await search.fill("");
    await page.getByText("10,001 identities", { exact: true }).waitFor();
    return longestGap(page, async () => {
      await search.pressSequentially("account-999");
      await page.getByText(/^11 of 10,001 identities$/).waitFor();
    });
  });
  await search.fill("");
  const sorted = await twice(() =>
    longestGap(page, async () => {
      await page.getByRole("columnheader", { name: "Identity" }).getByRole("button").click();
      await page.waitForTimeout(100);
    }),
  );
  const scrolled = await twice(() =>
    longestGap(page, async () => {
      for (let step = 0; step < 20; step++) {
        await page.mouse.wheel(0, 5000);
        await page.waitForTimeout(30);
      }
    }),
  );
  t.diagnostic(`10,001 rows, longest frame gap: searching ${searched} ms, sorting ${sorted} ms, scrolling ${scrolled} ms`);
  for (const gap of [searched, sorted, scrolled]) assert.ok(gap < 200, `a frame took ${gap} ms`);

  await page.evaluate(() => scrollTo(0, document.querySelector("table").getBoundingClientRect().bottom + scrollY - innerHeight));
  await page.locator('tr.finding[aria-rowindex="10002"]').waitFor();
  const left = await page.locator("tr.finding").count();
  assert.ok(left < 300, `${left} rows are drawn at the end`);
});
