// SPDX-License-Identifier: Apache-2.0
// What was refused and what has happened, as it comes, the newest on top; each opens to all numbers of the decision.
import { h, set, show, write } from "../dom";
import { moment, words } from "../format";
import { frame_of, News, type Panel } from "../panel";
import type { FeedRow } from "../protocol";
import type { Store } from "../store";
import { alike, fields, tell } from "./feed_words";

const rows_max = 120;
const at_once_max = 40;

interface Entry {
  element: HTMLDetailsElement;
  like: string;
  row: FeedRow;
  times: number;
}

export class Feed implements Panel {
  readonly view = "now";
  private readonly list = h("ol", { class: "feed", "aria-label": "Refusals and events, the newest first" });
  private readonly pause = h("button", { type: "button", "aria-pressed": "false", click: () => this.turn() }, "Pause");
  private readonly nothing = h("p", { class: "nothing" }, "Nothing was refused so far.");
  private entries: Entry[] = []; // newest first
  private taken = 0; // of store.feed_count
  private paused = false;

  constructor() {
    frame_of(this.view, "feed", "Refusals and events", "wide", this.pause).append(this.list, this.nothing);
  }

  update(store: Store, news: number): void {
    if ((news & (News.Feed | News.Shown)) === 0) return;
    const waiting = store.feed_count - this.taken;
    if (this.paused) return write(this.pause, waiting > 0 ? `Go on (${waiting} new)` : "Go on");
    if (waiting === 0) return;
    this.taken = store.feed_count;
    for (const row of store.feed.slice(-Math.min(waiting, at_once_max))) this.add(row);
    for (const gone of this.entries.splice(rows_max)) gone.element.parentElement!.remove();
    show(this.nothing, this.entries.length === 0);
  }

  private add(row: FeedRow): void {
    const like = alike(row);
    const newest = this.entries[0];
    if (newest !== undefined && newest.like === like) {
      newest.row = row;
      ++newest.times;
      this.write_entry(newest);
      return;
    }
    const element = h("details", {}, h("summary", {}, h("time"), h("b"), h("span"), h("small")));
    const entry: Entry = { element, like, row, times: 1 };
    element.addEventListener("toggle", () => this.write_numbers(entry));
    this.write_entry(entry);
    this.entries.unshift(entry);
    this.list.prepend(h("li", {}, element));
  }

  private write_entry(entry: Entry): void {
    const told = tell(entry.row);
    const [time, kind, text, times] = entry.element.firstElementChild!.children as unknown as [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
    write(time, moment(entry.row.t));
    write(kind, told.kind);
    set(entry.element, "data-tone", told.tone);
    write(text, told.text);
    write(times, entry.times > 1 ? `× ${entry.times}` : "");
    if (entry.element.open) this.write_numbers(entry);
  }

  private write_numbers(entry: Entry): void {
    entry.element.querySelector("dl")?.remove();
    if (!entry.element.open) return;
    const more = entry.times > 1 ? [["times", `${entry.times} alike; these are the numbers of the last`]] : [];
    entry.element.append(h("dl", { class: "facts" }, ...[...fields(entry.row), ...more].map(([name, value]) =>
      h("div", {}, h("dt", {}, words(name)), h("dd", {}, value!)))));
  }

  private turn(): void {
    this.paused = !this.paused;
    set(this.pause, "aria-pressed", String(this.paused));
    write(this.pause, this.paused ? "Go on" : "Pause");
  }
}
