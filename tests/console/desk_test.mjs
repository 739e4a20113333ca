// SPDX-License-Identifier: Apache-2.0
// What the page does in the states that a real desk seldom has, against the stand-in: stop and log-in, resume, roles,
// names that contain markup, figures that are not known, old figures, a console that is started anew.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { eventually, log_in, open_page, rows_of, start_browser } from "./browser.mjs";
import { MockConsole, mock_token } from "./mock.mjs";
import { wicked } from "./mock_data.mjs";

let browser, mock, url, page;
const lost = [/WebSocket/, /ERR_CONNECTION_REFUSED/, /ERR_EMPTY_RESPONSE/, /ERR_CONNECTION_RESET/];
const refused = [/status of 40\d/];

before(async () => (browser = await start_browser()));
after(async () => browser?.close());
beforeEach(async () => {
  mock = new MockConsole(process.env.BULWARK_PAGE, { symbols: 40 });
  url = await mock.start();
});
afterEach(async () => {
  assert.deepEqual(page.wrong, []);
  await page.context().close();
  await mock.stop();
});

const ready = () => page.waitForFunction(() => document.getElementById("figure-equity").textContent !== "–");
const text = (selector) => page.$eval(selector, (element) => element.innerText.trim());
const posted = (what) => mock.posts.filter((post) => post.what === what);

async function open(options = {}) {
  page = await open_page(browser, url, options);
  await ready();
}

test("stop: nobody is logged in, so the log-in stops at once, and tells each client's microseconds", async () => {
  await open();
  await page.click("#stop");
  assert.match(await text("#drawer h2"), /stop all trading/);
  await log_in(page, "ada", mock_token);
  await page.waitForSelector("#stopped tbody tr");
  assert.equal(posted("stop").length, 1);
  assert.match(await text("#stopped h2"), /1 of 3 clients did NOT acknowledge/);
  const rows = await rows_of(page, "stopped");
  assert.deepEqual(rows[0], [wicked, "process 4103", "NOT ACKNOWLEDGED: its orders may still leave"]);
  assert.deepEqual(rows[1], ["maker", "process 4101", "42 µs"]);
  assert.deepEqual(rows[2], ["momentum", "process 4102", "413 µs"]);
  await eventually(async () => assert.match(await text("#state"), /HALTED/));
  assert.match(await text("#cause"), /by ada/);
  assert.match(await page.title(), /HALTED/);
});

test("stop: whoever is logged in is not asked again, by button or by Alt+Shift+S; a field that is written in is no matter", async () => {
  await open();
  await page.click("#person");
  await log_in(page, "ada", mock_token);
  await page.waitForSelector("#drawer", { state: "hidden" });
  await page.click("#stop");
  await page.waitForSelector("#stopped tbody tr");
  await page.focus("#limits input");
  await page.keyboard.press("Alt+Shift+KeyS");
  await eventually(() => assert.equal(posted("stop").length, 2));
});

test("stop: one account alone", async () => {
  await open({ hash: "#trading" });
  await page.click("#person");
  await log_in(page, "ada", mock_token);
  await page.waitForSelector("#drawer", { state: "hidden" });
  await page.click("#accounts tr:has-text('ACC2') button");
  await eventually(() => assert.deepEqual(posted("stop")[0]?.body.on, { account: "ACC2" }));
});

test("stop: who may only look is told so, and asked for somebody else", async () => {
  await open();
  await page.click("#person");
  await log_in(page, "vera", mock_token);
  await page.waitForSelector("#drawer", { state: "hidden" });
  await page.click("#stop");
  assert.match(await text("#drawer p"), /vera may view; this needs somebody who may operate/);
  assert.equal(posted("stop").length, 0);
});

test("stop: where the console is gone the page says that nothing is known, and the command", async () => {
  await open({ expected: lost });
  await page.click("#person");
  await log_in(page, "ada", mock_token);
  await page.waitForSelector("#drawer", { state: "hidden" });
  await mock.stop();
  await page.click("#stop");
  await page.waitForSelector("#stopped code");
  assert.match(await text("#stopped h2"), /NOT STOPPED/);
  assert.match(await text("#stopped code"), /killswitch stop --instance desk/);
  await mock.start(mock.port);
});

test("stop: a session that went with the last console is noticed, and the log-in goes on to the stop", async () => {
  await open({ expected: refused });
  await page.click("#person");
  await log_in(page, "ada", mock_token);
  await page.waitForSelector("#drawer", { state: "hidden" });
  mock.sessions.clear();
  await page.click("#stop");
  await page.waitForSelector("#drawer:not([hidden])");
  await log_in(page, "ada", mock_token);
  await page.waitForSelector("#stopped tbody tr");
});

test("a wrong token is told, and the drawer stays", async () => {
  await open({ expected: refused });
  await page.click("#person");
  await log_in(page, "ada", "guessed");
  await eventually(async () => assert.match(await text("#drawer .answer"), /token is wrong/));
});

test("resume: the pre-flight list, the stage, the reason; a refusal names what stands against it", async () => {
  mock.desk.state = "halted";
  await open({ expected: refused });
  await page.click("#person");
  await log_in(page, "ada", mock_token);
  await eventually(async () => assert.equal(await text("#lease"), "none while stopped"));
  await page.click("#resume");
  await page.check("#drawer input[value=full]");
  await eventually(async () => assert.match(await text("#drawer .checks"), /desk-loss-2: 251,000 is still above/));
  await page.fill("#drawer input[name=reason]", "looked at it");
  await page.click("#drawer button[type=submit]");
  await eventually(async () => assert.match(await text("#drawer .answer"), /Not resumed: .*desk-loss-2/));
  await page.check("#drawer input[value=reduce_only]");
  await eventually(async () => assert.match(await text("#drawer .verdict"), /Ready/));
  await page.click("#drawer button[type=submit]");
  await page.waitForSelector("#drawer", { state: "hidden" });
  assert.deepEqual(posted("resume").at(-1).body, { stage: "reduce_only", reason: "looked at it" });
  await eventually(async () => assert.match(await text("#state"), /REDUCE ONLY/));
});

test("override: max, how long, reason", async () => {
  await open();
  await page.click("#person");
  await log_in(page, "ada", mock_token);
  await page.waitForSelector("#drawer", { state: "hidden" });
  await page.click("button[aria-label='Override momentum-gross']");
  await page.fill("#drawer input[name=max]", "1300000");
  await page.fill("#drawer input:not([name])", "hedge on its way");
  await page.click("#drawer button[type=submit]");
  await page.waitForSelector("#drawer", { state: "hidden" });
  const { body } = posted("override")[0];
  assert.equal(body.limit, "momentum-gross");
  assert.equal(body.max, "1300000");
  assert.equal(body.reason, "hedge on its way");
  assert.ok(Math.abs(Date.parse(body.until) - Date.now() - 15 * 60_000) < 60_000);
});

test("alerts: acknowledged with the name of who did", async () => {
  await open();
  await page.click("#person");
  await log_in(page, "ada", mock_token);
  await page.waitForSelector("#drawer", { state: "hidden" });
  assert.match(await text("#alerts-title"), /2 open/);
  await page.click("#alerts tr:has-text('momentum-gross') button");
  await eventually(async () => assert.match(await text("#alerts-title"), /1 open/));
  assert.equal(mock.desk.alerts.find((alert) => alert.id === 1).acknowledged_by, "ada");
});

test("alerts: what is over comes behind what stands and says so; the first three, and all when asked", async () => {
  await open();
  const before = mock.desk.alerts;
  const extra = (id, what, message) => ({ ...before[0], id, what, severity: "critical", text: message, acknowledged_by: null, escalated: false });
  mock.desk.alerts = [extra(90, "over", "the desk was halted"), ...before, extra(91, "on", "the books differ")];
  mock.tell(mock.desk.state_message());
  const severities = () => page.$$eval("#alerts tbody tr", (rows) => rows.map((row) => row.cells[0].textContent));
  const open_ones = mock.desk.alerts.filter((alert) => alert.acknowledged_by === null).length;
  await eventually(async () => assert.equal((await severities()).length, 3));
  assert.ok((await severities()).every((words) => !words.includes("over")));
  await page.click("#alerts .more");
  await eventually(async () => assert.equal((await severities()).length, mock.desk.alerts.length));
  assert.match((await severities())[open_ones - 1], /critical, over/);
  mock.desk.alerts = before;
});

test("names that contain markup are shown as text, everywhere", async () => {
  await open();
  mock.happen(mock.desk.refusal({ symbol: wicked, on: { client: wicked }, client: wicked }));
  for (const view of ["now", "risk", "trading", "controls"]) {
    await page.click(`#views a[data-view=${view}]`);
    await eventually(async () => assert.ok((await text("main")).includes(view === "risk" ? wicked.slice(0, 8) : wicked), `${view} lacks it`));
  }
  assert.equal(await page.locator("img:not(#identity img)").count(), 0);
  assert.equal(await page.evaluate(() => window.hit), undefined);
});

test("what is not known is a dash, never a zero", async () => {
  await open({ hash: "#risk" });
  await eventually(async () => {
    const filtered = (await rows_of(page, "value-at-risk")).find((row) => row[0].startsWith("Filtered"));
    assert.deepEqual(filtered.slice(1), ["–", "–", "–"]);
  });
});

test("a flood of refusals is counted, told once in a while, and stays within the list", async () => {
  await open();
  for (let k = 0; k < 40; ++k) mock.happen(...Array.from({ length: 50 }, () => mock.desk.refusal({ reason: "order_rate", limit: "orders-a-second", value: 51, max: 50 })));
  await eventually(async () => assert.match(await text("#feed details >> nth=0"), /× [\d,]+/));
  assert.ok((await page.locator("#feed details").count()) <= 120);
});

test("old figures: the page says how old they are and never shows them as of now", async () => {
  await open();
  assert.equal(await page.isVisible("#banner"), false);
  mock.mute = true;
  await page.waitForSelector("#banner:not([hidden])");
  assert.match(await text("#banner"), /The figures are .* old/);
  mock.mute = false;
  await page.waitForSelector("#banner", { state: "hidden" });
});

test("the console is started anew: the page connects by itself and takes the new names", async () => {
  await open({ expected: lost });
  const port = mock.port;
  await mock.stop();
  await page.waitForSelector("#banner:not([hidden])");
  assert.match(await text("#banner"), /connection to the console is lost/);
  mock = new MockConsole(process.env.BULWARK_PAGE, { symbols: 25, seed: 11 });
  mock.desk.symbols[0] = "NEWNAME";
  await mock.start(port);
  await page.waitForSelector("#banner", { state: "hidden" });
  await page.click("#heat-map button:has-text('Table')");
  await eventually(async () => {
    const names = (await rows_of(page, "heat-map")).map((row) => row[0]);
    assert.equal(names.length, 25);
    assert.ok(names.includes("NEWNAME"));
  });
});

test("a console that knows nothing yet, and has lost its journal, says so in every view and shows no zero", async () => {
  const known = mock.desk.state_message();
  mock.desk.state_message = () => ({ ...known, ...Object.fromEntries(["controls", "accounts", "positions", "states", "cancels", "liquidations", "orders", "ladder",
    "orders_count", "risk"].map((part) => [part, null])), sessions: [], alerts: [], why_not: "block 7 is damaged", status: { ...known.status, clients: [], market: null, journal: null, ledger: null } });
  mock.desk.figures = Object.fromEntries(Object.keys(mock.desk.figures).map((name) => [name, NaN]));
  mock.desk.rows = [];
  mock.frozen = true;
  page = await open_page(browser, url);
  await eventually(async () => assert.match(await text("#banner"), /journal cannot be followed: block 7 is damaged/));
  for (const view of ["now", "risk", "trading", "controls"]) {
    await page.click(`#views a[data-view=${view}]`);
    await page.waitForTimeout(300);
  }
  assert.deepEqual(await page.$$eval("#figures strong", (all) => all.map((one) => one.textContent)), Array(8).fill("–"));
  await eventually(async () => assert.match(await text("#armed"), /Not known: block 7 is damaged/));
});

test("two pages see the same", async () => {
  mock.frozen = true;
  await open();
  const other = await open_page(browser, url);
  await other.waitForFunction(() => document.getElementById("figure-equity").textContent !== "–");
  const figures = (one) => one.$eval("#figures", (element) => element.innerText);
  await eventually(async () => assert.equal(await figures(other), await figures(page)));
  assert.deepEqual(other.wrong, []);
  await other.context().close();
});

test("a console with persons shows nothing before the log-in", async () => {
  await mock.stop();
  mock = new MockConsole(process.env.BULWARK_PAGE, { symbols: 20, closed: true });
  url = await mock.start();
  page = await open_page(browser, url);
  await page.waitForSelector("#drawer:not([hidden])");
  assert.equal(await text("#figure-equity"), "–");
  await log_in(page, "ada", mock_token);
  await ready();
});
