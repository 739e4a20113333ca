// SPDX-License-Identifier: Apache-2.0
// Alerts that nobody has taken up yet, and those of today that somebody has.
import { log_in_for } from "../actions/log_in";
import { by_id, h, set, show, write } from "../dom";
import { moment } from "../format";
import { frame_of, News, type Panel } from "../panel";
import type { Alert } from "../protocol";
import type { Store } from "../store";
import { post } from "../api";
import { Table } from "../table";

const rank = { critical: 0, warning: 1, info: 2 };
const first_rows = 3;
const rows_max = 50;
const sign = { critical: "■", warning: "▲", info: "●" };

export class Alerts implements Panel {
  readonly view = "now";
  private readonly answer = h("p", { role: "status", class: "answer" });
  private readonly table: Table<Alert>;
  private readonly more = h("button", { type: "button", class: "more", click: () => this.turn_all() });
  private store: Store | null = null;
  private all = false;

  constructor() {
    this.table = new Table<Alert>("Alerts", [
      { title: "Severity", name: "severity", text: (row) => `${sign[row.severity] ?? "●"} ${row.severity}${row.what === "over" ? ", over" : row.escalated ? ", escalated" : ""}`,
        tone: (row) => (row.what === "over" ? null : row.severity) },
      { title: "Alert", head: true, name: "text", text: (row) => row.text },
      { title: "Rule", spare: true, text: (row) => row.rule },
      { title: "Since", text: (row) => `${moment(row.t)}${row.count > 1 ? ` · ${row.count} ×` : ""}` },
      { title: "Taken up", paint: (cell, row) => this.paint_taken(cell, row) },
    ], (row) => String(row.id), (row) => (row.acknowledged_by || row.what === "over" ? "done" : row.severity));
    frame_of(this.view, "alerts", "Alerts", "full").append(this.table.element, this.more, this.answer);
  }

  update(store: Store, news: number): void {
    this.store = store;
    if ((news & (News.State | News.Shown)) !== 0) this.redraw();
  }

  // What nobody has taken up comes first, and of that what still stands.
  private redraw(): void {
    if (!this.store?.state) return;
    const alerts = [...this.store.state.alerts].sort((a, b) =>
      Number(a.acknowledged_by !== null) - Number(b.acknowledged_by !== null) || Number(a.what === "over") - Number(b.what === "over") ||
      rank[a.severity] - rank[b.severity] || b.t - a.t);
    const open = alerts.filter((alert) => alert.acknowledged_by === null);
    this.table.update(alerts.slice(0, this.all ? rows_max : first_rows), "No alerts.");
    show(this.more, alerts.length > first_rows);
    write(this.more, this.all ? "Show fewer" : `Show all ${alerts.length}`);
    write(by_id("alerts-title"), open.length > 0 ? `Alerts (${open.length} open)` : "Alerts");
    set(by_id("alerts"), "data-tone", open[0] && open[0].what !== "over" ? open[0].severity : null);
  }

  private turn_all(): void {
    this.all = !this.all;
    this.redraw();
  }

  private paint_taken(cell: HTMLElement, row: Alert): void {
    if (cell.firstChild === null) {
      const button = h("button", { type: "button" }, "Acknowledge");
      button.addEventListener("click", () => void this.acknowledge(button.dataset["id"]!));
      cell.append(h("span"), button);
    }
    const [who, button] = cell.children as unknown as [HTMLElement, HTMLElement];
    write(who, row.acknowledged_by === null ? "" : `by ${row.acknowledged_by}`);
    button.dataset["id"] = String(row.id);
    set(button, "aria-label", `Acknowledge: ${row.text}`);
    show(button, row.acknowledged_by === null);
  }

  private async acknowledge(id: string): Promise<void> {
    const store = this.store!;
    if (!store.may("operate")) return log_in_for(store, "operate", "Log in to acknowledge", () => void this.acknowledge(id));
    const alert = store.state?.alerts.find((one) => String(one.id) === id);
    const answer = await post(store, "acknowledge", { alert: alert?.id ?? id });
    write(this.answer, answer.ok ? "Acknowledged." : `Not acknowledged: ${answer.body.error}`);
  }
}
