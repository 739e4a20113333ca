// SPDX-License-Identifier: Apache-2.0
// What each scenario would cost the book as it stands, the worst first.
import { h, write } from "../dom";
import { money, percent, unknown } from "../format";
import { frame_of, News, type Panel } from "../panel";
import type { Store } from "../store";
import { bar, Table } from "../table";

interface Row {
  scenario: string;
  loss: number;
  share: number;
  of_equity: number;
}

export class Stress implements Panel {
  readonly view = "risk";
  private readonly note = h("p", { class: "quiet" });
  private readonly table = new Table<Row>("Loss in each scenario, the worst first", [
    { title: "Scenario", head: true, text: (row) => row.scenario },
    { title: "Loss", numeric: true, text: (row) => money(row.loss), tone: (row) => (row.loss > 0 ? "loss" : "gain") },
    { title: "Of equity", numeric: true, text: (row) => percent(row.of_equity) },
    { title: "", name: "wide-bar", paint: (cell, row) => bar(cell, row.share, row.loss > 0 ? "loss" : "gain") },
  ], (row) => row.scenario);

  constructor() {
    frame_of(this.view, "stress", "Stress scenarios", "wide").append(this.note, this.table.element);
  }

  update(store: Store, news: number): void {
    if ((news & (News.State | News.Shown)) === 0) return;
    const stress = store.state?.risk?.stress ?? null;
    const largest = Math.max(1e-9, ...(stress?.losses ?? []).map((one) => Math.abs(one.loss)));
    const rows = [...(stress?.losses ?? [])].sort((a, b) => b.loss - a.loss)
      .map((one) => ({ ...one, share: Math.abs(one.loss) / largest, of_equity: one.loss / store.scalar("equity") }));
    this.table.update(rows, store.state?.risk?.why_not ?? "No scenarios are configured.");
    write(this.note, stress ? `Worst: ${stress.worst_scenario ?? unknown}, ${money(stress.worst_loss)} ${store.hello?.base_currency ?? ""}. A minus is a gain.` : "");
  }
}
