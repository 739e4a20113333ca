// SPDX-License-Identifier: Apache-2.0
// Working orders, the newest first, and what a liquidation waits for or has still to send.
import { h, show, write } from "../dom";
import { money, moment, number_of, quantity } from "../format";
import { frame_of, News, type Panel } from "../panel";
import type { Figure, Order } from "../protocol";
import type { Store } from "../store";
import { Table, two_lines } from "../table";

const rows_max = 100;

export class Orders implements Panel {
  readonly view = "trading";
  private readonly more = h("p", { class: "quiet", id: "orders-count" });
  private readonly errands = h("div", { class: "errands" });
  private readonly table = new Table<Order>("Working orders", [
    { title: "Symbol", head: true, name: "two-lines", paint: (cell, row) => two_lines(cell, row.symbol, `${row.account} · ${row.strategy} · ${row.id}`) },
    { title: "Order", text: (row) => `${row.side} ${quantity(row.quantity)}`, tone: (row) => row.side },
    { title: "Filled", numeric: true, spare: true, text: (row) => quantity(row.filled) },
    { title: "Price", numeric: true, text: (row) => (row.price === null ? "market" : money(row.price)) },
    { title: "Client", text: (row) => row.client ?? "nobody" },
    { title: "Cancel", text: (row) => (row.cancel_asked ? "asked" : ""),
      tone: (row) => (row.cancel_asked ? "near" : null) },
  ], (row) => `${row.client}\n${row.id}`);
  private readonly errand = new Table<Record<string, Figure>>("Cancels and liquidations under way", [
    { title: "Order", head: true, text: (row) => String(row["id"]) },
    { title: "What", text: (row) => (row["side"] ? `${row["side"]} ${quantity(row["quantity"])} ${row["symbol"]}` : `cancel, ${row["symbol"]}`) },
    { title: "Client", text: (row) => String(row["client"] ?? "nobody yet"), tone: (row) => (row["client"] === null ? "breach" : null) },
    { title: "Account", spare: true, text: (row) => String(row["account"]) },
    { title: "Cause", text: (row) => String(row["cause"] ?? "") },
  ], (row) => String(row["id"]));

  constructor() {
    this.errands.append(h("h3", {}, "Liquidation"), this.errand.element);
    frame_of(this.view, "orders", "Working orders", "wide").append(this.more, this.table.element, this.errands);
  }

  update(store: Store, news: number): void {
    const state = store.state;
    if (state === null || (news & (News.State | News.Shown)) === 0) return;
    this.table.update(state.orders.slice(0, rows_max), store.none("No order is working."));
    const shown = Math.min(rows_max, state.orders.length);
    write(this.more, state.orders_count > shown ? `The newest ${shown} of ${state.orders_count}.`
      : `${state.orders_count} working, at ${moment(state.t)}.`);
    const errands = [...state.cancels, ...state.liquidations];
    show(this.errands, errands.length > 0 || number_of(state.status.liquidation?.untaken) > 0);
    this.errand.update(errands.slice(0, rows_max), "Nothing is left to do.");
  }
}
