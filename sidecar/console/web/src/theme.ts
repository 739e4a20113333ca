// SPDX-License-Identifier: Apache-2.0
// Dark and light: as the system says, until a person says otherwise on this browser.
import { by_id, set, write } from "./dom";

type Choice = "system" | "dark" | "light";
const order: Choice[] = ["system", "dark", "light"];
const dark_system = matchMedia("(prefers-color-scheme: dark)");
const changed: (() => void)[] = [];
let choice: Choice = "system";

export function is_dark(): boolean {
  return choice === "system" ? dark_system.matches : choice === "dark";
}

// Of the style sheet: "--ink".
export function colour_of(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function on_theme(then: () => void): void {
  changed.push(then);
}

function apply(): void {
  set(document.documentElement, "data-theme", choice === "system" ? null : choice);
  const button = by_id("theme");
  write(button, { system: "◐ Auto", dark: "● Dark", light: "○ Light" }[choice]);
  set(button, "aria-label", `Colours: ${choice === "system" ? "as the system" : choice}; press to change`);
  for (const then of changed) then();
}

export function start_theme(): void {
  try {
    const kept = localStorage.getItem("theme") as Choice | null;
    if (kept !== null && order.includes(kept)) choice = kept;
  } catch {
    choice = "system"; // a browser that keeps nothing
  }
  dark_system.addEventListener("change", apply);
  by_id("theme").addEventListener("click", () => {
    choice = order[(order.indexOf(choice) + 1) % order.length]!;
    try {
      localStorage.setItem("theme", choice);
    } catch {
      // it holds for this visit
    }
    apply();
  });
  apply();
}
