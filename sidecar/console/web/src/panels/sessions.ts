// SPDX-License-Identifier: Apache-2.0
// Has the VaR held? Each past session's profit against the VaR that it began with, the exceptions, the traffic light.
import { h, set, write } from "../dom";
import { money, plain, short_money } from "../format";
import { Facts, frame_of, News, type Panel } from "../panel";
import type { Session, TestResult } from "../protocol";
import type { Store } from "../store";
import { Table, tone_of } from "../table";
import { colour_of } from "../theme";

const sessions_max = 250;
const height = 200;
const lights: Record<string, string> = { green: "● green zone", yellow: "▲ yellow zone", red: "■ red zone" };
const is_exception = (row: Session) => row.frozen !== null && row.var !== null && -row.frozen > row.var;

export class Sessions implements Panel {
  readonly view = "risk";
  private readonly light = h("p", { class: "light", id: "zone" });
  private readonly facts = new Facts();
  private readonly canvas = h("canvas", { class: "sessions", role: "img" });
  private readonly exceptions = new Table<Session>("Exceptions: sessions that lost more than their VaR", [
    { title: "Exception", head: true, text: (row) => row.date },
    { title: "VaR", numeric: true, text: (row) => money(row.var) },
    { title: "Book as it was", numeric: true, text: (row) => money(row.frozen, true), tone: (row) => tone_of(row.frozen ?? 0) },
    { title: "Made", numeric: true, text: (row) => money(row.actual, true), tone: (row) => tone_of(row.actual ?? 0) },
  ], (row) => row.date);
  private drawn = "";

  constructor() {
    frame_of(this.view, "sessions", "VaR against P&L of past sessions", "wide")
      .append(h("div", { class: "row" }, this.light, this.facts.element), this.canvas, this.exceptions.element);
    new ResizeObserver(() => (this.drawn = "")).observe(this.canvas);
  }

  update(store: Store, news: number): void {
    const state = store.state;
    if (state === null || (news & (News.State | News.Shown | News.Theme)) === 0) return;
    if ((news & (News.Theme | News.Shown)) !== 0) this.drawn = "";
    const test = state.risk?.backtest;
    const rows = state.sessions.slice(-sessions_max);
    const zone = test?.basel_zone ?? "unknown";
    write(this.light, lights[zone] ?? "○ not known yet");
    set(this.light, "data-zone", zone);
    if (test) {
      this.facts.write("Exceptions", `${test.exceptions.frozen} in ${test.sessions} (made: ${test.exceptions.actual})`);
      this.facts.write("Missed", String(test.sessions_missed));
      this.facts.write("Kupiec", verdict_of(test.kupiec));
      this.facts.write("Christoffersen", verdict_of(test.christoffersen_conditional_coverage));
      this.facts.write("Multiplier", test.basel_multiplier === null ? "–" : plain(test.basel_multiplier));
      this.facts.write("VaR of this session", money(test.var_of_this_session));
    }
    this.exceptions.update(rows.filter(is_exception).reverse().slice(0, 12), rows.length === 0 ? "No session is over yet." : "No exceptions.");
    const last = rows[rows.length - 1];
    const mark = `${rows.length} ${last?.date} ${last?.frozen}`;
    if (mark === this.drawn) return;
    this.drawn = mark;
    set(this.canvas, "aria-label", `${rows.length} sessions, ${rows.filter(is_exception).length} exceptions; they are in the table below`);
    this.draw(rows);
  }

  private draw(rows: Session[]): void {
    const width = this.canvas.clientWidth;
    if (width === 0) return;
    const ratio = devicePixelRatio, left = 52, top = 8, bottom = height - 18;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    const context = this.canvas.getContext("2d")!;
    context.scale(ratio, ratio);
    context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const known = rows.flatMap((row) => [row.var, row.frozen]).filter((value): value is number => value !== null);
    const most = Math.max(1, ...known.map(Math.abs));
    const y = (value: number) => (top + bottom) / 2 - (value / most) * ((bottom - top) / 2 - 4);
    const pitch = (width - left - 6) / Math.max(rows.length, 20);
    context.textAlign = "right";
    for (const value of [most, most / 2, 0, -most / 2, -most]) {
      context.fillStyle = colour_of("--rule");
      context.fillRect(left, Math.round(y(value)), width - left, 1);
      context.fillStyle = colour_of("--muted");
      context.fillText(short_money(value, true), left - 6, y(value) + 4);
    }
    rows.forEach((row, k) => {
      if (row.frozen === null || row.var === null) return;
      const x = left + 2 + k * pitch, bar = Math.max(1, pitch - 1);
      context.fillStyle = colour_of(is_exception(row) ? "--alarm" : row.frozen < 0 ? "--loss" : "--gain");
      context.fillRect(x, Math.min(y(0), y(row.frozen)), bar, Math.max(1, Math.abs(y(row.frozen) - y(0))));
      context.fillStyle = colour_of("--ink");
      context.fillRect(x, y(-row.var), Math.max(pitch, 1), 1.5);
      if (!is_exception(row)) return;
      context.textAlign = "center";
      context.fillStyle = colour_of("--alarm-ink");
      context.fillText("▼", x + bar / 2, Math.min(bottom + 12, y(row.frozen) + 12));
    });
    context.textAlign = "left";
    context.fillStyle = colour_of("--muted");
    context.fillText(rows[0]?.date ?? "", left, height - 4);
    context.textAlign = "right";
    if (rows.length > 1) context.fillText(rows[rows.length - 1]!.date, width - 4, height - 4);
  }
}

function verdict_of(test: TestResult | null): string {
  if (test === null) return "–";
  return `p ${plain(test.p_value)}${test.p_value < 0.05 ? ", rejected" : ", holds"}`;
}
