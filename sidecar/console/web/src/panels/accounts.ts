// SPDX-License-Identifier: Apache-2.0
// The accounts; each can be stopped alone.
import { stop_trading } from "../actions/stop";
import { h, set, show } from "../dom";
import { money, number_of, percent, words } from "../format";
import { frame_of, News, type Panel } from "../panel";
import type { Account } from "../protocol";
import type { Store } from "../store";
import { Table, tone_of } from "../table";

export class Accounts implements Panel {
  readonly view = "trading";
  private store: Store | null = null;
  private readonly accounts = new Table<Account>("Accounts", [
    { title: "Account", head: true, text: (row) => row.account },
    { title: "Equity", numeric: true, text: (row) => money(row.equity) },
    { title: "P&L today", numeric: true, text: (row) => money(row.profit_today, true), tone: (row) => tone_of(number_of(row.profit_today)) },
    { title: "Below peak", numeric: true, spare: true, text: (row) => percent(1 - number_of(row.equity) / number_of(row.peak), 2) },
    { title: "State", text: (row) => this.state_of(row), tone: (row) => (this.state_of(row) === "normal" ? null : "breach") },
    { title: "", name: "act", paint: (cell, row) => this.paint_stop(cell, row) },
  ], (row) => row.account);

  constructor() {
    frame_of(this.view, "accounts", "Accounts").append(this.accounts.element);
  }

  update(store: Store, news: number): void {
    this.store = store;
    if ((news & (News.State | News.Shown)) !== 0) this.accounts.update(store.state?.accounts ?? [], store.none("No accounts."));
  }

  private state_of(row: Account): string {
    return words(this.store?.state?.states.find((one) => one.on?.["account"] === row.account && Object.keys(one.on).length === 1)?.state ?? "normal");
  }

  private paint_stop(cell: HTMLElement, row: Account): void {
    if (cell.firstChild === null) {
      const button = h("button", { type: "button", class: "stop-one" }, "Stop");
      button.addEventListener("click", () => void stop_trading(this.store!, { account: button.dataset["account"]! }));
      cell.append(button);
    }
    const button = cell.firstElementChild as HTMLElement;
    button.dataset["account"] = row.account;
    set(button, "aria-label", `Stop account ${row.account}`);
    show(button, this.state_of(row) !== "halted");
  }
}
