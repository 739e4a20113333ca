// SPDX-License-Identifier: Apache-2.0
// A table whose rows have names. Each update writes only the cells that have changed and moves only what has moved.
import { h, show, write, set } from "./dom";

export interface Column<Row> {
  title: string;
  name?: string; // of the cell's class
  numeric?: boolean;
  spare?: boolean; // left out where the screen is narrow
  head?: boolean; // names the row
  text?(row: Row): string;
  tone?(row: Row): string | null;
  paint?(cell: HTMLTableCellElement, row: Row): void;
}

export class Table<Row> {
  readonly element: HTMLElement;
  private readonly body = h("tbody");
  private readonly nothing = h("p", { class: "nothing" });
  private readonly scroll: HTMLElement;
  private readonly rows = new Map<string, HTMLTableRowElement>();

  constructor(caption: string, private readonly columns: Column<Row>[], private readonly key: (row: Row) => string,
    private readonly tone_of_row: (row: Row) => string | null = () => null) {
    const head = h("tr", {}, ...columns.map((column) => h("th", { scope: "col", class: this.class_of(column) }, column.title)));
    const table = h("table", {}, h("caption", { class: "unseen" }, caption), h("thead", {}, head), this.body);
    this.scroll = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption }, table);
    this.element = h("div", { class: "table" }, this.scroll, this.nothing);
  }

  update(rows: readonly Row[], if_none: string): void {
    const left = new Set(this.rows.keys());
    let place = this.body.firstElementChild;
    for (const row of rows) {
      const key = this.key(row);
      left.delete(key);
      let line = this.rows.get(key);
      if (line === undefined) {
        line = this.new_line();
        this.rows.set(key, line);
      }
      if (place === line) place = line.nextElementSibling;
      else this.body.insertBefore(line, place);
      this.fill(line, row);
    }
    for (const key of left) {
      this.rows.get(key)!.remove();
      this.rows.delete(key);
    }
    show(this.scroll, rows.length > 0);
    show(this.nothing, rows.length === 0);
    write(this.nothing, if_none);
  }

  private class_of(column: Column<Row>): string {
    return [column.numeric ? "number" : "", column.spare ? "spare" : "", column.name ?? ""].filter(Boolean).join(" ");
  }

  private new_line(): HTMLTableRowElement {
    return h("tr", {}, ...this.columns.map((column) =>
      column.head ? h("th", { scope: "row", class: this.class_of(column) }) : h("td", { class: this.class_of(column) })));
  }

  private fill(line: HTMLTableRowElement, row: Row): void {
    set(line, "data-tone", this.tone_of_row(row));
    for (let k = 0; k < this.columns.length; ++k) {
      const column = this.columns[k]!;
      const cell = line.cells[k]!;
      if (column.paint) column.paint(cell, row);
      else write(cell, column.text!(row));
      if (column.tone) set(cell, "data-tone", column.tone(row));
    }
  }
}

// A name, and what it belongs to in small under it.
export function two_lines(cell: Element, name: string, under: string): void {
  if (cell.firstChild === null) cell.append(h("b"), h("small"));
  write(cell.children[0]!, name);
  write(cell.children[1]!, under);
}

// Which way a figure goes, said by its colour beside its sign.
export function tone_of(value: number): string | null {
  return value > 0 ? "gain" : value < 0 ? "loss" : null;
}

// A bar of a share, painted once and then only moved.
export function bar(cell: Element, share: number, tone: string | null): void {
  let track = cell.querySelector<HTMLElement>(".bar");
  if (track === null) {
    track = h("span", { class: "bar", "aria-hidden": "true" }, h("span"));
    cell.prepend(track);
  }
  const width = `${Math.round(100 * Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0)))}%`;
  const inner = track.firstElementChild as HTMLElement;
  if (inner.style.width !== width) inner.style.width = width;
  set(track, "data-tone", tone);
}
