// SPDX-License-Identifier: Apache-2.0
// Takes the README's picture of a running demo: `run.py picture.mjs URL FILE.webp`, some ten seconds into its story.
import { writeFileSync } from "node:fs";
import { open_page, start_browser } from "./browser.mjs";

const [url, file] = process.argv.slice(2);
if (!file) {
  console.error("picture.mjs: say of what, and where to: picture.mjs URL FILE.webp");
  process.exit(2);
}
const browser = await start_browser();
const page = await open_page(browser, url, { width: 1440, height: 1240 });
await page.waitForSelector("#feed b:has-text('refused')");
await page.waitForTimeout(2_000);
const picture = (await page.screenshot()).toString("base64");

// The console's page may load no picture from elsewhere: an empty one makes the WebP.
const blank = await browser.newPage();
const made = await blank.evaluate(async (png) => {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext("2d").drawImage(image, 0, 0);
  return [...new Uint8Array(await (await canvas.convertToBlob({ type: "image/webp", quality: 0.75 })).arrayBuffer())];
}, picture);
writeFileSync(file, Uint8Array.from(made));
await browser.close();
