// SPDX-License-Identifier: Apache-2.0
// The strip of key figures, on top of every view.
import { by_id, h, set, write } from "../dom";
import { count, money, percent, plain } from "../format";
import { News, type Panel } from "../panel";
import type { Store } from "../store";
import { tone_of } from "../table";

interface Figure {
  id: string;
  title: string;
  text(store: Store): string;
  under?(store: Store): string;
  tone?(store: Store): string | null;
}

const confidence = (store: Store) => store.state?.risk?.confidence;

const figures: Figure[] = [
  { id: "equity", title: "Equity", text: (s) => money(s.scalar("equity")), under: (s) => `${s.hello?.base_currency ?? ""} · peak ${money(s.scalar("peak"))}` },
  { id: "profit", title: "P&L today", text: (s) => money(s.scalar("profit_today"), true), tone: (s) => tone_of(s.scalar("profit_today")),
    under: (s) => `realised ${money(s.scalar("realised"), true)}` },
  { id: "drawdown", title: "Drawdown", text: (s) => percent(s.scalar("drawdown"), 2), under: () => "below the peak" },
  { id: "gross", title: "Gross", text: (s) => money(s.scalar("gross")),
    under: (s) => `${plain(s.scalar("gross") / s.scalar("equity"))}× equity` },
  { id: "net", title: "Net", text: (s) => money(s.scalar("net"), true), under: (s) => `long ${money(s.scalar("long_value"))}` },
  { id: "var", title: "VaR, one day", text: (s) => money(s.scalar("parametric_var")),
    under: (s) => (confidence(s) ? `${percent(confidence(s), 0)} · ES ${money(s.scalar("parametric_es"))}` : `ES ${money(s.scalar("parametric_es"))}`) },
  { id: "worst", title: "Worst stress", text: (s) => money(s.scalar("worst_loss")),
    under: (s) => s.state?.risk?.stress?.worst_scenario ?? "no scenario" },
  { id: "refused", title: "Refused", text: (s) => count(s.scalar("refused")), under: (s) => `of ${count(s.scalar("intents"))} asked` },
];

export class Figures implements Panel {
  readonly view = "";
  private readonly cells = figures.map((figure) => {
    const value = h("strong", { id: `figure-${figure.id}` }, "–");
    const under = h("small", {}, "\u00a0");
    by_id("figures").append(h("div", { class: "figure" }, h("span", {}, figure.title), value, under));
    return { value, under };
  });

  update(store: Store, news: number): void {
    if ((news & (News.Frame | News.State | News.Hello)) === 0) return;
    figures.forEach((figure, k) => {
      const { value, under } = this.cells[k]!;
      write(value, figure.text(store));
      set(value, "data-tone", figure.tone?.(store) ?? null);
      write(under, figure.under?.(store) ?? "");
    });
  }
}
