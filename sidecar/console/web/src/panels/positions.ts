// SPDX-License-Identifier: Apache-2.0
// What is held, the largest first.
import { h, write } from "../dom";
import { money, number_of, quantity } from "../format";
import { frame_of, News, type Panel } from "../panel";
import type { Position } from "../protocol";
import type { Store } from "../store";
import { Table, tone_of, two_lines } from "../table";

const rows_max = 100;
const profit_of = (row: Position) => number_of(row.realised) + number_of(row.unrealised) - (number_of(row.fees) || 0);

export class Positions implements Panel {
  readonly view = "trading";
  private store: Store | null = null;
  private readonly filter = h("input", { type: "search", placeholder: "Filter", "aria-label": "Filter the positions", input: () => this.redraw() });
  private readonly flat = h("input", { type: "checkbox", id: "flat", change: () => this.redraw() });
  private readonly more = h("p", { class: "quiet" });
  private readonly positions = new Table<Position>("Positions", [
    { title: "Symbol", head: true, name: "two-lines", paint: (cell, row) => two_lines(cell, row.symbol, `${row.account} · ${row.strategy}`) },
    { title: "Position", numeric: true, text: (row) => quantity(row.position, true) },
    { title: "Average cost", numeric: true, spare: true, text: (row) => money(row.average_cost) },
    { title: "Realised", numeric: true, spare: true, text: (row) => money(row.realised, true), tone: (row) => tone_of(number_of(row.realised)) },
    { title: "Unrealised", numeric: true, spare: true, text: (row) => money(row.unrealised, true), tone: (row) => tone_of(number_of(row.unrealised)) },
    { title: "P&L", numeric: true, text: (row) => money(profit_of(row), true), tone: (row) => tone_of(profit_of(row)) },
    { title: "Working", numeric: true, text: (row) => working(row) },
  ], (row) => `${row.account}\n${row.strategy}\n${row.symbol}`);

  constructor() {
    const aside = h("div", { class: "choices" }, h("label", { for: "flat" }, this.flat, " flat ones too"), this.filter);
    frame_of(this.view, "positions", "Positions", "wide", aside).append(this.positions.element, this.more);
  }

  update(store: Store, news: number): void {
    this.store = store;
    if ((news & (News.State | News.Shown)) !== 0) this.redraw();
  }

  private redraw(): void {
    const state = this.store?.state;
    if (!state) return;
    const wanted = this.filter.value.trim().toLowerCase();
    const rows = state.positions.filter((row) => this.flat.checked || number_of(row.position) !== 0 || working(row) !== "")
      .filter((row) => `${row.symbol} ${row.account} ${row.strategy}`.toLowerCase().includes(wanted))
      .map((row) => ({ row, size: Math.abs(number_of(row.position) * number_of(row.average_cost)) || 0 }))
      .sort((a, b) => b.size - a.size);
    this.positions.update(rows.slice(0, rows_max).map((one) => one.row), this.store!.none("Nothing is held."));
    write(this.more, rows.length > rows_max ? `The ${rows_max} largest of ${rows.length} are shown; the filter finds the others.` : "");
  }
}

function working(row: Position): string {
  const buys = number_of(row.working_buy), sells = number_of(row.working_sell);
  return [buys > 0 ? `+${quantity(buys)}` : "", sells > 0 ? quantity(-sells) : ""].filter(Boolean).join(" / ");
}
