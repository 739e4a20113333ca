// SPDX-License-Identifier: Apache-2.0
// The limits that have a value, the most used first: value, max, room left, where it comes from, who passes it and why.
import { open_override } from "../actions/override";
import { h, set, svg, show, write } from "../dom";
import { moment, number_of, of_metric, percent, plain, scope, words } from "../format";
import { frame_of, News, type Panel } from "../panel";
import type { Control, FeedRow, Share, State } from "../protocol";
import type { Store } from "../store";
import { bar, Table } from "../table";

const first_rows = 12;
const more_rows = 200;
const trend_points = 40;
const trend_every_ms = 3_000;

const key_of = (control: Control) => `${control.limit} ${control.metric} ${scope(control.on)}`;
// A max of zero that is kept has no share of it used.
export const use_of = (control: Control): number => {
  if (typeof control.use === "number") return control.use;
  const value = number_of(control.value), max = number_of(control.max);
  return max === 0 ? (value > 0 ? Infinity : 0) : value / max;
};
export const is_over = (control: Control): boolean => number_of(control.value) > number_of(control.max);

export class Limits implements Panel {
  readonly view = "now";
  private readonly trends = new Map<string, number[]>();
  private sampled_ms = -Infinity;
  private store: Store | null = null;
  private all = false;
  private readonly filter = h("input", { type: "search", placeholder: "Filter", "aria-label": "Filter the limits", input: () => this.redraw() });
  private readonly more = h("button", { type: "button", class: "more", click: () => this.turn_all() });
  private readonly summary = h("p", { class: "quiet", id: "limits-summary" });
  private readonly table: Table<Control>;

  constructor() {
    this.table = new Table<Control>("Limits, the most used first", [
      { title: "Limit", head: true, name: "two-lines", paint: (cell, row) => this.paint_name(cell, row) },
      { title: "Used", numeric: true, name: "use", paint: (cell, row) => this.paint_use(cell, row) },
      { title: "Value", numeric: true, text: (row) => of_metric(row.metric, row.value) },
      { title: "Max", numeric: true, text: (row) => of_metric(row.metric, row.max) },
      { title: "Room", numeric: true, spare: true, text: (row) => room(row), tone: (row) => (is_over(row) ? "breach" : null) },
      { title: "Trend", name: "trend", spare: true, paint: (cell, row) => this.paint_trend(cell, row) },
    ], key_of, (row) => (is_over(row) ? "breach" : use_of(row) >= 0.8 ? "near" : null));
    const body = frame_of(this.view, "limits", "Limits", "wide", this.filter);
    body.append(this.summary, this.table.element, this.more);
  }

  update(store: Store, news: number): void {
    this.store = store;
    if (store.state !== null && (news & ~(News.Frame | News.Feed)) !== 0) this.redraw();
  }

  private redraw(): void {
    const store = this.store;
    if (!store?.state) return;
    const known = store.state.controls.filter((control) => Number.isFinite(number_of(control.value)));
    this.sample(known);
    const wanted = this.filter.value.trim().toLowerCase();
    const chosen = known.filter((control) => wanted === "" || `${key_of(control)} ${words(control.metric)}`.toLowerCase().includes(wanted))
      .sort((a, b) => use_of(b) - use_of(a));
    const over = known.filter(is_over).length;
    write(this.summary, `${over === 0 ? "None" : over} over, ${known.filter((c) => !is_over(c) && use_of(c) >= 0.8).length} from 80 % on, ` +
      `${known.length} with a value; ${store.state.controls.length - known.length} are judged with each order.`);
    set(this.summary, "data-tone", over > 0 ? "breach" : null);
    this.table.update(chosen.slice(0, this.all ? more_rows : first_rows), wanted ? "No limit of that name has a value." : store.none("No limit has a value yet."));
    show(this.more, chosen.length > first_rows);
    write(this.more, this.all ? "Show fewer" : `Show all ${chosen.length}`);
  }

  private turn_all(): void {
    this.all = !this.all;
    this.redraw();
  }

  private sample(controls: Control[]): void {
    const now = performance.now();
    if (now - this.sampled_ms < trend_every_ms) return;
    this.sampled_ms = now;
    for (const control of controls) {
      const key = key_of(control);
      const trend = this.trends.get(key) ?? [];
      trend.push(use_of(control));
      if (trend.length > trend_points) trend.shift();
      this.trends.set(key, trend);
    }
  }

  private paint_name(cell: HTMLElement, row: Control): void {
    if (cell.firstChild === null) {
      const override = h("button", { type: "button", class: "link" }, "Override…");
      override.addEventListener("click", () => open_override(override.dataset["limit"]!, this.store!));
      cell.append(h("b"), h("small"), h("small", { class: "why" }), override);
    }
    const [name, covers, about, override] = cell.children as unknown as [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
    write(name, row.limit);
    write(covers, `${words(row.metric)} · ${scope(row.on)}`);
    const because = why(row, this.store!.state!, this.store!.feed);
    write(about, because);
    show(about, because !== "");
    override.dataset["limit"] = row.limit;
    set(override, "aria-label", `Override ${row.limit}`);
    show(override, this.store!.may("configure") && use_of(row) >= 0.8);
  }

  private paint_use(cell: HTMLElement, row: Control): void {
    const use = use_of(row);
    bar(cell, use, is_over(row) ? "breach" : use >= 0.8 ? "near" : null);
    if (cell.childElementCount < 2) cell.append(h("span"));
    write(cell.lastElementChild!, use === Infinity ? "over 0" : percent(use, 0));
  }

  private paint_trend(cell: HTMLElement, row: Control): void {
    const trend = this.trends.get(key_of(row)) ?? [];
    let line = cell.querySelector("polyline");
    if (line === null) {
      line = svg("polyline", { fill: "none" }) as SVGPolylineElement;
      cell.append(svg("svg", { viewBox: "0 0 64 18", width: 64, height: 18, "aria-hidden": "true" },
        svg("line", { x1: 0, x2: 64, y1: 1, y2: 1 }), line));
    }
    const top = Math.max(1, ...trend.filter(Number.isFinite));
    const points = trend.map((use, k) => `${(64 * (k + trend_points - trend.length)) / (trend_points - 1)},${17 - (16 * Math.min(use, top)) / top}`);
    set(line, "points", points.join(" "));
  }
}

function room(row: Control): string {
  const left = number_of(row.max) - number_of(row.value);
  if (!Number.isFinite(left)) return "–";
  const text = of_metric(row.metric, typeof row.max === "number" ? Math.abs(left) : String(Math.abs(left)));
  return left < 0 ? `${text} over` : text;
}

const parts_of: Record<string, (share: Share) => number> = {
  ...Object.fromEntries(["gross", "long", "short", "leverage"].map((metric) => [metric, (share: Share) => share.gross ?? 0])),
  ...Object.fromEntries(["var", "es", "volatility"].map((metric) => [metric, (share: Share) => share.component_var ?? 0])),
  daily_loss: (share) => -(share.profit_today ?? 0),
};

// Of a limit of the whole portfolio: which strategies it comes from most.
function largest(row: Control, state: State): string {
  const part_of = parts_of[row.metric];
  if (part_of === undefined || Object.keys(row.on).length > 0) return "";
  const shares = (state.risk?.strategies ?? []).map((share) => ({ name: String(share["strategy"]), part: part_of(share) })).filter((one) => one.part > 0);
  const total = shares.reduce((sum, one) => sum + one.part, 0);
  const first = shares.sort((a, b) => b.part - a.part).slice(0, 2).map((one) => `${one.name} ${percent(one.part / total, 0)}`);
  return first.length > 0 ? `; mostly ${first.join(", ")}` : "";
}

// What is to be known of a limit besides its numbers.
function why(row: Control, state: State, feed: FeedRow[]): string {
  const parts: string[] = [];
  if (is_over(row)) {
    const broken = feed.findLast((one) => one.type === "breach" && one["limit"] === row.limit && scope(one["on"] as Control["on"]) === scope(row.on));
    parts.push(`over${broken ? ` since ${moment(broken.t)}: ${words(broken["action"])}` : " its max"}${largest(row, state)}`);
  }
  const latched = state.states.find((one) => one.cause === row.limit && one.state !== "normal");
  if (latched) parts.push(`${scope(latched.on)} is ${words(latched.state)}`);
  if (row.scaled) parts.push(`max × ${plain(row.scaled.factor)} (${row.scaled.cause})`);
  if (row.why) parts.push(row.why);
  return parts.join("; ");
}
