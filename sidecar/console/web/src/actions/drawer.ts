// SPDX-License-Identifier: Apache-2.0
// The one drawer at the side in which something is asked of a person. It does not cover STOP and shuts nobody in.
import { by_id, h, show } from "../dom";

let came_from: Element | null = null;
let on_close: (() => void) | null = null;

export function open_drawer(title: string, content: Node[], first: HTMLElement, closed: (() => void) | null = null): void {
  close_drawer();
  const drawer = by_id("drawer");
  const close = h("button", { type: "button", "aria-label": "Close", click: () => close_drawer() }, "Close");
  drawer.replaceChildren(h("header", {}, h("h2", { id: "drawer-title" }, title), close), ...content);
  came_from = document.activeElement;
  on_close = closed;
  show(drawer, true);
  first.focus();
}

export function close_drawer(): void {
  const drawer = by_id("drawer");
  if (drawer.hidden) return;
  const inside = drawer.contains(document.activeElement);
  show(drawer, false);
  drawer.replaceChildren();
  if (inside && came_from instanceof HTMLElement) came_from.focus();
  const then = on_close;
  on_close = null;
  then?.();
}

export function drawer_is_open(): boolean {
  return !by_id("drawer").hidden;
}

// A label above its field; `note` stands below it.
export function field(label: string, input: HTMLElement, note = ""): HTMLElement {
  return h("label", { class: "field" }, h("span", {}, label), input, note ? h("small", {}, note) : null);
}
