// However files come in, the page's JSON is what the command line writes of the same names.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { drop, pages, sample, saved, verdict } from "./browser.js";
import { folder, json } from "./cli.js";
import { cluster, list, yaml } from "./clusters.js";
import { zip } from "./zip.js";

const onThePage = pages();

const FILES = { "cluster.yaml": yaml(cluster()), "nodes.json": list([{ apiVersion: "v1", kind: "Node", metadata: { name: "n1" } }]) };

async function sameAs(page, folder, ...args) {
  const native = json(folder, ...args);
  const here = await saved(page);
  if (here.equals(native)) return;
  const [lines, others] = [here, native].map((bytes) => bytes.toString().split("\n"));
  const at = lines.findIndex((line, index) => line !== others[index]);
  assert.fail(`line ${at + 1}: the page has \`${lines[at]}\`, the command line \`${others[at]}\``);
}

onThePage("files that are dropped give the JSON of the command line", {}, async (page, t) => {
  const root = folder(t, FILES);
  await drop(page, Object.keys(FILES).map((name) => join(root, name)));
  assert.equal(await verdict(page), "At least 1 identity can gain privileged Cilium access.");
  await sameAs(page, root, "-f", "cluster.yaml", "-f", "nodes.json");
});

onThePage("files that are dropped once the Worker has exercised give the JSON of the command line", {}, async (page, t) => {
  const root = folder(t, FILES);
  await page.waitForTimeout(4000);
  await drop(page, Object.keys(FILES).map((name) => join(root, name)));
  await verdict(page);
  await sameAs(page, root, "-f", "cluster.yaml", "-f", "nodes.json");
});

onThePage("a Worker that broke while it waited is not relied on", {}, async (page) => {
  await page.addInitScript(() => {
    const Made = Worker;
    let first = true;
    globalThis.Worker = class extends Made {
      constructor(...args) {
        super(...args);
        if (!first) return;
        first = false;
        setTimeout(() => {
          this.terminate();
          this.dispatchEvent(new ErrorEvent("error", { message: "out of memory", cancelable: true }));
          globalThis.broke = true;
        });
      }
    };
  });
  await page.reload();
  await page.waitForFunction(() => globalThis.broke);
  await sample(page);
});

onThePage("files that miss the drop zone are taken all the same", {}, async (page, t) => {
  const root = folder(t, FILES);
  await drop(page, [join(root, "cluster.yaml")], "h1");
  await verdict(page);
  await sameAs(page, root, "-f", "cluster.yaml");
});

onThePage("a folder that is dropped is read as `-f FOLDER -R` reads it", {}, async (page, t) => {
  const root = folder(t, {
    "export/cluster.yaml": FILES["cluster.yaml"],
    "export/more/nodes.json": FILES["nodes.json"],
    "export/more/notes.txt": "not read",
    "export/README.md": "not read",
  });
  await drop(page, [join(root, "export")]);
  await verdict(page);
  await sameAs(page, root, "-f", "export", "-R");
});

onThePage("a folder without anything to read is refused in words", {}, async (page, t) => {
  const root = folder(t, { "docs/README.md": "nothing" });
  await drop(page, [join(root, "docs")]);
  await page.getByRole("alert").filter({ hasText: "no .yaml, .yml or .json file and no archive" }).waitFor();
});

onThePage("files that are chosen give the JSON of the command line", {}, async (page, t) => {
  const root = folder(t, FILES);
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose files" }).click();
  const dialog = await chooser;
  assert.ok(dialog.isMultiple());
  await dialog.setFiles(Object.keys(FILES).map((name) => join(root, name)));
  await verdict(page);
  await sameAs(page, root, "-f", "cluster.yaml", "-f", "nodes.json");
});

onThePage("a folder that is chosen is read as `-f FOLDER -R` reads it", {}, async (page, t) => {
  const root = folder(t, { "export/b/cluster.yaml": FILES["cluster.yaml"], "export/a.json": FILES["nodes.json"], "export/x.txt": "" });
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose a folder" }).click();
  await (await chooser).setFiles(join(root, "export"));
  await verdict(page);
  await sameAs(page, root, "-f", "export", "-R");
});

onThePage("text that is pasted onto the page is checked", {}, async (page, t) => {
  const root = folder(t, { "pasted.yaml": FILES["cluster.yaml"] });
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, FILES["cluster.yaml"]);
  await verdict(page);
  await sameAs(page, root, "-f", "pasted.yaml");
});

onThePage("text that is typed into the field is checked", {}, async (page, t) => {
  const root = folder(t, { "pasted.yaml": FILES["cluster.yaml"] });
  await page.getByText("Paste text").click();
  await page.getByLabel("YAML or JSON").fill(FILES["cluster.yaml"]);
  await page.getByRole("button", { name: "Check this text" }).click();
  await verdict(page);
  await sameAs(page, root, "-f", "pasted.yaml");
});

onThePage("the sample is the cluster of `--demo`", {}, async (page, t) => {
  await sample(page);
  await sameAs(page, folder(t, {}), "--demo");
});

onThePage("files that come later join those that are there", {}, async (page, t) => {
  const root = folder(t, FILES);
  await drop(page, [join(root, "cluster.yaml")]);
  await verdict(page);
  await drop(page, [join(root, "nodes.json")]);
  await page.locator(".files .name", { hasText: "nodes.json" }).waitFor();
  await sameAs(page, root, "-f", "nodes.json", "-f", "cluster.yaml");
  await page.getByRole("button", { name: "Remove nodes.json" }).click();
  await page.locator(".files .name", { hasText: "nodes.json" }).waitFor({ state: "detached" });
  await sameAs(page, root, "-f", "cluster.yaml");
});

onThePage("folders of fixtures that are dropped give the JSON of the command line", {}, async (page, t) => {
  const fixtures = new URL("../fixtures/", import.meta.url);
  const inputs = ["agent", "complete"].map((name) => new URL(`${name}/input`, fixtures).pathname);
  for (const input of inputs) {
    await drop(page, [input]);
    await verdict(page);
    await sameAs(page, join(input, ".."), "-f", "input", "-R");
    await page.getByRole("button", { name: "Start over" }).click();
  }
});

onThePage("archives are read as the command line reads them", {}, async (page, t) => {
  const root = folder(t, { "export/a/cluster.yaml": FILES["cluster.yaml"], "export/nodes.json": FILES["nodes.json"], "export/notes.txt": "not read" });
  execFileSync("tar", ["-czf", "export.tar.gz", "export"], { cwd: root });
  execFileSync("tar", ["-cf", "export.tar", "export"], { cwd: root });
  writeFileSync(join(root, "cluster.yaml.gz"), gzipSync(FILES["cluster.yaml"]));
  writeFileSync(join(root, "export.zip"), zip({ "export/cluster.yaml": FILES["cluster.yaml"], "nodes.json": FILES["nodes.json"], "x.txt": "not read" }));
  for (const name of ["export.tar.gz", "export.tar", "cluster.yaml.gz", "export.zip"]) {
    await drop(page, [join(root, name)]);
    assert.match(await verdict(page), /1 identity can gain/, name);
    await sameAs(page, root, "-f", name);
    await page.getByRole("button", { name: "Start over" }).click();
  }
});

onThePage("an archive is removed as a whole", {}, async (page, t) => {
  const root = folder(t, FILES);
  writeFileSync(join(root, "export.zip"), zip({ "a.yaml": FILES["cluster.yaml"], "b.json": FILES["nodes.json"] }));
  await drop(page, [join(root, "export.zip"), join(root, "nodes.json")]);
  await verdict(page);
  assert.deepEqual(await page.locator(".files .name").allTextContents(), ["export.zip/a.yaml", "export.zip/b.json", "nodes.json"]);
  await page.getByRole("button", { name: "Remove export.zip" }).first().click();
  await page.locator(".files .name", { hasText: "export.zip" }).first().waitFor({ state: "detached" });
  await sameAs(page, root, "-f", "nodes.json");
});

onThePage("an archive that is broken, or unpacks to far too much, is refused by name", {}, async (page, t) => {
  const packed = gzipSync(FILES["cluster.yaml"]);
  const root = folder(t, { "cut.yaml.gz": packed.subarray(0, packed.length - 20), "bomb.yaml.gz": gzipSync(Buffer.alloc(200_000_000)), ...FILES });
  const names = ["bomb.yaml.gz", "cluster.yaml", "cut.yaml.gz"];
  await drop(page, names.map((name) => join(root, name)));
  await verdict(page);
  await page.locator(".diagnostics li.error", { hasText: /^bomb\.yaml\.gz: .*limit `expansion-ratio`/ }).waitFor();
  await page.locator(".diagnostics li.error", { hasText: /^cut\.yaml\.gz: / }).waitFor();
  await sameAs(page, root, ...names.flatMap((name) => ["-f", name]));
});
