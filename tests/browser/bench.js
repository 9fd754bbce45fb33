// What the built page takes for a large export, beside what the command line takes: printed by `cargo xtask bench --browser`.

import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { drop, launch, longestGap, open, verdict } from "./browser.js";

const { EXPORT, MEASURE } = process.env;
const bytes = statSync(EXPORT).size;

/** Seconds that the whole check takes natively, on one processor: the best of three. */
function native() {
  const wall = () => Number(execFileSync(MEASURE, ["check", EXPORT, "1"], { encoding: "utf8" }).split(" ")[1]);
  return Math.min(wall(), wall(), wall());
}

/** The most memory that any renderer had at a time, as Linux tells it. */
async function peak(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const of = ({ id }) => {
    const line = readFileSync(`/proc/${id}/status`, "utf8").match(/VmHWM:\s+(\d+) kB/);
    return line ? Number(line[1]) * 1024 : 0;
  };
  return Math.max(...processInfo.filter((it) => it.type === "renderer").map(of));
}

/** One check in a browser of its own, so that its peak is its own. */
async function once() {
  const browser = await launch();
  try {
    const { page } = await open(browser);
    const before = await peak(browser);
    let seconds = 0;
    const gap = await longestGap(page, async () => {
      const start = performance.now();
      await drop(page, [EXPORT]);
      await verdict(page);
      seconds = (performance.now() - start) / 1000;
    });
    return { seconds, gap, memory: (await peak(browser)) - before };
  } finally {
    await browser.close();
  }
}

const runs = [await once(), await once(), await once()];
const least = (key) => Math.min(...runs.map((run) => run[key]));
const alone = native();
console.log(`the page in Chromium, ${(bytes / 1e6).toFixed(1)} MB of YAML: ${least("seconds").toFixed(3)} s until the verdict`);
console.log(`  ÷ native, one processor  ${(least("seconds") / alone).toFixed(2)}`);
console.log(`  longest frame gap        ${least("gap")} ms`);
console.log(`  peak memory ÷ bytes      ${(least("memory") / bytes).toFixed(2)}`);
