// What the built page takes for a large export, beside what the command line takes: printed by `cargo xtask bench --browser`.

import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { drop, launch, longestGap, open, verdict } from "./browser.js";

const { EXPORT, MEASURE } = process.env;
const bytes = statSync(EXPORT).size;

/** Processor time and time, in seconds, of the whole check natively, on one processor: the best of three. */
function native() {
  const once = () => execFileSync(MEASURE, ["check", EXPORT, "1"], { encoding: "utf8" }).split(" ").map(Number);
  const runs = [once(), once(), once()];
  return { cpu: Math.min(...runs.map(([cpu]) => cpu)), wall: Math.min(...runs.map(([, wall]) => wall)) };
}

/** The processes that pages run in. */
async function renderers(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.filter((it) => it.type === "renderer").map(({ id }) => id);
}

/** The most memory that any of them had at a time, as Linux tells it. */
function peak(processes) {
  const of = (id) => {
    const line = readFileSync(`/proc/${id}/status`, "utf8").match(/VmHWM:\s+(\d+) kB/);
    return line ? Number(line[1]) * 1024 : 0;
  };
  return Math.max(...processes.map(of));
}

/** Seconds of processor time that their threads of this name had, in hundredths. */
function spent(processes, name) {
  const of = (stat) => {
    const [called, rest] = [stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")")), stat.slice(stat.lastIndexOf(")") + 2).split(" ")];
    return called === name ? (Number(rest[11]) + Number(rest[12])) / 100 : 0;
  };
  const threads = processes.flatMap((id) => readdirSync(`/proc/${id}/task`).map((thread) => `/proc/${id}/task/${thread}/stat`));
  return threads.map((file) => of(readFileSync(file, "utf8"))).reduce((all, one) => all + one, 0);
}

/** Has the page note when files are dropped, and when the verdict stands in it: whoever asks for it from outside waits longer. */
async function watched(page) {
  await page.evaluate(() => {
    const times = (globalThis.times = {});
    addEventListener("drop", () => (times.dropped = performance.now()), true);
    new MutationObserver((_, observer) => {
      if (!document.querySelector("#verdict")) return;
      times.told = performance.now();
      observer.disconnect();
    }).observe(document.body, { childList: true, subtree: true });
  });
  return () => page.evaluate(() => (globalThis.times.told - globalThis.times.dropped) / 1000);
}

/** As long as somebody takes to choose a file: the Worker has exercised then. */
const PAUSE = 3000;

/** One check in a browser of its own, so that its peak is its own. */
async function once(pause) {
  const browser = await launch();
  try {
    const { page } = await open(browser);
    const processes = await renderers(browser);
    const before = peak(processes);
    await page.waitForTimeout(pause);
    const exercised = spent(processes, "DedicatedWorker");
    const seconds = await watched(page);
    const gap = await longestGap(page, async () => {
      await drop(page, [EXPORT]);
      await verdict(page);
    });
    return { seconds: await seconds(), gap, worker: spent(processes, "DedicatedWorker") - exercised, memory: peak(processes) - before };
  } finally {
    await browser.close();
  }
}

/** Seconds in which the browser hands out the bytes alone, into one buffer as the page reads them: the best of three. */
async function handedOut() {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.setContent("<input type=file>");
    await page.locator("input").setInputFiles(EXPORT);
    return await page.evaluate(async () => {
      const [file] = document.querySelector("input").files;
      const once = async () => {
        const begin = performance.now();
        const reader = file.stream().getReader({ mode: "byob" });
        let [view, done] = [new Uint8Array(4 << 20), false];
        while (!done) {
          ({ value: view, done } = await reader.read(view));
          view = new Uint8Array(view.buffer);
        }
        return (performance.now() - begin) / 1000;
      };
      return Math.min(await once(), await once(), await once());
    });
  } finally {
    await browser.close();
  }
}

/** The best of three checks. */
async function best(pause) {
  const runs = [await once(pause), await once(pause), await once(pause)];
  const least = (key) => Math.min(...runs.map((run) => run[key]));
  return { seconds: least("seconds"), gap: least("gap"), worker: least("worker"), memory: least("memory") };
}

// Natively before and after, as other programs may come and go meanwhile.
const before = native();
const [calm, hasty, after] = [await best(PAUSE), await best(0), native()];
const alone = { cpu: Math.min(before.cpu, after.cpu), wall: Math.min(before.wall, after.wall) };
const ratio = (page, command) => `${page.toFixed(2)} s, ÷ native on one processor ${(page / command).toFixed(2)}`;
console.log(`the page in Chromium, ${(bytes / 1e6).toFixed(1)} MB of YAML, dropped a while after it was opened, and at once`);
for (const { seconds, worker, gap, memory } of [calm, hasty]) {
  console.log(`  until the verdict            ${ratio(seconds, alone.wall)}`);
  console.log(`  processor time of the Worker ${ratio(worker, alone.cpu)}`);
  console.log(`  longest frame gap            ${gap} ms`);
  console.log(`  peak memory ÷ bytes          ${(memory / bytes).toFixed(2)}`);
}
console.log(`  the bytes alone, handed out  ${ratio(await handedOut(), alone.wall)}`);
