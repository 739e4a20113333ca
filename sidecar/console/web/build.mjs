// SPDX-License-Identifier: Apache-2.0
// Builds the page: `node build.mjs FOLDER` writes index.html, app.js, app.css and icon.svg there. Asks no network.
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2];
if (!folder) {
  console.error("build.mjs: say into which folder: node build.mjs FOLDER");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
await build({
  entryPoints: { app: join(here, "src/main.ts") },
  outdir: folder,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome109", "firefox115", "safari16"],
  legalComments: "none",
  banner: { js: "// Bulwark console, Apache-2.0; contains uPlot (MIT) and d3-hierarchy (ISC)" },
  logLevel: "warning",
});
for (const file of ["index.html", "icon.svg"]) copyFileSync(join(here, "src", file), join(folder, file));
