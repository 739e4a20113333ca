// SPDX-License-Identifier: Apache-2.0
// A panel: one subject in one frame of the page. It is drawn while its view is shown, and only of what has come since.
import { by_id, h } from "./dom";
import type { Store } from "./store";

export const enum News {
  Hello = 1,
  State = 2,
  Frame = 4,
  Feed = 8,
  Series = 16,
  Theme = 32,
  Shown = 64, // or resized
  All = 127,
}

export interface Panel {
  readonly view: string;
  update(store: Store, news: number): void;
}

// The panel's frame in its view's grid: a section with a heading; `aside` stands right of the heading.
export function frame_of(view: string, id: string, title: string, wide = "", aside: Node | null = null): HTMLElement {
  const heading = h("h2", { id: `${id}-title` }, title);
  const body = h("div", { class: "body" });
  by_id(`view-${view}`).append(
    h("section", { id, class: `panel ${wide}`, "aria-labelledby": `${id}-title` }, h("header", {}, heading, aside), body));
  return body;
}

// A list of names and figures, written in place.
export class Facts {
  readonly element = h("dl", { class: "facts" });
  private readonly values = new Map<string, { term: HTMLElement; value: HTMLElement }>();

  write(name: string, text: string, tone: string | null = null): void {
    let one = this.values.get(name);
    if (one === undefined) {
      one = { term: h("dt", {}, name), value: h("dd") };
      this.element.append(h("div", {}, one.term, one.value));
      this.values.set(name, one);
    }
    if (one.value.textContent !== text) one.value.textContent = text;
    if (tone === null) one.value.removeAttribute("data-tone");
    else one.value.setAttribute("data-tone", tone);
  }
}
