// SPDX-License-Identifier: Apache-2.0
// Correlations of the largest positions: a real table whose cells have colours, so that it reads as one too.
import { shade_of, step_of } from "../colour";
import { h, write } from "../dom";
import { plain } from "../format";
import { frame_of, News, type Panel } from "../panel";
import type { Store } from "../store";
import { is_dark } from "../theme";

// .52, and no minus before nothing.
const of = (rho: number) => plain(Math.abs(rho) < 0.005 ? 0 : rho).replace(/^(\u2212?)0\./, "$1.");

export class Correlation implements Panel {
  readonly view = "risk";
  private readonly table = h("table", { class: "matrix" });
  private readonly nothing = h("p", { class: "nothing" }, "Nothing is held that the model knows.");
  private names = "";
  private painted: string[] = [];

  constructor() {
    frame_of(this.view, "correlation", "Correlation of the largest positions", "wide").append(
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Correlations" }, this.table), this.nothing);
  }

  update(store: Store, news: number): void {
    if ((news & (News.State | News.Shown | News.Theme)) === 0) return;
    const { symbols, value } = store.state?.risk?.correlation ?? { symbols: [], value: [] };
    this.nothing.hidden = symbols.length > 0;
    if (symbols.join("\n") !== this.names) this.rebuild(symbols);
    const dark = is_dark();
    symbols.forEach((_, row) => symbols.forEach((_, column) => {
      const rho = value[row]?.[column] ?? NaN;
      const step = Number.isFinite(rho) ? step_of(rho) : 0;
      const place = row * symbols.length + column;
      const text = row === column ? "1" : of(rho);
      const mark = `${text} ${step} ${dark}`;
      if (this.painted[place] === mark) return;
      this.painted[place] = mark;
      const cell = this.table.tBodies[0]!.rows[row]!.cells[column + 1]!;
      const shade = shade_of(step, dark);
      write(cell, text);
      cell.style.backgroundColor = shade.fill;
      cell.style.color = shade.ink;
    }));
  }

  private rebuild(symbols: string[]): void {
    this.names = symbols.join("\n");
    this.painted = [];
    this.table.replaceChildren(
      h("caption", { class: "unseen" }, "Correlation of each pair of the largest positions"),
      h("thead", {}, h("tr", {}, h("td"), ...symbols.map((name) => h("th", { scope: "col", title: name }, h("span", {}, name))))),
      h("tbody", {}, ...symbols.map((name) => h("tr", {}, h("th", { scope: "row", title: name }, name), ...symbols.map(() => h("td"))))));
  }
}
