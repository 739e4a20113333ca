// SPDX-License-Identifier: Apache-2.0
// Numbers, times and names as a person reads them. What is not known is a dash, never a zero.

export const unknown = "–";
const minus = "\u2212";

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const cents = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const exact_up_to_8 = new Intl.NumberFormat("en-US", { maximumFractionDigits: 8 });

export function number_of(figure: unknown): number {
  if (typeof figure === "number") return figure;
  return typeof figure === "string" && figure.trim() !== "" ? Number(figure) : NaN;
}

function signed(value: number, text: string, plus: boolean): string {
  if (value < 0) return minus + text;
  return plus && value > 0 ? "+" + text : text;
}

// 1,234,567 from ten thousand on, 123.45 below.
export function money(figure: unknown, plus = false): string {
  const value = number_of(figure);
  if (!Number.isFinite(value)) return unknown;
  const size = Math.abs(value);
  return signed(value, (size >= 10_000 || size === 0 ? whole : cents).format(size), plus);
}

// 1.23M: where there is little room.
export function short_money(figure: unknown, plus = false): string {
  const value = number_of(figure);
  if (!Number.isFinite(value)) return unknown;
  const size = Math.abs(value);
  const [scale, letter] = size >= 1e9 ? [1e9, "B"] : size >= 1e6 ? [1e6, "M"] : size >= 1e3 ? [1e3, "k"] : [1, ""];
  const scaled = size / scale;
  return signed(value, scaled.toFixed(scaled >= 100 || scaled === 0 ? 0 : scaled >= 10 ? 1 : 2) + letter, plus);
}

export function quantity(figure: unknown, plus = false): string {
  const value = number_of(figure);
  return Number.isFinite(value) ? signed(value, exact_up_to_8.format(Math.abs(value)), plus) : unknown;
}

export function count(figure: unknown): string {
  const value = number_of(figure);
  return Number.isFinite(value) ? whole.format(value) : unknown;
}

export function percent(share: unknown, digits = 1, plus = false): string {
  const value = number_of(share);
  if (!Number.isFinite(value)) return unknown;
  return signed(value, `${(100 * Math.abs(value)).toFixed(digits)} %`, plus);
}

export function plain(figure: unknown, digits = 2): string {
  const value = number_of(figure);
  return Number.isFinite(value) ? signed(value, Math.abs(value).toFixed(digits), false) : unknown;
}

const share_metrics = new Set(["adv_share", "price_collar", "concentration", "volatility", "drawdown", "reject_rate", "price_move"]);
const count_metrics = new Set([
  "order_rate", "message_rate", "duplicate", "repeated_execution", "open_orders", "loss_streak", "self_trade",
]);

// A limit's value or max, in the measure of its metric.
export function of_metric(metric: string, figure: unknown): string {
  const value = number_of(figure);
  if (!Number.isFinite(value)) return unknown;
  if (share_metrics.has(metric) && typeof figure === "number") return percent(value, Math.abs(value) < 0.1 ? 2 : 1);
  if (metric === "leverage") return `${plain(value)}×`;
  if (count_metrics.has(metric) || typeof figure === "number") return quantity(Math.round(value * 1e4) / 1e4);
  return metric === "order_quantity" || metric === "position" ? quantity(value) : money(value);
}

export function nanoseconds(figure: unknown): string {
  const ns = number_of(figure);
  if (!Number.isFinite(ns)) return unknown;
  if (ns < 1_000) return `${ns.toFixed(0)} ns`;
  if (ns < 1_000_000) return `${(ns / 1_000).toFixed(ns < 100_000 ? 1 : 0)} µs`;
  if (ns < 1_000_000_000) return `${(ns / 1_000_000).toFixed(ns < 100_000_000 ? 1 : 0)} ms`;
  return span(ns / 1_000_000_000);
}

export function span(seconds: number): string {
  if (!Number.isFinite(seconds)) return unknown;
  if (seconds < 1) return "under 1 s";
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`;
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} days`;
}

// Nanoseconds of the epoch to the clock of who looks; with the day where it is another one.
export function moment(ns: number): string {
  if (!ns) return unknown;
  const date = new Date(ns / 1e6);
  const two = (n: number) => String(n).padStart(2, "0");
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  if (date.toDateString() === new Date().toDateString()) return clock;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}`;
}

const scope_order = ["account", "strategy", "client", "sector", "symbol"];

export function scope(on: Record<string, string> | undefined | null): string {
  const parts = scope_order.filter((key) => on?.[key] !== undefined).map((key) => (on![key] === "*" ? `each ${key}` : on![key]!));
  return parts.length === 0 ? "everything" : parts.join(" · ");
}

// "order_notional" -> "order notional"
export function words(name: unknown): string {
  return String(name ?? "").replaceAll("_", " ");
}
