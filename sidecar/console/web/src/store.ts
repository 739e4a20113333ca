// SPDX-License-Identifier: Apache-2.0
// What the page knows: the newest of each message. Panels read it and keep nothing of it.
import type { FeedRow, Frame, Hello, Series, State } from "./protocol";

export interface Person {
  instance: string;
  person: string | null;
  role: "none" | "view" | "operate" | "configure";
  csrf: string | null;
  login: "token" | "person";
}

const feed_max = 200;
const points_max = 30_000;

export class Store {
  hello: Hello | null = null;
  state: State | null = null;
  frame: Frame | null = null;
  person: Person | null = null;
  series: Series = { step_s: 1, t: [], equity: [], profit_today: [], drawdown: [], parametric_var: [] };
  feed: FeedRow[] = []; // oldest first
  feed_count = 0; // all that ever came on this connection
  connected = false;
  frame_at_ms = -Infinity; // performance.now() of the last frame
  private scalar_places = new Map<string, number>();
  private column_places = new Map<string, number>();
  private last_feed = { seq: 0, t: 0 };

  take_hello(hello: Hello): void {
    this.hello = hello;
    this.scalar_places = new Map(hello.scalars.map((name, place) => [name, place]));
    this.column_places = new Map(hello.columns.map((name, place) => [name, place]));
  }

  // After a reconnection the last 200 come again: what is known already is passed over.
  take_feed(rows: FeedRow[]): FeedRow[] {
    const fresh = rows.filter((row) => row.seq > this.last_feed.seq || row.t > this.last_feed.t);
    this.last_feed = fresh[fresh.length - 1] ?? this.last_feed;
    this.feed.push(...fresh);
    this.feed_count += fresh.length;
    if (this.feed.length > feed_max) this.feed.splice(0, this.feed.length - feed_max);
    return fresh;
  }

  take_frame(frame: Frame): void {
    this.frame = frame;
    this.frame_at_ms = performance.now();
    this.add_point(Math.floor(frame.t_ms / 1000));
  }

  // NaN: not known.
  scalar(name: string): number {
    const place = this.scalar_places.get(name);
    return place === undefined || this.frame === null ? NaN : this.frame.scalars[place] ?? NaN;
  }

  column(name: string): Float32Array | null {
    const place = this.column_places.get(name);
    return place === undefined || this.frame === null ? null : this.frame.columns[place] ?? null;
  }

  // How old the figures are that the page shows: by the console's word, and since it was last heard.
  age_s(): number {
    const told = this.scalar("age_ms");
    return (performance.now() - this.frame_at_ms + (Number.isFinite(told) ? told : 0)) / 1000;
  }

  // What an empty list of the journal's says: that there is nothing is another thing than that nothing is known.
  none(text: string): string {
    const why = this.state?.why_not;
    return why ? `Not known: ${why}` : text;
  }

  may(role: "operate" | "configure"): boolean {
    const held = this.person?.role;
    return held === "configure" || held === role;
  }

  private add_point(second: number): void {
    const series = this.series;
    const last = series.t[series.t.length - 1] ?? -Infinity;
    if (second - last < series.step_s) return;
    series.t.push(second);
    for (const name of ["equity", "profit_today", "drawdown", "parametric_var"] as const) {
      const value = this.scalar(name);
      series[name].push(Number.isFinite(value) ? value : null);
    }
    if (series.t.length <= points_max) return;
    for (const list of [series.t, series.equity, series.profit_today, series.drawdown, series.parametric_var]) {
      list.splice(0, points_max / 10);
    }
  }
}
