// SPDX-License-Identifier: Apache-2.0
// A headless browser for the tests of the page: gathers every console message and every request that leaves the console.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const places = [process.env.BULWARK_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-headless-shell", "/usr/bin/google-chrome"];
export const chromium_path = places.find((place) => place && existsSync(place));

export async function start_browser() {
  if (!chromium_path) throw new Error("no chromium is installed: scripts/setup --test installs it");
  return chromium.launch({ executablePath: chromium_path, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

// A page that remembers what went wrong in it. `expected` are patterns of messages that a test brings about itself.
export async function open_page(browser, url, { hash = "", width = 1440, height = 900, scheme = "dark", expected = [], before = null } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.wrong = [];
  page.on("console", (message) => {
    if (!["error", "warning"].includes(message.type()) || expected.some((pattern) => pattern.test(message.text()))) return;
    page.wrong.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => page.wrong.push(`thrown: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${url}/`) && !request.url().startsWith("data:")) page.wrong.push(`asked outside: ${request.url()}`);
  });
  page.on("websocket", (socket) => {
    if (new URL(socket.url()).host !== new URL(url).host) page.wrong.push(`socket outside: ${socket.url()}`);
  });
  if (before) await page.addInitScript(before);
  await page.goto(`${url}/${hash}`);
  return page;
}

// What moves ten times a second is right when it is right once; what never is, is told as it was last.
export async function eventually(check, seconds = 10) {
  const end = Date.now() + 1000 * seconds;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((done) => setTimeout(done, 60));
    }
  }
}

export async function rows_of(page, panel) {
  return page.$$eval(`#${panel} tbody tr`, (rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim().replace(/\s*\n\s*/g, " | "))));
}

export async function log_in(page, person, token) {
  await page.fill("#drawer input[name=person]", person);
  await page.fill("#drawer input[name=token]", token);
  await page.press("#drawer input[name=token]", "Enter");
}
