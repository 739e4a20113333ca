// SPDX-License-Identifier: Apache-2.0
// Two browsers before a real console with real clients: what one does the other sees, the stop button stops, and a
// console that died and came back is found again. browser_test.py starts it all.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, log_in, open_page, rows_of, start_browser } from "./browser.mjs";

const url = process.env.BULWARK_CONSOLE_URL;
const lost = [/WebSocket/, /ERR_CONNECTION/, /status of 40\d/, /status of 50\d/];
let browser, ada, eve;

before(async () => {
  browser = await start_browser();
  [ada, eve] = [await open_page(browser, url, { expected: lost }), await open_page(browser, url, { expected: lost })];
  await enter(ada, process.env.BULWARK_CONSOLE_PERSON, process.env.BULWARK_CONSOLE_TOKEN);
  await enter(eve, process.env.BULWARK_CONSOLE_VIEWER, process.env.BULWARK_CONSOLE_VIEWER_TOKEN);
});
after(async () => browser?.close());

async function enter(page, person, token) {
  await page.click("#person");
  await log_in(page, person, token);
  await page.waitForFunction(() => document.getElementById("figure-equity").textContent !== "–");
}
const text = (page, selector) => page.$eval(selector, (element) => element.innerText.trim());
const figures = (page) => Promise.all(["equity", "profit", "gross", "net", "var"].map((name) => text(page, `#figure-${name}`)));

test("two browsers see the same", async () => {
  await eventually(async () => assert.deepEqual(await figures(ada), await figures(eve)));
  assert.notEqual((await figures(ada))[2], "0.00");
});

test("the stop button stops real clients, says in how many microseconds, and the other browser sees it", async () => {
  await ada.click("#stop");
  await ada.waitForSelector("#stopped tbody tr");
  const rows = await rows_of(ada, "stopped");
  assert.equal(rows.length, Number(process.env.BULWARK_CLIENTS));
  for (const [client, , answer] of rows) assert.match(answer, /^[\d,]+ µs$/, client);
  for (const page of [ada, eve]) await eventually(async () => assert.match(await text(page, "#state"), /HALTED/));
});

test("trading is resumed with a reason, and both see it", async () => {
  await ada.click("#resume");
  await ada.check("#drawer input[value=full]");
  await eventually(async () => assert.match(await text(ada, "#drawer"), /Ready: nothing stands against it/));
  await ada.fill("#drawer input[name=reason]", "it was a test");
  await ada.press("#drawer input[name=reason]", "Enter");
  for (const page of [ada, eve]) await eventually(async () => assert.match(await text(page, "#state"), /normal/i));
});

test("a console that is killed and comes back is found again", async () => {
  const { state } = await ada.evaluate(async () => (await fetch("/api/v1/view")).json());
  process.kill(state.status.processes["bulwark-console"], "SIGKILL");
  await eventually(async () => assert.ok(await ada.isVisible("#banner")));
  await ada.waitForSelector("#drawer input[name=token]"); // its sessions went with it
  await log_in(ada, process.env.BULWARK_CONSOLE_PERSON, process.env.BULWARK_CONSOLE_TOKEN);
  await eventually(async () => assert.ok(!(await ada.isVisible("#banner"))), 30);
  await eventually(async () => assert.match(await text(ada, "#age"), /old$/));
});

test("the browsers had nothing else to complain of", () => assert.deepEqual([...ada.wrong, ...eve.wrong], []));
