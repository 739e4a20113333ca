// SPDX-License-Identifier: Apache-2.0
// What is said to who listens, whichever view is shown: each new alert, and the newest refusal with how many there were.
import { announce, by_id, set, show, write } from "../dom";
import { News, type Panel } from "../panel";
import type { Alert } from "../protocol";
import type { Store } from "../store";
import { tell } from "./feed_words";

const every_ms = 5_000; // not each refusal of a flood

export class Announcer implements Panel {
  readonly view = "";
  private readonly known = new Set<Alert["id"]>();
  private begun = { alerts: false, feed: false };
  private said_ms = -Infinity;
  private said_count = 0;
  private timer = 0;

  update(store: Store, news: number): void {
    if ((news & News.State) !== 0) this.say_alerts(store);
    if ((news & News.Feed) === 0) return;
    if (!this.begun.feed) this.said_count = store.feed_count; // what was before the page came
    this.begun.feed = true;
    this.say_feed(store);
  }

  private say_alerts(store: Store): void {
    const open = (store.state?.alerts ?? []).filter((alert) => alert.acknowledged_by === null);
    for (const alert of open) {
      if (!this.known.has(alert.id) && this.begun.alerts) announce(`${alert.severity} alert: ${alert.text}`, alert.severity === "critical");
      this.known.add(alert.id);
    }
    this.begun.alerts = true;
    const badge = by_id("open-alerts");
    show(badge, open.length > 0);
    write(badge, `${open.length} ${open.length === 1 ? "alert" : "alerts"}`);
    set(badge, "data-severity", open.some((alert) => alert.severity === "critical" && alert.what !== "over") ? "critical" : null);
  }

  private say_feed(store: Store): void {
    clearTimeout(this.timer);
    const count = store.feed_count - this.said_count;
    const last = store.feed[store.feed.length - 1];
    if (count <= 0 || last === undefined) return;
    const wait = this.said_ms + every_ms - performance.now();
    if (wait > 0) {
      this.timer = window.setTimeout(() => this.say_feed(store), wait);
      return;
    }
    const told = tell(last);
    announce(`${count > 1 ? `${count} events, the last: ` : ""}${told.kind}, ${told.text}`);
    this.said_ms = performance.now();
    this.said_count = store.feed_count;
  }
}
