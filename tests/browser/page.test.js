// What the page promises besides its answer: nothing leaves it, it stays fluent, it is used by keyboard, names are text.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PAGE, drop, longestGap, pages, sample, saved, twice, verdict } from "./browser.js";
import { folder, json } from "./cli.js";
import { bindings, cluster, pods, podsByHand, yaml } from "./clusters.js";

const onThePage = pages();

const CLUSTER = { "cluster.yaml": yaml(cluster()) };

/** Opens whatever is folded. */
function unfold(page) {
  return page.evaluate(() => document.querySelectorAll("details").forEach((fold) => (fold.open = true)));
}

async function check(page, t, files = CLUSTER) {
  const root = folder(t, files);
  await drop(page, Object.keys(files).map((name) => join(root, name)));
  await verdict(page);
  return root;
}

test("the page allows itself nothing but its own scripts", () => {
  const text = readFileSync(PAGE, "utf8");
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)[1];
  const directives = Object.fromEntries(policy.split("; ").map((directive) => directive.split(/ (.*)/)));
  assert.equal(directives["default-src"], "'none'");
  assert.equal(directives["connect-src"], "'none'");
  assert.match(directives["script-src"], /^('sha256-[\w+/=]+' )+'wasm-unsafe-eval'$/);
  assert.match(directives["style-src"], /^'sha256-[\w+/=]+'$/);
  assert.match(text, /<noscript>.*JavaScript.*<\/noscript>/);
  assert.doesNotMatch(text, /<[^>]+\son\w+=/, "there are no event attributes");
  assert.doesNotMatch(text.replace(/<script.*?<\/script>/gs, ""), /(src|href)="(?!data:)/, "nothing is loaded");
});

onThePage("without scripts the page says what it needs them for", { javaScriptEnabled: false }, async (page) => {
  assert.match(await page.locator("body").innerText(), /^\s*This page needs JavaScript/);
});

onThePage("nothing is stored, and no name gets into the address", {}, async (page, t) => {
  const address = page.url();
  await check(page, t);
  await page.locator("button.identity").click();
  assert.equal(page.url(), address);
  const kept = await page.evaluate(async () => ({
    local: localStorage.length,
    session: sessionStorage.length,
    cookie: document.cookie,
    databases: (await indexedDB.databases()).length,
    title: document.title,
  }));
  assert.deepEqual(kept, { local: 0, session: 0, cookie: "", databases: 0, title: "cilium-exec-check: who can gain privileged Cilium access?" });
});

onThePage("names are inert wherever they stand", {}, async (page, t) => {
  const payloads = [
    `<img src=x onerror="alert(1)">`,
    `"><script>alert(1)</script>`,
    `</script><svg onload=alert(1)>`,
    `javascript:alert(1)`,
    `{{constructor.constructor('alert(1)')()}}`,
    `\u202egnp.exe\u2066\u200b\u00ad\ufeff\u{e0041}`,
    `\u001b]8;;http://example.com\u0007x\u001b[31m\u009b`,
    `two\nlines\r\u2028`,
  ];
  for (const [index, payload] of payloads.entries()) {
    const objects = cluster({ account: payload, role: payload });
    objects.push({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding", metadata: { name: payload }, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: `${payload}-gone` }, subjects: [] });
    const root = folder(t, { [`${index}.yaml`]: yaml(objects) });
    await drop(page, [join(root, `${index}.yaml`)]);
    await verdict(page);
    await unfold(page);
    await page.locator("button.identity").first().click();
    await page.locator(".steps").first().waitFor();
    await page.evaluate(() => document.querySelectorAll('.path button[aria-expanded="false"]').forEach((it) => it.click()));
    const found = await page.evaluate(() => {
      const text = document.getElementById("app").textContent;
      return {
        foreign: document.querySelectorAll("#app :is(script, img, iframe, object, embed, a, image, use, style, foreignObject, [onerror], [onload], [href], [style]:not(.gap td))").length,
        pictures: [...document.querySelectorAll("#app svg")].filter((svg) => !svg.matches("figure.drawn > svg.picture")).length,
        scripts: document.scripts.length,
        hidden: [...text].filter((c) => /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/u.test(c)),
      };
    });
    assert.deepEqual(found, { foreign: 0, pictures: 0, scripts: 2, hidden: [] }, payload);
    const rendered = await page.locator("button.identity").first().textContent();
    assert.ok(!rendered.includes("\n"), "a name never starts a new line");
    await page.getByRole("button", { name: "Start over" }).click();
  }
});

onThePage("everything works by keyboard alone", {}, async (page, t) => {
  const root = folder(t, CLUSTER);
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement;
      return { text: element.textContent.trim(), ring: getComputedStyle(element).outlineStyle };
    });
  const reach = async (text) => {
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press("Tab");
      const now = await focused();
      if (now.text.includes(text)) {
        assert.notEqual(now.ring, "none", `\`${text}\` has no visible ring`);
        return;
      }
    }
    assert.fail(`\`${text}\` cannot be reached by Tab`);
  };
  await reach("Choose files");
  const chooser = page.waitForEvent("filechooser");
  await page.keyboard.press("Enter");
  await (await chooser).setFiles(join(root, "cluster.yaml"));
  await verdict(page);
  await reach("serviceaccount/ci/deployer");
  await page.keyboard.press("Enter");
  const detail = page.locator("tr.detail");
  await detail.waitFor();
  assert.match(await detail.textContent(), /cluster\.yaml:\d+/);
  await page.keyboard.press("Enter");
  await detail.waitFor({ state: "detached" });
  await page.keyboard.press("Space");
  await detail.waitFor();
});

onThePage("what happens is announced", {}, async (page, t) => {
  await check(page, t);
  const status = page.getByRole("status");
  assert.match(await status.textContent(), /^At least 1 identity can gain privileged Cilium access\.$/);
  await page.getByText("1 finding: 1 critical").waitFor();
  const broken = folder(t, { "broken.yaml": "kind: Pod\nmetadata: {name: [\n" });
  await drop(page, [join(broken, "broken.yaml")]);
  await status.filter({ hasText: "1 error in the input" }).waitFor();
  await page.locator(".diagnostics li.error", { hasText: /^broken\.yaml:\d+:\d+: / }).waitFor();
  await page.getByText("Paste text").click();
  await page.getByRole("button", { name: "Check this text" }).click();
  await page.getByRole("alert").filter({ hasText: "no text" }).waitFor();
});

// A window of 1280 by 1024 pixels has 320 by 256 of them at 400 %.
for (const [name, width, height] of [["320 px", 320, 800], ["768 px", 768, 800], ["400 %", 320, 256]]) {
  onThePage(`nothing has to be scrolled sideways at ${name}`, { viewport: { width, height } }, async (page, t) => {
    const fits = async (what) => {
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(content <= window, `${what}: ${content} px in ${window}`);
    };
    await fits("the empty page");
    await page.getByText("How to export them").click();
    await fits("the hint");
    await sample(page);
    await page.locator("button.identity").first().click();
    await unfold(page);
    await fits("the sample, opened");
    await page.getByRole("button", { name: /^What if without/ }).first().click();
    await page.getByText(/finding closes|findings close/).first().waitFor();
    await fits("the sample, something left out");
    const covered = await page.evaluate(() => document.querySelector(".what-if").getBoundingClientRect().height / innerHeight);
    assert.ok(height < 300 || covered < 0.5, `what is left out covers ${Math.round(covered * 100)} % of the window`);
    await page.getByRole("button", { name: "Start over" }).click();
    await check(page, t, { [`${"long".repeat(40)}.yaml`]: yaml(cluster({ account: "a".repeat(250), role: "r".repeat(250) })) });
    // Rows are drawn when the window comes near them.
    await page.getByRole("table").first().evaluate((table) => table.scrollIntoView());
    await page.locator("button.identity").first().click();
    await fits("long names");
  });
}

onThePage("nothing moves for those who asked for that", { reducedMotion: "reduce" }, async (page) => {
  await sample(page);
  await page.locator("button.identity").first().click();
  const moving = await page.evaluate(() => {
    const moves = (style) => parseFloat(style.transitionDuration) > 0 || parseFloat(style.animationDuration) > 0;
    return [...document.querySelectorAll("*")].filter((element) => moves(getComputedStyle(element))).map((element) => element.tagName);
  });
  assert.deepEqual(moving, []);
});

const BIG = 50_000_000;

onThePage("50 MB are read in the background, within 30 s", {}, async (page, t) => {
  const root = folder(t, { "pods.yaml": pods(BIG), "cluster.yaml": yaml(cluster()) });
  let seconds;
  const gap = await twice(async () => {
    const start = performance.now();
    const gap = await longestGap(page, async () => {
      // It may be over by the time the drop returns.
      const begun = page.getByRole("button", { name: "Cancel" }).waitFor();
      await drop(page, ["pods.yaml", "cluster.yaml"].map((name) => join(root, name)));
      await begun;
      await page.locator("#verdict").waitFor({ timeout: 60_000 });
    });
    seconds = (performance.now() - start) / 1000;
    return gap;
  });
  t.diagnostic(`50 MB: ${seconds.toFixed(1)} s, longest frame gap ${gap} ms`);
  assert.ok(seconds < 30, `${seconds} s`);
  assert.ok(gap < 200, `a frame took ${gap} ms`);
  const here = await saved(page);
  assert.ok(here.equals(json(root, "-f", "pods.yaml", "-f", "cluster.yaml")), "the JSON differs");
});

onThePage("a report of many megabytes is shown and saved without holding the page up", {}, async (page, t) => {
  const root = folder(t, { "cluster.yaml": yaml([...cluster(), ...bindings(2000)]) });
  let here;
  const gap = await twice(() =>
    longestGap(page, async () => {
      await drop(page, [join(root, "cluster.yaml")]);
      await page.getByRole("button", { name: "Cancel" }).waitFor();
      await page.locator("#verdict").waitFor({ timeout: 60_000 });
      here = await saved(page);
    }),
  );
  t.diagnostic(`a report of ${(here.length / 1e6).toFixed(1)} MB: longest frame gap ${gap} ms`);
  assert.ok(here.length > 10e6, "the report is too small to show anything");
  assert.ok(gap < 200, `a frame took ${gap} ms`);
  assert.ok(here.equals(json(root, "-f", "cluster.yaml")), "the JSON differs");
});

onThePage("where there is nothing to check, the page says what is missing", {}, async (page, t) => {
  await check(page, t, { "values.yaml": "replicas: 3\n" });
  assert.match(await page.locator("#verdict").textContent(), /nothing to check: no RBAC object/);
  await page.getByRole("button", { name: "Start over" }).click();
  const others = cluster().filter(({ kind }) => kind !== "Pod");
  await check(page, t, { "cluster.yaml": yaml([...others, { apiVersion: "v1", kind: "Pod", metadata: { name: "web", namespace: "shop" }, spec: { containers: [{ name: "web", image: "web" }] } }]) });
  assert.match(await page.locator("#verdict").textContent(), /nothing to check: none of the pods/);
  assert.doesNotMatch(await page.locator("main").innerText(), /\b(clean|safe|secure|passed|no issues)\b/i);
});

onThePage("a check that is cancelled ends at once, and the next one runs", {}, async (page, t) => {
  const root = folder(t, { "pods.yaml": podsByHand(BIG), ...CLUSTER });
  await drop(page, [join(root, "pods.yaml")]);
  const cancel = page.getByRole("button", { name: "Cancel" });
  await cancel.waitFor();
  assert.equal(page.workers().length, 1);
  const start = performance.now();
  await cancel.click();
  await page.getByRole("status").filter({ hasText: /cancelled/i }).waitFor();
  const took = Math.round(performance.now() - start);
  t.diagnostic(`cancelled after ${took} ms`);
  assert.ok(took < 500, `${took} ms`);
  while (page.workers().length > 0) await new Promise((done) => setTimeout(done, 10));
  await drop(page, [join(root, "cluster.yaml")]);
  assert.equal(await verdict(page), "At least 1 identity can gain privileged Cilium access.");
  assert.ok((await saved(page)).equals(json(root, "-f", "cluster.yaml")));
});
