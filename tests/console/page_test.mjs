// SPDX-License-Identifier: Apache-2.0
// Every panel shows the numbers of the console's own document. Against the stand-in, or against a real console:
// BULWARK_CONSOLE_URL, with BULWARK_CONSOLE_PERSON and BULWARK_CONSOLE_TOKEN where it wants a log-in.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, log_in, open_page, rows_of, start_browser } from "./browser.mjs";
import { money, percent, use_of } from "./figures.mjs";
import { MockConsole } from "./mock.mjs";

let url = process.env.BULWARK_CONSOLE_URL?.replace(/\/$/, "");
let mock, browser, page;

before(async () => {
  if (!url) {
    mock = new MockConsole(process.env.BULWARK_PAGE, { symbols: 40 });
    mock.frozen = true;
    url = await mock.start();
  }
  browser = await start_browser();
  page = await open_page(browser, url);
  if (process.env.BULWARK_CONSOLE_TOKEN) {
    await page.click("#person");
    await log_in(page, process.env.BULWARK_CONSOLE_PERSON ?? "tester", process.env.BULWARK_CONSOLE_TOKEN);
  }
  await page.waitForFunction(() => document.getElementById("figure-equity").textContent !== "–");
});

after(async () => {
  await browser?.close();
  await mock?.stop();
});

const view = () => page.evaluate(async () => (await fetch("/api/v1/view")).json());
// A real desk moves on between the document and the picture: there a figure may be half a per cent off.
const number = (cell) => Number(String(cell).replace("−", "-").replace(/[^\d.-]/g, ""));
function same(cell, expected) {
  const near = !mock && Math.abs(number(cell) - number(expected)) <= 0.005 * Math.abs(number(expected)) + 1;
  if (!near) assert.equal(cell, expected);
}
const text = (selector) => page.$eval(selector, (element) => element.innerText.trim());
const fact = (panel, name) => page.$eval(`#${panel}`, (element, wanted) =>
  [...element.querySelectorAll("dt")].find((term) => term.textContent === wanted)?.nextElementSibling.textContent, name);

async function show(name) {
  await page.click(`#views a[data-view=${name}]`);
  await page.waitForSelector(`#view-${name}:not([hidden])`);
}

test("the header tells instance, state, lease, clients and the age of the figures", async () => {
  await eventually(async () => {
    const { state: { status } } = await view();
    assert.equal(await text("#instance"), status.instance);
    assert.match(await text("#state"), new RegExp(status.state.replace("_", " "), "i"));
    assert.match(await text("#lease"), status.lease.running ? /^running/ : status.state === "halted" ? /none while stopped/ : /NOT RUNNING/);
    assert.match(await text("#attached"), new RegExp(`^${status.clients.length}\\b`));
    assert.match(await text("#age"), /old$/);
  });
});

test("key figures", async () => {
  await eventually(async () => {
    const { frame: { scalars }, state } = await view();
    same(await text("#figure-equity"), money(scalars.equity));
    same(await text("#figure-profit"), money(scalars.profit_today, true));
    same(await text("#figure-drawdown"), percent(scalars.drawdown, 2));
    same(await text("#figure-gross"), money(scalars.gross));
    same(await text("#figure-net"), money(scalars.net, true));
    same(await text("#figure-var"), money(scalars.parametric_var));
    same(await text("#figure-worst"), money(scalars.worst_loss));
    same(await text("#figure-refused"), money(scalars.refused).replace(/\.00$/, ""));
    assert.equal(typeof state.t, "number");
  });
});

test("limits: value, max and use of each, the most used first", async () => {
  await show("now");
  if (await page.isVisible("#limits .more") && /all/.test(await text("#limits .more"))) await page.click("#limits .more");
  await eventually(async () => {
    const controls = (await view()).state.controls.filter((control) => control.value !== null);
    const rows = await page.$$eval("#limits tbody tr", (lines) => lines.map((line) => ({ name: line.querySelector("b").textContent, covers: line.querySelector("small").textContent,
      use: line.querySelector(".use").innerText.trim(), over: line.dataset.tone === "breach" })));
    assert.equal(rows.length, Math.min(controls.length, 200));
    const uses = controls.map(use_of).sort((a, b) => b - a);
    uses.slice(0, 200).forEach((use, k) => same(rows[k].use, use === Infinity ? "over 0" : percent(use, 0)));
    assert.equal(rows.filter((row) => row.over).length, controls.filter((control) => Number(control.value) > Number(control.max)).length);
    if (controls.length <= 200) assert.deepEqual(new Set(rows.map((row) => row.name)), new Set(controls.map((control) => control.limit)));
  });
});

test("the heat map as a table: gross, net, profit, part of VaR and limit use of each symbol", async () => {
  await show("now");
  await page.click("#heat-map button:has-text('Table')");
  await eventually(async () => {
    const { hello, frame } = await view();
    const expected = frame.symbol.map((symbol, row) => ({ name: hello.symbols[symbol], of: (column) => frame.columns[column][row] }))
      .sort((a, b) => b.of("gross") - a.of("gross")).slice(0, 100)
      .map((row) => [row.name, money(row.of("gross")), money(row.of("net")), money(row.of("profit_today"), true), money(row.of("component_var")), percent(row.of("limit_use"))]);
    const rows = (await rows_of(page, "heat-map")).map(([name, , ...figures]) => [name, ...figures]);
    assert.equal(rows.length, expected.length);
    // Single floats in the frame, doubles in the document: the last digit may differ.
    rows.forEach((row, k) => {
      assert.equal(row[0], expected[k][0]);
      row.slice(1).forEach((cell, c) => assert.ok(cell === expected[k][c + 1] || Math.abs(number(cell) - number(expected[k][c + 1])) <= 1e-4 * Math.abs(number(cell)) + 1,
        `${row[0]}: ${cell} for ${expected[k][c + 1]}`));
    });
  });
  await page.click("#heat-map button:has-text('Table')");
});

test("the heat map follows the arrow keys and tells the figures of a symbol", async () => {
  await show("now");
  await page.focus("#heat-map .stage");
  await page.keyboard.press("ArrowRight");
  const first = await text("#heat-map .detail");
  assert.match(first, /gross [\d,.]+ · net .* · P&L .* · VaR .* · limit use/);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  const { hello } = await view();
  assert.ok(hello.symbols.some((symbol) => first.startsWith(`${symbol} · `)));
});

test("accounts, positions, working orders and clients", async () => {
  await show("trading");
  await eventually(async () => {
    const { state } = await view();
    const accounts = await rows_of(page, "accounts");
    assert.deepEqual(accounts.map((row) => row[0]), state.accounts.map((one) => one.account));
    state.accounts.forEach((one, k) => [money(one.equity), money(one.profit_today, true)].forEach((figure, c) => same(accounts[k][c + 1], figure)));
    const held = state.positions.filter((row) => Number(row.position) !== 0 || Number(row.working_buy) !== 0 || Number(row.working_sell) !== 0);
    const shown = await rows_of(page, "positions");
    assert.equal(shown.length, Math.min(100, held.length));
    const size = (row) => Math.abs(Number(row.position) * Number(row.average_cost));
    for (const row of held.sort((a, b) => size(b) - size(a)).slice(0, 20)) {
      const profit = Number(row.realised) + Number(row.unrealised) - Number(row.fees);
      const line = shown.find((cells) => cells[0] === `${row.symbol} | ${row.account} · ${row.strategy}`);
      assert.ok(line, `${row.symbol} is missing`);
      same(line[5], money(profit, true));
    }
    const orders = await rows_of(page, "orders");
    assert.equal(orders.length, Math.min(100, state.orders.length));
    for (const [k, order] of state.orders.slice(0, 10).entries()) {
      assert.ok(orders[k][0].endsWith(`· ${order.id}`));
      assert.equal(orders[k][3], order.price === null ? "market" : money(order.price));
    }
    assert.match(await text("#orders-count"), new RegExp(String(state.orders_count)));
    assert.deepEqual((await rows_of(page, "latency")).map((row) => row[0]), state.status.clients.map((client) => client.client));
  });
});

test("risk: methods, stress, correlation, sessions with the traffic light, the state of the market", async () => {
  await show("risk");
  await eventually(async () => {
    const { state: { risk, sessions, status }, frame: { scalars } } = await view();
    const methods = await rows_of(page, "value-at-risk");
    for (const [k, method] of ["parametric", "historical", "filtered"].entries()) {
      same(methods[k][1], money(scalars[`${method}_var`]));
      same(methods[k][3], money(scalars[`${method}_es`]));
    }
    const losses = [...(risk?.stress?.losses ?? [])].sort((a, b) => b.loss - a.loss);
    const stress = await rows_of(page, "stress");
    assert.deepEqual(stress.map((row) => row[0]), losses.map((one) => one.scenario));
    losses.forEach((one, k) => same(stress[k][1], money(one.loss)));
    const matrix = await rows_of(page, "correlation");
    assert.equal(matrix.length, risk?.correlation?.symbols.length ?? 0);
    matrix.forEach((row, r) => row.slice(1).forEach((cell, c) => {
      if (r !== c) assert.ok(Math.abs(Number(cell.replace("−", "-")) - risk.correlation.value[r][c]) <= 0.0051, `${r},${c}: ${cell}`);
    }));
    const exceptions = sessions.filter((row) => row.frozen !== null && row.var !== null && -row.frozen > row.var).slice(-250);
    assert.deepEqual((await rows_of(page, "sessions")).map((row) => row[0]), exceptions.reverse().slice(0, 12).map((row) => row.date));
    const zone = risk?.backtest.basel_zone;
    assert.match(await text("#zone"), zone && zone !== "unknown" ? new RegExp(zone) : /not known/);
    if (status.market) assert.equal(await fact("market", "Left of sizes and dynamic limits"), percent(status.market.factor, 0));
  });
});

test("armed controls: every limit once, the configuration and the mode", async () => {
  await show("controls");
  await eventually(async () => {
    const { state } = await view();
    assert.deepEqual((await rows_of(page, "armed")).map((row) => row[0].split(" | ")[0]).sort(), [...new Set(state.controls.map((control) => control.limit))].sort());
    assert.equal(await fact("build", "configuration"), state.build.configuration);
    assert.equal(await fact("build", "mode"), state.build.mode);
    for (const [program, pid] of Object.entries(state.status.processes)) assert.equal(await fact("processes", program), `process ${pid}`);
  });
});

test("the feed tells refusals, and Enter opens all numbers of a decision", async () => {
  await show("now");
  const { feed } = await view();
  const refusal = feed.findLast((row) => row.type === "verdict");
  if (!refusal) return;
  const entries = page.locator("#feed details").filter({ hasText: refusal.decision === "resized" ? "resized" : "refused" });
  await entries.first().locator("summary").focus();
  await page.keyboard.press("Enter");
  const numbers = await entries.first().locator("dl").innerText();
  for (const name of ["reason", "decision", "asked quantity", "asked symbol"]) assert.ok(numbers.includes(name), `${name} is missing in ${numbers}`);
});

test("profit and drawdown are drawn, and the ladder's steps stand below in words", async () => {
  await show("now");
  await eventually(async () => {
    const { state: { ladder } } = await view();
    assert.equal(await page.locator("#profit canvas").count(), 2);
    assert.deepEqual((await rows_of(page, "profit")).map((row) => row[0].split(" | ")[0]), ladder.map((step) => step.limit));
  });
});

test("nothing was asked from outside, and the browser had nothing to complain of", () => {
  assert.deepEqual(page.wrong, []);
});
