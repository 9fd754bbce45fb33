// A Chromium of its own with the built page in it, opened from file://, and everything that it must not do written down.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

/** The built page. */
export const PAGE = fileURLToPath(new URL("../../web/dist/cilium-exec-check.html", import.meta.url));

/** Runs as root, in a container, without a screen, and speaks to nobody by itself. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts a browser. */
export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/** Opens the page in a context of its own; `faults` fills with every request, console error and policy violation. */
export async function open(browser, options = {}) {
  if (!existsSync(PAGE)) throw new Error("the page is not built; run: cargo xtask web");
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  const address = pathToFileURL(PAGE).href;
  const faults = [];
  page.on("request", (request) => {
    const url = request.url();
    // The page itself, and what it makes of its own bytes.
    if (url !== address && !url.startsWith("blob:") && !url.startsWith("data:")) faults.push(`request: ${url}`);
  });
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`uncaught: ${error.message}`));
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  // From the start, so that no dialog opens before somebody listens.
  page.on("filechooser", () => {});
  page.on("popup", (popup) => faults.push(`popup: ${popup.url()}`));
  page.on("framenavigated", (frame) => {
    if (frame.url() !== address) faults.push(`navigation: ${frame.url()}`);
  });
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  await page.goto(address);
  if (options.javaScriptEnabled !== false) await page.getByRole("button", { name: "Choose files" }).waitFor();
  return { context, page, faults };
}

/** Gives a function that registers tests: each gets the page, freshly opened, and demands that it did nothing it must not do. */
export function pages() {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser.close());
  return (name, options, body) =>
    test(name, async (t) => {
      const { context, page, faults } = await open(browser, options);
      try {
        await body(page, t);
        assert.deepEqual(faults, [], "the page asked for something, or complained");
      } finally {
        await context.close();
      }
    });
}

/** Drops files and folders as a file manager does; `at` is a selector. */
export async function drop(page, paths, at = ".drop") {
  await page.locator(at).evaluate((element) => element.scrollIntoView({ block: "start" }));
  const box = await page.locator(at).boundingBox();
  const client = await page.context().newCDPSession(page);
  // Near its top: in a small window the rest may be out of sight.
  const place = { x: box.x + box.width / 2, y: box.y + Math.min(box.height / 2, 40) };
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await client.send("Input.dispatchDragEvent", { type, ...place, data });
  }
  await client.detach();
}

/** Waits for the verdict, and gives its headline. */
export async function verdict(page) {
  const heading = page.locator("#verdict");
  await heading.waitFor();
  await page.locator("summary", { hasText: "What exported files cannot show" }).waitFor();
  return heading.textContent();
}

/** Has the sample checked; the rows come with a frame of their own. */
export async function sample(page) {
  await page.getByRole("button", { name: "Try the sample" }).click();
  await verdict(page);
  await page.locator("tr.finding").first().waitFor();
}

/** Presses a button that saves something, and gives the file's name and bytes. */
export async function take(page, button) {
  const download = page.waitForEvent("download");
  await button.click();
  const file = await download;
  return [file.suggestedFilename(), await readFile(await file.path())];
}

/** Downloads the JSON, and gives its bytes. */
export async function saved(page) {
  const [, bytes] = await take(page, page.getByRole("button", { name: "Download JSON" }));
  return bytes;
}

/** Measures the longest time between two frames while something happens. */
export async function longestGap(page, body) {
  await page.evaluate(() => {
    const gaps = (globalThis.gaps = { longest: 0, last: performance.now(), on: true });
    const frame = (now) => {
      gaps.longest = Math.max(gaps.longest, now - gaps.last);
      gaps.last = now;
      if (gaps.on) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await body();
  return page.evaluate(() => {
    globalThis.gaps.on = false;
    return Math.round(globalThis.gaps.longest);
  });
}

/** Frames wait for other programs, too: the better of two runs tells what the page does. */
export async function twice(run) {
  const first = await run();
  return first < 50 ? first : Math.min(first, await run());
}
