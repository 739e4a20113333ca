// SPDX-License-Identifier: Apache-2.0
// For everybody: keyboard alone, a screen reader, little contrast to spare, a phone, dark and light.
// BULWARK_SHOTS=FOLDER keeps a picture of each view.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { eventually, log_in, open_page, start_browser } from "./browser.mjs";
import { MockConsole, mock_token } from "./mock.mjs";

const views = ["now", "risk", "trading", "controls"];
const shots = process.env.BULWARK_SHOTS;
let browser, mock, url;

before(async () => {
  mock = new MockConsole(process.env.BULWARK_PAGE, { symbols: 60 });
  url = await mock.start();
  browser = await start_browser();
  if (shots) mkdirSync(shots, { recursive: true });
});
after(async () => {
  await browser?.close();
  await mock?.stop();
});

async function with_page(options, act) {
  const page = await open_page(browser, url, options);
  await page.waitForFunction(() => document.getElementById("figure-equity").textContent !== "–");
  await act(page);
  assert.deepEqual(page.wrong, []);
  await page.context().close();
}

test("every control is reached by Tab alone, STOP among the first, and where the focus is can be seen", () =>
  with_page({}, async (page) => {
    const wanted = await page.$$eval("button, a[href], input, select, summary, [tabindex='0']", (all) =>
      all.filter((one) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0).length);
    const reached = [], unseen = [];
    for (let k = 0; k < wanted + 5; ++k) {
      await page.keyboard.press("Tab");
      const one = await page.evaluate(() => {
        const held = document.activeElement;
        if (held === document.body) return null;
        const style = getComputedStyle(held);
        return { name: held.id || held.className || held.textContent.slice(0, 30), seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 };
      });
      if (one === null) break;
      reached.push(one.name);
      if (!one.seen) unseen.push(one.name);
    }
    assert.deepEqual(unseen, []);
    assert.ok(reached.indexOf("stop") >= 0 && reached.indexOf("stop") < 6, `STOP comes ${reached.indexOf("stop")}th`);
    for (const name of ["theme", "person", "stage"]) assert.ok(reached.includes(name), `${name} is not reached`);
    assert.ok(reached.length >= wanted - 2, `${reached.length} of ${wanted} reached`);
  }));

test("keys 1 to 4 change the view, Escape closes the drawer and the focus returns", () =>
  with_page({}, async (page) => {
    for (const [k, view] of views.entries()) {
      await page.keyboard.press(String(k + 1));
      await page.waitForSelector(`#view-${view}:not([hidden])`);
      assert.equal(await page.getAttribute(`#views a[data-view=${view}]`, "aria-current"), "page");
    }
    await page.focus("#person");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#drawer:not([hidden])");
    await page.keyboard.press("Escape");
    assert.equal(await page.evaluate(() => document.activeElement.id), "person");
  }));

test("landmarks, headings, named tables and regions, text beside each canvas", () =>
  with_page({}, async (page) => {
    for (const landmark of ["header", "nav[aria-label]", "main", "footer"]) assert.equal(await page.locator(`body > ${landmark}`).count(), 1, landmark);
    assert.equal(await page.locator("h1").count(), 1);
    for (const view of views) {
      await page.click(`#views a[data-view=${view}]`);
      await eventually(async () => {  // some are drawn with the next figures
        const faults = await page.$$eval(`#view-${view} .panel`, (panels) => panels.flatMap((panel) => {
          const title = document.getElementById(panel.getAttribute("aria-labelledby"));
          return [title?.tagName === "H2" && title.textContent ? null : `${panel.id} has no heading`,
            ...[...panel.querySelectorAll("table")].map((table) => (table.caption?.textContent ? null : `${panel.id} has a table without a caption`)),
            ...[...panel.querySelectorAll("canvas")].map((canvas) => (canvas.closest("[aria-hidden=true]") || canvas.getAttribute("aria-label") ? null : `${panel.id} has a canvas without text`)),
            ...[...panel.querySelectorAll("button, input")].map((one) => (one.textContent || one.getAttribute("aria-label") || one.labels?.length ? null : `${panel.id} has a control without a name`)),
          ].filter(Boolean);
        }));
        assert.deepEqual(faults, []);
      });
    }
  }));

test("a refusal, a new alert and a new state are said to who listens", () =>
  with_page({}, async (page) => {
    await page.waitForTimeout(700);
    mock.desk.alerts = [...mock.desk.alerts, { id: 77, what: "on", severity: "critical", rule: "drift", text: "the books differ", t: mock.desk.now(), count: 1, acknowledged_by: null, escalated: false }];
    mock.tell(mock.desk.state_message());
    await eventually(async () => assert.match(await page.textContent("#said-now"), /critical alert: the books differ/));
    mock.desk.state = "reduce_only";
    mock.tell(mock.desk.state_message());
    await eventually(async () => assert.match(await page.textContent("#said-now"), /desk is reduce only/));
    mock.happen(mock.desk.refusal());
    await eventually(async () => assert.match(await page.textContent("#said"), /refused, momentum: buy 1,170 AAPL/));
    mock.desk.state = "normal";
  }));

function contrast_faults() {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, k) => {
    const c = [r, g, b][k] / 255;
    return sum + weight * (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  }, 0);
  const back_of = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const back = rgb(getComputedStyle(one).backgroundColor);
      if (back[3] === 255) return back;
    }
    return rgb(getComputedStyle(document.documentElement).backgroundColor);
  };
  const faults = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !element.checkVisibility() || element.closest(".unseen, noscript, :disabled")) continue;
    const a = light(rgb(getComputedStyle(element).color)), b = light(back_of(element));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faults.add(`${ratio.toFixed(2)} ${element.tagName}.${element.className} "${walk.currentNode.data.slice(0, 30)}" in #${element.closest("[id]")?.id}`);
  }
  return [...faults];
}

for (const [name, width, height, scheme] of [["light", 1440, 900, "light"], ["dark", 1440, 900, "dark"], ["phone", 390, 844, "light"], ["phone-dark", 390, 844, "dark"]]) {
  test(`${name}: every text has a contrast of 4.5, nothing scrolls sideways, STOP is in sight`, () =>
    with_page({ width, height, scheme }, async (page) => {
      for (const view of views) {
        await page.goto(`${url}/#${view}`);
        await page.waitForTimeout(400);
        assert.deepEqual(await page.evaluate(contrast_faults), [], view);
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, `${view} scrolls sideways`);
        if (shots) await page.screenshot({ path: join(shots, `${name}-${view}.png`), fullPage: name !== "phone" && name !== "phone-dark" });
        await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
        const box = await page.locator("#stop").boundingBox();
        assert.ok(box.y >= 0 && box.y + box.height <= height && box.width >= 100 && box.height >= 40, `${view}: STOP is out of sight`);
        const hit = await page.evaluate(({ x, y }) => document.elementFromPoint(x, y)?.id, { x: box.x + box.width / 2, y: box.y + box.height / 2 });
        assert.equal(hit, "stop");
      }
    }));
}

test("STOP stays reachable while the drawer is open, on a phone too", () =>
  with_page({ width: 390, height: 700 }, async (page) => {
    await page.click("#person");
    await log_in(page, "ada", mock_token);
    await page.waitForSelector("#drawer", { state: "hidden" });
    await page.click("#person");
    await page.click("#stop");
    await page.waitForSelector("#stopped tbody tr");
  }));

test("the switch of colours goes round, and is kept", () =>
  with_page({ scheme: "light" }, async (page) => {
    const back = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await back();
    await page.click("#theme");
    const dark = await back();
    assert.notEqual(dark, light);
    await page.reload();
    assert.equal(await back(), dark);
    await page.click("#theme");
    assert.equal(await back(), light);
  }));
