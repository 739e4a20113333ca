// SPDX-License-Identifier: Apache-2.0
// The heat map as a table: the same figures for who does not see the picture, the largest exposures first.
import { h, write } from "../dom";
import { money, percent } from "../format";
import type { Store } from "../store";
import { Table, tone_of, type Column } from "../table";

interface Row {
  symbol: string;
  sector: string;
  of(column: string): number;
}

const rows_max = 100;
const every_ms = 500;

export interface SymbolTable {
  element: HTMLElement;
  update(store: Store): void;
}

export function symbol_table(): SymbolTable {
  const figure = (title: string, name: string, plus = false): Column<Row> =>
    ({ title, numeric: true, text: (row) => money(row.of(name), plus), tone: plus ? (row) => tone_of(row.of(name)) : undefined });
  const table = new Table<Row>("Risk by symbol", [
    { title: "Symbol", head: true, text: (row) => row.symbol },
    { title: "Sector", spare: true, text: (row) => row.sector },
    figure("Gross", "gross"), figure("Net", "net"), figure("P&L today", "profit_today", true),
    figure("VaR share", "component_var"),
    { title: "Limit use", numeric: true, text: (row) => percent(row.of("limit_use")),
      tone: (row) => (row.of("limit_use") > 1 ? "breach" : null) },
  ], (row) => row.symbol);
  const more = h("p", { class: "quiet" });
  const element = h("div", { class: "alternative" }, table.element, more);
  let written_ms = -Infinity;
  const update = (store: Store) => {
    const frame = store.frame, hello = store.hello;
    if (frame === null || hello === null || performance.now() - written_ms < every_ms) return;
    written_ms = performance.now();
    const gross = store.column("gross") ?? new Float32Array();
    const order = [...frame.symbols.keys()].sort((a, b) => (gross[b] || 0) - (gross[a] || 0));
    const rows = order.slice(0, rows_max).map((row): Row => {
      const symbol = frame.symbols[row]!;
      return { symbol: hello.symbols[symbol] ?? "", sector: hello.sectors[hello.sectors_of[symbol] ?? -1] ?? "",
        of: (name) => store.column(name)?.[row] ?? NaN };
    });
    table.update(rows, "Nothing is held.");
    write(more, order.length > rows_max ? `The ${rows_max} largest of ${order.length} are shown.` : "");
  };
  return { element, update };
}
