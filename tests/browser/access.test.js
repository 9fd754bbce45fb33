// axe finds nothing to complain about, whatever the page shows, in light and in dark.

import assert from "node:assert/strict";
import { join } from "node:path";
import { SCREENS, load, violations } from "./axe.js";
import { drop, pages, sample, verdict } from "./browser.js";
import { folder } from "./cli.js";
import { cluster, podsByHand, yaml } from "./clusters.js";

const onThePage = pages();

/** Demands that axe has no complaint about what is shown. */
async function clean(page, what) {
  // A state that is fading in has the wrong colours for a moment.
  await page.waitForTimeout(200);
  assert.deepEqual(await violations(page), [], what);
}

for (const [name, options] of SCREENS) {
  onThePage(`axe finds nothing in ${name}`, options, async (page, t) => {
    const root = folder(t, {
      "cluster.yaml": yaml(cluster()),
      "broken.yaml": "kind: Pod\nmetadata: {name: [\n",
      "nothing.yaml": "# nothing\n",
      "pods.yaml": podsByHand(80_000_000),
    });
    await load(page);
    await clean(page, "the empty page");
    await page.getByText("Paste text").click();
    await page.getByText("How to export them").click();
    await page.getByRole("button", { name: "Check this text" }).click();
    await clean(page, "the empty page, unfolded, with an alert");
    await drop(page, [join(root, "pods.yaml")]);
    await page.getByRole("button", { name: "Cancel" }).waitFor();
    await clean(page, "a check under way");
    await page.getByRole("button", { name: "Cancel" }).click();
    await sample(page);
    await clean(page, "the sample");
    await page.locator("button.identity").first().click();
    await page.evaluate(() => document.querySelectorAll("details").forEach((fold) => (fold.open = true)));
    await page.evaluate(() => document.querySelectorAll('.path button[aria-expanded="false"]').forEach((it) => it.click()));
    await clean(page, "the sample, unfolded");
    await page.getByRole("button", { name: /^What if without/ }).first().click();
    await page.getByText(/finding closes|findings close/).first().waitFor();
    await clean(page, "the sample with something left out");
    await page.getByRole("button", { name: "Put everything back" }).click();
    await page.getByRole("searchbox").first().fill("no such thing");
    await page.getByText("Nothing matches").waitFor();
    await clean(page, "a search without a match");
    for (const name of ["broken.yaml", "nothing.yaml"]) {
      await page.getByRole("button", { name: "Start over" }).click();
      await drop(page, [join(root, name)]);
      await verdict(page);
      await clean(page, name);
    }
  });
}
