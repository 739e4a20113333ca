// SPDX-License-Identifier: Apache-2.0
// Profit and drawdown over the day, with the steps of the ladder: what happens when so much is lost.
import { h, write } from "../dom";
import { money, number_of, percent, plain, short_money, words } from "../format";
import { frame_of, News, type Panel } from "../panel";
import type { Step } from "../protocol";
import type { Store } from "../store";
import { Table } from "../table";
import { Chart, type Line } from "./chart";

const every_ms = 1_000;
const points_shown = 1_800; // more than there are pixels

export class Profit implements Panel {
  readonly view = "now";
  private readonly summary = h("p", { class: "unseen" });
  private readonly profit: Chart;
  private readonly drawdown: Chart;
  private drawn_ms = -Infinity;
  private readonly steps = new Table<Step & { left: string; passed: boolean }>("Steps of the ladder", [
    { title: "Step", head: true, text: (row) => row.limit },
    { title: "At", numeric: true, text: (row) => level(row) },
    { title: "What happens", text: (row) => words(row.action) + (row.factor ? ` × ${plain(row.factor)}` : "") },
    { title: "Room left", numeric: true, text: (row) => row.left, tone: (row) => (row.passed ? "breach" : null) },
  ], (row) => row.limit, (row) => (row.passed ? "breach" : null));

  constructor() {
    const upper = h("div", { class: "chart", "aria-hidden": "true" }), lower = h("div", { class: "chart", "aria-hidden": "true" });
    frame_of(this.view, "profit", "P&L and drawdown today", "wide").append(this.summary, upper, lower, this.steps.element);
    this.profit = new Chart(upper, { label: "P&L", colour: "--gain", height: 190, text: (v) => money(v, true), short: (v) => short_money(v, true),
      second: { label: "VaR below zero", colour: "--muted" } });
    this.drawdown = new Chart(lower, { label: "Drawdown", colour: "--loss", height: 130, text: (v) => percent(-v, 2), short: (v) => percent(v, 1) });
  }

  update(store: Store, news: number): void {
    if ((news & News.Theme) !== 0) {
      this.profit.forget();
      this.drawdown.forget();
    }
    const now = performance.now();
    if ((news & (News.Series | News.Shown | News.Theme | News.Hello)) === 0 && now - this.drawn_ms < every_ms) return;
    this.drawn_ms = now;
    const ladder = (store.state?.ladder ?? []).filter((step) => Object.keys(step.on ?? {}).length === 0);
    const { series } = store;
    const skip = Math.max(1, Math.ceil(series.t.length / points_shown));
    const thin = (list: (number | null)[]) => (skip === 1 ? list.slice() : list.filter((_, k) => k % skip === 0 || k === list.length - 1));
    const profit = store.scalar("profit_today"), drawdown = store.scalar("drawdown");
    const below = (value: number | null) => (value === null ? null : -value);
    const t = thin(series.t) as number[];
    this.profit.draw([t, thin(series.profit_today), thin(series.parametric_var).map(below)], lines(ladder, "daily_loss", -profit));
    this.drawdown.draw([t, thin(series.drawdown).map(below)], lines(ladder, "drawdown", drawdown));
    this.steps.update(ladder.map((step) => this.row(step, profit, drawdown)), store.none("No limit of the whole portfolio follows losses."));
    write(this.summary, `P&L today ${money(profit, true)}, drawdown ${percent(drawdown, 2)}.`);
  }

  private row(step: Step, profit: number, drawdown: number): Step & { left: string; passed: boolean } {
    const left = number_of(step.max) - (step.metric === "drawdown" ? drawdown : -profit);
    const text = step.metric === "drawdown" ? percent(Math.abs(left), 2) : money(Math.abs(left));
    return { ...step, left: left < 0 ? `${text} past` : text, passed: left < 0 };
  }
}

function level(step: Step): string {
  return step.metric === "drawdown" ? `drawdown ${percent(step.max, 1)}` : `loss ${money(step.max)}`;
}

function lines(ladder: Step[], metric: Step["metric"], lost: number): Line[] {
  return ladder.filter((step) => step.metric === metric && Number.isFinite(number_of(step.max))).map((step) => ({
    at: -number_of(step.max), text: `${step.limit}: ${words(step.action)}`, passed: lost > number_of(step.max) }));
}
