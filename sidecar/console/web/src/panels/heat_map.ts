// SPDX-License-Identifier: Apache-2.0
// The risk heat map: a tile for each symbol, by sector, as large as its gross exposure; its colour is what is chosen.
import { shade_of } from "../colour";
import { h, show, write } from "../dom";
import { money, percent, short_money, unknown } from "../format";
import { frame_of, News, type Panel } from "../panel";
import type { Store } from "../store";
import { colour_of, is_dark } from "../theme";
import { symbol_table } from "./symbol_table";
import { size_of, Tiles, type Ground, type Look, type Tile } from "./tiles";

type Mode = "component_var" | "limit_use" | "profit_today";
const modes: [Mode, string][] = [["component_var", "Share of VaR"], ["limit_use", "Limit use"], ["profit_today", "P&L today"]];
const arrange_ms = 3_000;

export class HeatMap implements Panel {
  readonly view = "now";
  private readonly canvas = h("canvas", { "aria-hidden": "true" });
  private readonly stage = h("div", { class: "stage", tabindex: 0, role: "application", "aria-roledescription": "heat map",
    "aria-label": "Risk heat map. Arrow keys go from symbol to symbol; the line below tells its figures." }, this.canvas);
  private readonly detail = h("p", { class: "detail", role: "status" });
  private readonly legend = h("p", { class: "legend" });
  private readonly cursor = h("div", { class: "cursor", hidden: true });
  private readonly table = symbol_table();
  private readonly tiles = new Tiles();
  private readonly as_table = h("button", { type: "button", "aria-pressed": "false" }, "Table");
  private readonly buttons: HTMLButtonElement[];
  private mode: Mode = "component_var";
  private chosen = -1; // index into hello.symbols
  private store: Store | null = null;
  private row_of = new Map<number, number>();
  private arranged_ms = -Infinity;
  private arranged_rows = -1;
  private domain = 1;
  private size = "";
  private kept_ground: Ground | null = null;

  constructor() {
    this.buttons = modes.map(([mode, name]) =>
      h("button", { type: "button", "aria-pressed": String(mode === this.mode), click: () => this.choose_mode(mode) }, name));
    const aside = h("div", { class: "choices", role: "group", "aria-label": "Colour by" }, ...this.buttons, this.as_table);
    this.stage.append(this.cursor);
    frame_of(this.view, "heat-map", "Risk by sector and symbol", "wide tall", aside)
      .append(this.stage, this.table.element, this.detail, this.legend);
    this.table.element.hidden = true;
    this.as_table.addEventListener("click", () => this.switch_table());
    this.stage.addEventListener("pointermove", (event) => this.point(event));
    this.stage.addEventListener("pointerdown", (event) => this.point(event));
    this.stage.addEventListener("pointerleave", () => document.activeElement !== this.stage && this.choose(null));
    this.stage.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.store && this.update(this.store, News.Shown)).observe(this.stage);
  }

  update(store: Store, news: number): void {
    this.store = store;
    if (store.frame === null || store.hello === null || (news & ~News.State & ~News.Feed) === 0) return;
    this.row_of.clear();
    const symbols = store.frame.symbols;
    for (let row = 0; row < symbols.length; ++row) this.row_of.set(symbols[row]!, row);
    if (!this.table.element.hidden) this.table.update(store);
    else this.paint(store, news);
    this.write_detail(store);
  }

  private paint(store: Store, news: number): void {
    const width = this.stage.clientWidth, height = this.stage.clientHeight;
    if (width === 0 || height === 0) return;
    const context = this.canvas.getContext("2d", { alpha: false })!;
    if ((news & News.Theme) !== 0) this.kept_ground = null;
    const ground = (this.kept_ground ??= this.ground());
    const gross = store.column("gross") ?? new Float32Array();
    const now = performance.now();
    const size = `${width}x${height}x${devicePixelRatio}`;
    const afresh = size !== this.size || (news & (News.Hello | News.Theme)) !== 0;
    if (afresh || this.arranged_rows !== store.frame!.symbols.length || now - this.arranged_ms > arrange_ms) {
      if (size !== this.size) {
        this.size = size;
        this.canvas.width = Math.round(width * devicePixelRatio);
        this.canvas.height = Math.round(height * devicePixelRatio);
        context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      }
      if (afresh || this.arranged_rows !== store.frame!.symbols.length) {
        this.tiles.arrange(store.hello!.sectors, store.hello!.sectors_of, store.frame!.symbols, gross);
      } else {
        this.tiles.resize((symbol) => size_of(gross[this.row_of.get(symbol) ?? -1]));
      }
      this.tiles.place(width, height, store.hello!.symbols, context, ground);
      this.arranged_rows = store.frame!.symbols.length;
      this.arranged_ms = now;
      this.set_domain(store);
    }
    this.tiles.paint(context, this.looks(store), ground);
  }

  private ground(): Ground {
    return { dark: is_dark(), back: colour_of("--panel"), line: colour_of("--alarm"), muted: colour_of("--muted"),
      font: getComputedStyle(document.body).fontFamily };
  }

  private looks(store: Store): (symbol: number) => Look {
    const column = store.column(this.mode), use = store.column("limit_use");
    const total = this.mode === "component_var" ? store.scalar("parametric_var") : 1;
    return (symbol) => {
      const row = this.row_of.get(symbol) ?? -1;
      const value = (column?.[row] ?? NaN) / total;
      return { share: value / this.domain, text: this.text_of(value), breached: (use?.[row] ?? 0) > 1 };
    };
  }

  private text_of(value: number): string {
    if (!Number.isFinite(value)) return unknown;
    return this.mode === "profit_today" ? short_money(value, true) : percent(value, 1, this.mode === "component_var");
  }

  // The ends of the colour scale: the largest that there is, held until the next arrangement.
  private set_domain(store: Store): void {
    this.domain = 1;
    if (this.mode !== "limit_use") {
      const total = this.mode === "component_var" ? Math.abs(store.scalar("parametric_var")) : 1;
      let largest = 0;
      for (const value of store.column(this.mode) ?? []) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
      // Profits: losses are orange, as whatever is bad.
      this.domain = (largest / total || 1) * (this.mode === "profit_today" ? -1 : 1);
    }
    this.write_legend();
  }

  private write_legend(): void {
    const end = Math.abs(this.domain);
    const [low, high] = this.mode === "component_var" ? [`${percent(-end)} lowers the VaR`, `${percent(end, 1, true)} of the VaR`]
      : this.mode === "limit_use" ? ["0 %", "100 % of the limit"]
      : [`${short_money(end, true)} gained`, `${short_money(-end)} lost`];
    const ramp = h("span", { class: "ramp", "aria-hidden": "true" });
    for (let step = this.mode === "limit_use" ? 0 : -16; step <= 16; step += 4) {
      const cell = h("span");
      cell.style.backgroundColor = shade_of(step, is_dark()).fill;
      ramp.append(cell);
    }
    this.legend.replaceChildren(low!, ramp, high!, h("span", { class: "hatched", "aria-hidden": "true" }), "over a limit",
      h("span", { class: "quiet" }, "size: gross exposure"));
  }

  private choose_mode(mode: Mode): void {
    this.mode = mode;
    this.buttons.forEach((button, k) => button.setAttribute("aria-pressed", String(modes[k]![0] === mode)));
    if (this.store === null) return;
    this.set_domain(this.store);
    this.update(this.store, News.Frame);
  }

  private switch_table(): void {
    const table: boolean = this.table.element.hidden === true;
    show(this.table.element, table);
    show(this.stage, !table);
    this.as_table.setAttribute("aria-pressed", String(table));
    if (this.store !== null) this.update(this.store, News.Shown);
  }

  private point(event: PointerEvent): void {
    const box = this.canvas.getBoundingClientRect();
    this.choose(this.tiles.at(event.clientX - box.left, event.clientY - box.top));
  }

  private key(event: KeyboardEvent): void {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (way === undefined) return;
    event.preventDefault();
    const from = this.tiles.tile_of.get(this.chosen);
    this.choose(from ? this.tiles.beside(from, way[0]!, way[1]!) : this.tiles.tiles[0] ?? null);
  }

  private choose(tile: Tile | null): void {
    this.chosen = tile?.symbol ?? -1;
    if (this.store !== null) this.write_detail(this.store);
  }

  private write_detail(store: Store): void {
    const row = this.row_of.get(this.chosen);
    const tile = this.tiles.tile_of.get(this.chosen);
    show(this.cursor, tile !== undefined);
    if (tile) Object.assign(this.cursor.style, { left: `${tile.x}px`, top: `${tile.y}px`, width: `${tile.width}px`, height: `${tile.height}px` });
    if (row === undefined || this.chosen < 0) return write(this.detail, "Point at a tile, or use the arrow keys, for its figures.");
    const of = (name: string) => store.column(name)?.[row] ?? NaN;
    const hello = store.hello!;
    const use = of("limit_use");
    write(this.detail, [
      hello.symbols[this.chosen], hello.sectors[hello.sectors_of[this.chosen] ?? -1] ?? "no sector",
      `gross ${money(of("gross"))}`, `net ${money(of("net"), true)}`, `P&L ${money(of("profit_today"), true)}`,
      `VaR ${money(of("component_var"), true)} (${percent(of("component_var") / store.scalar("parametric_var"), 1, true)})`,
      `limit use ${percent(use)}${use > 1 ? " OVER" : ""}`].join(" · "));
  }
}
