// SPDX-License-Identifier: Apache-2.0
// Elements and text nodes. Nothing here takes markup: whatever comes from outside becomes a text node.

type Attributes = Record<string, string | number | boolean | undefined | ((event: Event) => void)>;
export type Child = Node | string | null;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== undefined && value !== false) element.setAttribute(key, String(value));
  }
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

const svg_space = "http://www.w3.org/2000/svg";
export function svg(tag: string, attributes: Record<string, string | number> = {}, ...children: Element[]): SVGElement {
  const element = document.createElementNS(svg_space, tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

// Writes only what has changed: a frame that changes nothing costs no layout.
export function write(element: Element, text: string): void {
  const first = element.firstChild;
  if (first instanceof Text && first.nextSibling === null) {
    if (first.data !== text) first.data = text;
  } else {
    element.textContent = text;
  }
}

export function set(element: Element, attribute: string, value: string | null): void {
  if (element.getAttribute(attribute) === value) return;
  if (value === null) element.removeAttribute(attribute);
  else element.setAttribute(attribute, value);
}

export function show(element: HTMLElement, visible: boolean): void {
  if (element.hidden === visible) element.hidden = !visible;
}

export function by_id(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page lacks #${id}`);
  return element;
}

// Said once to who listens instead of looking; `now` interrupts.
export function announce(text: string, now = false): void {
  const region = by_id(now ? "said-now" : "said");
  region.textContent = "";
  region.append(text);
}
