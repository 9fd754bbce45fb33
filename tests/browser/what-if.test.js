// What closes if a grant were gone is seen at once, is what the command line says, and is taken back.

import assert from "node:assert/strict";
import { join } from "node:path";
import { drop, longestGap, pages, sample, saved, twice, verdict } from "./browser.js";
import { folder, json } from "./cli.js";
import { bindings, cluster, yaml } from "./clusters.js";

const onThePage = pages();

/** The sample with one of its findings opened. */
async function opened(page) {
  await sample(page);
  await page.getByRole("button", { name: "serviceaccount/ci/deployer" }).click();
  await page.locator(".steps").first().waitFor();
}

const bar = (page) => page.getByRole("region", { name: "What if" });
const row = (page) => page.locator("tr.finding", { hasText: "serviceaccount/ci/deployer" });
const without = (page, what) => page.locator("tr.detail").getByRole("button", { name: `What if without ${what}` }).first();

async function closes(page) {
  await bar(page).getByText(/1 finding closes, 8 are left\. Closed: serviceaccount\/ci\/deployer\./).waitFor();
  await page.getByRole("status").filter({ hasText: "1 finding closes" }).waitFor({ state: "attached" });
  assert.match(await row(page).getAttribute("class"), /closed/);
}

async function sameAs(page, root, ...args) {
  assert.ok((await saved(page)).equals(json(root, ...args)), `the JSON differs from that of ${args.join(" ")}`);
}

for (const [what, grant] of [
  ["RoleBinding kube-system/ci-exec", "rolebinding/kube-system/ci-exec"],
  ["subject 1 of RoleBinding kube-system/ci-exec", "rolebinding/kube-system/ci-exec/subjects/0"],
  [/rule \d+ of ClusterRole pod-debug/, null],
]) {
  onThePage(`what closes without a ${grant?.split("/").length === 5 ? "subject" : grant ? "binding" : "rule"} is shown, and is what the command line says`, {}, async (page, t) => {
    await opened(page);
    const name = typeof what === "string" ? `What if without ${what}` : new RegExp(`What if without ${what.source}`);
    const button = page.locator("tr.detail").getByRole("button", { name }).first();
    const label = await button.getAttribute("aria-label");
    const rule = /rule (\d+)/.exec(label);
    await button.click();
    await closes(page);
    await sameAs(page, folder(t, {}), "--demo", "--without", grant ?? `clusterrole/pod-debug/rules/${rule[1] - 1}`);
    await page.locator("tr.detail").getByRole("button", { name: label.replace("What if without", "Put back") }).first().click();
    await bar(page).waitFor({ state: "detached" });
    assert.doesNotMatch(await row(page).getAttribute("class"), /closed/);
    await sameAs(page, folder(t, {}), "--demo");
  });
}

onThePage("a remedy is tried before it is applied, and taken back", {}, async (page, t) => {
  await opened(page);
  const detail = page.locator("tr.detail");
  await detail.getByRole("button", { name: "Try this remedy" }).click();
  await closes(page);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Take the remedy back", "it keeps the focus");
  await sameAs(page, folder(t, {}), "--demo", "--without", "rolebinding/kube-system/ci-exec");
  await detail.getByRole("button", { name: "Take the remedy back" }).click();
  await bar(page).waitFor({ state: "detached" });
  await sameAs(page, folder(t, {}), "--demo");
});

onThePage("a remedy that takes a subject out of a binding leaves the others in it", {}, async (page, t) => {
  const [namespace, account, pod, role, binding] = cluster();
  binding.subjects.unshift({ kind: "User", name: "erin" });
  const root = folder(t, { "cluster.yaml": yaml([namespace, account, pod, role, binding]) });
  await drop(page, [join(root, "cluster.yaml")]);
  await verdict(page);
  await page.getByRole("button", { name: "serviceaccount/ci/deployer" }).click();
  await page.locator("tr.detail").getByRole("button", { name: "Try this remedy" }).click();
  await bar(page).getByText("1 finding closes, 1 is left. Closed: serviceaccount/ci/deployer.").waitFor();
  await sameAs(page, root, "-f", "cluster.yaml", "--without", "rolebinding/kube-system/ci-exec/subjects/1");
});

onThePage("one thing after the other is left out, taken back, and all of it put back", {}, async (page, t) => {
  await opened(page);
  await without(page, "RoleBinding kube-system/ci-exec").click();
  await closes(page);
  await page.getByRole("button", { name: "group/auditors" }).click();
  await without(page, "ClusterRoleBinding audit-read").click();
  await bar(page).getByText("2 findings close, 7 are left.").waitFor();
  assert.equal(await bar(page).locator(".off li").count(), 2);
  assert.equal(await page.locator("#verdict").textContent(), "5 identities can gain privileged Cilium access.");
  assert.match(await page.locator(".verdict").textContent(), /WHAT IF: judged without/);
  await sameAs(page, folder(t, {}), "--demo", "--without", "rolebinding/kube-system/ci-exec", "--without", "clusterrolebinding/audit-read");
  await bar(page).getByRole("button", { name: "Undo" }).click();
  await closes(page);
  await bar(page).getByRole("button", { name: "Undo" }).click();
  await bar(page).waitFor({ state: "detached" });
  await without(page, "RoleBinding kube-system/ci-exec").click();
  await closes(page);
  await bar(page).getByRole("button", { name: "Put everything back" }).click();
  await bar(page).waitFor({ state: "detached" });
  await sameAs(page, folder(t, {}), "--demo");
  assert.equal(await page.locator("tr.detail").count(), 2, "what was open is open");
});

onThePage("a switch works by keyboard, and keeps the focus", {}, async (page) => {
  await opened(page);
  const button = without(page, "RoleBinding kube-system/ci-exec");
  await button.focus();
  await page.keyboard.press("Enter");
  await closes(page);
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Put back RoleBinding kube-system/ci-exec");
  await page.keyboard.press("Enter");
  await bar(page).waitFor({ state: "detached" });
});

onThePage("version and namespaces are asked for in the page, and judged by at once", {}, async (page, t) => {
  const root = folder(t, { "cluster.yaml": yaml(cluster()) });
  await drop(page, [join(root, "cluster.yaml")]);
  await verdict(page);
  await page.getByText("Options", { exact: true }).click();
  await page.getByLabel("Kubernetes version").selectOption("1.30");
  await page.getByText("Kubernetes 1.30", { exact: true }).first().waitFor();
  await sameAs(page, root, "-f", "cluster.yaml", "--kubernetes-version", "1.30");
  await page.getByLabel("Namespaces that Cilium runs in").fill("ci, tools");
  await page.keyboard.press("Enter");
  await page.getByText("Cilium in ci, tools").waitFor();
  await sameAs(page, root, "-f", "cluster.yaml", "--kubernetes-version", "1.30", "--cilium-namespace", "ci", "--cilium-namespace", "tools");
  await page.getByLabel("Namespaces that Cilium runs in").fill("");
  await page.keyboard.press("Enter");
  await page.getByLabel("Kubernetes version").selectOption("");
  await page.getByText("Options", { exact: true }).waitFor();
  await sameAs(page, root, "-f", "cluster.yaml");
});

onThePage("with thousands of findings a switch answers without holding the page up", {}, async (page, t) => {
  const root = folder(t, { "cluster.yaml": yaml([...cluster(), ...bindings(10_000)]) });
  await drop(page, [join(root, "cluster.yaml")]);
  await verdict(page);
  await page.locator("button.identity").first().click();
  await page.locator(".steps").first().waitFor();
  let took;
  const gap = await twice(() =>
    longestGap(page, async () => {
      const start = performance.now();
      await page.locator("tr.detail").getByRole("button", { name: /^What if without rule/ }).first().click();
      await bar(page).getByText(/10,001 findings close/).waitFor({ timeout: 60_000 });
      took = Math.round(performance.now() - start);
      await bar(page).getByRole("button", { name: "Put everything back" }).click();
      await bar(page).waitFor({ state: "detached" });
    }),
  );
  t.diagnostic(`10,001 findings, one rule switched off: ${took} ms, longest frame gap ${gap} ms`);
  assert.ok(gap < 200, `a frame took ${gap} ms`);
});

onThePage("looking again is cancelled at once, and works again afterwards", {}, async (page, t) => {
  const root = folder(t, { "cluster.yaml": yaml([...cluster(), ...bindings(10_000)]) });
  await drop(page, [join(root, "cluster.yaml")]);
  await verdict(page);
  await page.locator("button.identity").first().click();
  const rule = page.locator("tr.detail").getByRole("button", { name: /^What if without rule/ }).first();
  // The press and the next one in one go, so that there is something to cancel.
  const took = await rule.evaluate(async (button) => {
    const start = performance.now();
    button.click();
    let cancel;
    while (!(cancel = [...document.querySelectorAll(".what-if button")].find((it) => it.textContent === "Cancel"))) await new Promise((done) => setTimeout(done));
    cancel.click();
    while (!/^Cancelled/.test(document.querySelector("[role=status]").textContent)) await new Promise((done) => setTimeout(done));
    return Math.round(performance.now() - start);
  });
  t.diagnostic(`cancelled after ${took} ms`);
  assert.ok(took < 500, `${took} ms`);
  await bar(page).waitFor({ state: "detached" });
  assert.equal(await verdict(page), "At least 10,001 identities can gain privileged Cilium access.");
  await rule.click();
  await bar(page).getByText(/10,001 findings close/).waitFor({ timeout: 60_000 });
});

onThePage("a remedy and a question are copied exactly", { permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
  await opened(page);
  const copy = page.locator("tr.detail").getByRole("button", { name: "Copy: the commands" });
  await copy.click();
  await page.locator("tr.detail").getByRole("button", { name: "Copied: the commands" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "kubectl delete rolebinding ci-exec -n kube-system");
});
