// SPDX-License-Identifier: Apache-2.0
// The stop. It never asks twice; where nobody is logged in, the log-in has the stop as its purpose. What came of it
// stays until it is put away: each client with its microseconds, or in plain words what to do where it did not go out.
import { load_person, post, type Answer } from "../api";
import { announce, by_id, h, show } from "../dom";
import { count, scope } from "../format";
import type { Scope } from "../protocol";
import type { Store } from "../store";
import { log_in_for, person_changed } from "./log_in";

interface Stopped {
  epoch: number;
  operator: string;
  clients: { client: string; pid: number; acknowledged: boolean; microseconds?: number }[];
  remarks?: string[];
}

export async function stop_trading(store: Store, on: Scope | null = null): Promise<void> {
  const what = on === null ? "all trading" : scope(on);
  tell(`Stopping ${what} …`, [], "calm");
  if (store.person === null) await load_person(store);
  if (!store.may("operate")) return ask_who(store, on, what);
  const body = on === null ? { reason: "stop button of the console" } : { reason: "stop button of the console", on };
  let answer = await post<Stopped>(store, "stop", body);
  if (answer.status === 401 || answer.status === 403) {
    // The session may have gone with the last console: the mark is fetched anew, and the stop sent again.
    await load_person(store);
    person_changed();
    if (!store.may("operate")) return ask_who(store, on, what);
    answer = await post<Stopped>(store, "stop", body);
  }
  if (Array.isArray(answer.body.clients)) tell_stopped(what, answer);
  else tell_failed(store, what, on, answer);
}

function ask_who(store: Store, on: Scope | null, what: string): void {
  tell(`Not stopped yet: say who you are, and ${what} stops at once.`, [], "alarm");
  log_in_for(store, "operate", `Log in and stop ${what}`, () => void stop_trading(store, on));
}

function tell_stopped(what: string, answer: Answer<Stopped>): void {
  const clients = answer.body.clients;
  const silent = clients.filter((client) => !client.acknowledged);
  const slowest = Math.max(0, ...clients.map((client) => client.microseconds ?? 0));
  const title = silent.length > 0 ? `Stopped ${what}, but ${silent.length} of ${clients.length} clients did NOT acknowledge`
    : clients.length === 0 ? `Stopped ${what}. No client is attached.`
    : `Stopped ${what}: ${clients.length === 1 ? "the client" : `all ${clients.length} clients`} within ${count(slowest)} µs`;
  const rows = [...silent, ...clients.filter((client) => client.acknowledged)].map((client) =>
    h("tr", { "data-tone": client.acknowledged ? undefined : "breach" }, h("th", { scope: "row" }, client.client),
      h("td", { class: "number spare" }, `process ${client.pid}`),
      h("td", { class: "number wraps" }, client.acknowledged ? `${count(client.microseconds)} µs` : "NOT ACKNOWLEDGED: its orders may still leave")));
  const table = h("table", {}, h("caption", { class: "unseen" }, "Clients and when each stopped"), h("tbody", {}, ...rows));
  const remarks = (answer.body.remarks ?? []).map((remark) => h("p", {}, remark));
  tell(title, [...(rows.length > 0 ? [h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Clients" }, table)] : []), ...remarks],
    silent.length > 0 ? "alarm" : "good");
}

function tell_failed(store: Store, what: string, on: Scope | null, answer: Answer<object>): void {
  const instance = store.hello?.instance ?? store.person?.instance ?? "NAME";
  const scoped = on === null ? "" : Object.entries(on).map(([key, value]) => ` --on ${key}=${value}`).join("");
  const again = h("button", { type: "button", class: "stop-now", click: () => void stop_trading(store, on) }, "STOP again");
  tell(`NOT STOPPED: ${answer.body.error ?? "the console gave no answer"}`,
    [h("p", {}, `Nobody knows whether ${what} has stopped. On the machine itself: `, h("code", {}, `killswitch stop --instance ${instance}${scoped}`)), again], "alarm");
}

function tell(title: string, content: Node[], tone: "good" | "alarm" | "calm"): void {
  const place = by_id("stopped");
  const away = h("button", { type: "button", click: () => show(place, false) }, "Put away");
  place.dataset["tone"] = tone;
  place.replaceChildren(h("header", {}, h("h2", {}, title), away), ...content);
  show(place, true);
  announce(title, true);
}

export function start_stop(store: Store): void {
  by_id("stop").addEventListener("click", () => void stop_trading(store));
  addEventListener("keydown", (event) => {
    if (!event.altKey || !event.shiftKey || event.code !== "KeyS" || event.repeat) return;
    event.preventDefault();
    void stop_trading(store);
  });
}
