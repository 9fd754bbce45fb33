// What is taken away from the page is what the command line writes, byte for byte.

import assert from "node:assert/strict";
import { join } from "node:path";
import { drop, pages, sample, take, verdict } from "./browser.js";
import { folder, report } from "./cli.js";
import { cluster, yaml } from "./clusters.js";

const onThePage = pages();

const FORMATS = [
  ["JSON", "json", "cilium-exec-check.json"],
  ["HTML report", "html", "cilium-exec-check.html"],
  ["CSV", "csv", "cilium-exec-check.csv"],
  ["Markdown", "markdown", "cilium-exec-check.md"],
];

async function all(page, root, ...args) {
  const redacted = args.includes("--redact");
  for (const [name, format, usual] of FORMATS) {
    const expected = redacted ? usual.replace(".", "-redacted.") : usual;
    const [file, bytes] = await take(page, page.getByRole("button", { name: `Download ${name}`, exact: true }));
    assert.equal(file, expected);
    assert.ok(bytes.equals(report(root, format, ...args)), `${name} of ${args.join(" ")} differs`);
  }
}

onThePage("every format of the sample is what the command line writes of it", {}, async (page, t) => {
  await sample(page);
  await all(page, folder(t, {}), "--demo");
});

onThePage("every format of a cluster with hostile names, and with grants left out, is what the command line writes", {}, async (page, t) => {
  const root = folder(t, { "cluster.yaml": yaml(cluster({ account: "=1+1|<b>\u202e", role: "debug" })) });
  await drop(page, [join(root, "cluster.yaml")]);
  await verdict(page);
  await all(page, root, "-f", "cluster.yaml");
  await page.locator("button.identity").first().click();
  await page.getByRole("button", { name: /^What if without RoleBinding/ }).first().click();
  await page.getByText(/1 finding closes, none is left/).first().waitFor();
  await all(page, root, "-f", "cluster.yaml", "--without", "rolebinding/kube-system/ci-exec");
});

onThePage("with names redacted every format is what the command line writes with --redact", {}, async (page, t) => {
  await sample(page);
  await page.getByRole("button", { name: "user/dana@example.com" }).click();
  await page.getByRole("button", { name: /^What if without RoleBinding tools\/dana-edit/ }).first().click();
  await page.getByText(/1 finding closes/).first().waitFor();
  await page.getByLabel("Redact names").check();
  const root = folder(t, {});
  await all(page, root, "--demo", "--redact", "--without", "rolebinding/tools/dana-edit");
  await page.getByRole("button", { name: "Put everything back" }).click();
  await page.getByRole("region", { name: "What if" }).waitFor({ state: "detached" });
  const [file, bytes] = await take(page, page.getByRole("button", { name: "Save as SVG, redacted" }).first());
  assert.equal(file, "cilium-exec-check-path-redacted.svg");
  assert.match(bytes.toString(), /user-\d/);
  assert.doesNotMatch(bytes.toString(), /dana|tools/);
  await page.getByLabel("Redact names").uncheck();
  await all(page, root, "--demo");
});

onThePage("a path is saved as a picture that stands alone", {}, async (page) => {
  await sample(page);
  await page.locator("button.identity").first().click();
  const shown = page.locator("figure.drawn svg").first();
  assert.match(await shown.locator("title").first().textContent(), /^How group\/auditors gains exec$/);
  const [file, bytes] = await take(page, page.getByRole("button", { name: "Save as SVG" }).first());
  assert.equal(file, "cilium-exec-check-path.svg");
  // Not in the page, whose policy takes no style from elsewhere.
  const elsewhere = await page.context().newPage();
  const parsed = await elsewhere.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
    return { root: parsed.documentElement.localName, errors: parsed.querySelectorAll("parsererror").length, scripts: parsed.querySelectorAll("script, a, image").length };
  }, bytes.toString());
  assert.deepEqual(parsed, { root: "svg", errors: 0, scripts: 0 });
});
