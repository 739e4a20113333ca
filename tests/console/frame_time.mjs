// SPDX-License-Identifier: Apache-2.0
// What a frame costs the browser: `run.py frame_time.mjs [SECONDS] [SYMBOLS]`. Script time is everything that the page's
// own code takes between two binary frames: the socket's messages and the pictures that they ask for. Prints JSON.
// cpu: what of it the main thread computed in each tenth of a second, by the browser's own account; where others use the
// machine too, script time has their turns in it as well.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { open_page, start_browser } from "./browser.mjs";
import { MockConsole } from "./mock.mjs";

const seconds = Number(process.argv[2] ?? 20), symbols = Number(process.argv[3] ?? 1_000);
const folder = process.env.BULWARK_PAGE;

// In the page, before its own script: clocks around the socket's handler and around each picture.
function clocks() {
  const frames = (window.frame_ms = []);
  let spent = 0;
  const timed = (then) => function (...given) {
    const begun = performance.now();
    try {
      return then.apply(this, given);
    } finally {
      spent += performance.now() - begun;
    }
  };
  const picture = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (then) => picture(timed(then));
  const handler = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
  Object.defineProperty(WebSocket.prototype, "onmessage", { ...handler, set(then) {
    const work = timed(then);
    handler.set.call(this, (message) => {
      if (typeof message.data !== "string") {
        frames.push(spent);
        spent = 0;
      }
      work(message);
    });
  } });
  const look = () => {
    const equity = document.getElementById("figure-equity");
    if (equity && equity.textContent !== "–") window.first_ms = performance.now();
    else picture(look);
  };
  picture(look);
}

const of = (sorted, share) => Number((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN).toFixed(2));
const sizes = Object.fromEntries(readdirSync(folder).map((name) => [name, gzipSync(readFileSync(join(folder, name)), { level: 9 }).length]));
const mock = new MockConsole(folder, { symbols });
const url = await mock.start();
const browser = await start_browser();
const result = { symbols, seconds, gzipped_bytes: Object.values(sizes).reduce((a, b) => a + b, 0), files: sizes, views: {} };
for (const view of ["now", "risk", "trading", "controls"]) {
  const page = await open_page(browser, url, { hash: `#${view}`, before: clocks });
  await page.waitForFunction(() => window.first_ms !== undefined);
  if (view === "now") result.first_picture_ms = Math.round(await page.evaluate(() => window.first_ms));
  await page.waitForTimeout(2_000);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const script_ms = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return 1_000 * metrics.find((metric) => metric.name === "ScriptDuration").value;
  };
  await page.evaluate(() => window.frame_ms.splice(0));
  const cpu = [], end = Date.now() + (1_000 * seconds) / (view === "now" ? 1 : 3);
  for (let last = await script_ms(); Date.now() < end;) {
    await page.waitForTimeout(100);
    const now = await script_ms();
    cpu.push(now - last);
    last = now;
  }
  cpu.sort((a, b) => a - b);
  const frames = (await page.evaluate(() => window.frame_ms)).sort((a, b) => a - b);
  result.views[view] = { frames: frames.length, script_ms_p50: of(frames, 0.5), script_ms_p95: of(frames, 0.95), script_ms_max: of(frames, 1),
    cpu_ms_p50: of(cpu, 0.5), cpu_ms_p95: of(cpu, 0.95), cpu_ms_max: of(cpu, 1) };
  if (page.wrong.length > 0) result.wrong = page.wrong;
  await page.context().close();
}
await browser.close();
await mock.stop();
console.log(JSON.stringify(result, null, 2));
