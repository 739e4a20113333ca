// SPDX-License-Identifier: Apache-2.0
// VaR and ES by each method, the state of the market with what it leaves of sizes and limits, and the model in force.
import { h } from "../dom";
import { money, nanoseconds, percent, short_money, unknown } from "../format";
import { Facts, frame_of, News, type Panel } from "../panel";
import type { Share } from "../protocol";
import type { Store } from "../store";
import { Table, tone_of } from "../table";

const methods: [string, string][] = [["parametric", "Parametric"], ["historical", "Historical"], ["filtered", "Filtered historical"]];

interface Method {
  name: string;
  value_at_risk: number;
  shortfall: number;
  equity: number;
}

export class Market implements Panel {
  readonly view = "risk";
  private readonly table = new Table<Method>("VaR and ES of one day by each method", [
    { title: "Method", head: true, text: (row) => row.name },
    { title: "VaR", numeric: true, text: (row) => money(row.value_at_risk) },
    { title: "Of equity", numeric: true, text: (row) => percent(row.value_at_risk / row.equity, 2) },
    { title: "ES", numeric: true, text: (row) => money(row.shortfall) },
  ], (row) => row.name);
  private readonly market = new Facts();
  private readonly model = new Facts();

  constructor() {
    frame_of(this.view, "value-at-risk", "Value at risk").append(this.table.element, this.model.element);
    frame_of(this.view, "market", "State of the market").append(this.market.element);
  }

  update(store: Store, news: number): void {
    if ((news & (News.State | News.Frame | News.Shown)) === 0) return;
    const equity = store.scalar("equity");
    this.table.update(methods.map(([method, name]) => ({ name, equity,
      value_at_risk: store.scalar(`${method}_var`), shortfall: store.scalar(`${method}_es`) })), "");
    if ((news & ~News.Frame) === 0 || store.state === null) return;
    const risk = store.state.risk, market = store.state.status.market, regime = risk?.regime;
    const factor = market?.factor ?? regime?.factor ?? NaN;
    this.market.write("Left of sizes and dynamic limits", Number.isFinite(factor) ? percent(factor, 0) : "does not follow the market",
      factor < 1 ? "loss" : null);
    this.market.write("Lowered by", market?.cause || regime?.cause || "nothing");
    this.market.write("Wildest learned state", regime?.probability === undefined ? "not learned" : `probability ${percent(regime.probability, 0)}`);
    if (regime?.seen) this.market.write("Seen at", regime.seen);
    this.market.write("Volatility of the book, a year", percent(risk?.volatility));
    this.model.write("Confidence", percent(risk?.confidence, 1));
    this.model.write("Worked out", risk ? `${nanoseconds(risk.age_ns)} ago` : unknown);
    const facts = risk?.model ?? {};
    this.model.write("Model", facts["version"] ? `${String(facts["version"]).slice(0, 8)}, ${facts["days"] ?? 0} days to ${facts["to"] ?? unknown}` : "none");
    this.model.write("Not in the model", `${facts["symbols_lacking"] ?? 0} symbols`);
    if (facts["refusal"]) this.model.write("Last refused", String(facts["refusal"]), "loss");
    if (risk?.why_not) this.model.write("Not known because", risk.why_not, "loss");
  }
}

type List = "sectors" | "accounts" | "strategies";
const lists: [List, string, string][] = [["sectors", "sector", "By sector"], ["accounts", "account", "By account"],
  ["strategies", "strategy", "By strategy"]];

export class Shares implements Panel {
  readonly view = "risk";
  private readonly tables: [List, Table<Share>][];

  constructor() {
    this.tables = lists.map(([list, kind, title]) => [list, new Table<Share>(title, [
      { title, head: true, text: (row) => String(row[kind] ?? "") || "none" },
      { title: "P&L", numeric: true, text: (row) => short_money(row.profit_today, true), tone: (row) => tone_of(row.profit_today ?? 0) },
      { title: "Gross", numeric: true, text: (row) => short_money(row.gross) },
      { title: "Net", numeric: true, spare: true, text: (row) => short_money(row.net, true) },
      { title: "Part of VaR", numeric: true, text: (row) => short_money(row.component_var, true) },
    ], (row) => String(row[kind]))]);
    const columns = h("div", { class: "columns" }, ...this.tables.map(([, table]) => table.element));
    frame_of(this.view, "shares", "Where the risk is", "full").append(columns);
  }

  update(store: Store, news: number): void {
    if ((news & (News.State | News.Shown)) === 0) return;
    for (const [list, table] of this.tables) {
      const rows = (store.state?.risk?.[list] ?? []).filter((row) => row.gross !== 0 || row.profit_today !== 0);
      table.update([...rows].sort((a, b) => (b.gross ?? 0) - (a.gross ?? 0)).slice(0, 20), "Nothing is held.");
    }
  }
}
