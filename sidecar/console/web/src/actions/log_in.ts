// SPDX-License-Identifier: Apache-2.0
// Who is it? Asked where an action needs a person, and then the action goes on by itself.
import { post, load_person } from "../api";
import { h, write } from "../dom";
import type { Person, Store } from "../store";
import { close_drawer, field, open_drawer } from "./drawer";

const rank = { none: 0, view: 1, operate: 2, configure: 3 };
const changed: (() => void)[] = [];

export function on_person(then: () => void): void {
  changed.push(then);
}

export function person_changed(): void {
  for (const then of changed) then();
}

export function log_in_for(store: Store, role: keyof typeof rank, purpose: string, then: () => void): void {
  const person = h("input", { name: "person", autocomplete: "username", required: true, maxlength: 32 });
  const token = h("input", { name: "token", type: "password", autocomplete: "current-password", required: true });
  const answer = h("p", { class: "answer", role: "alert" });
  const submit = h("button", { type: "submit", class: "primary" }, purpose.startsWith("Log in") ? purpose : "Log in");
  if (purpose.includes("stop")) submit.classList.add("stop-now");
  const held = store.person;
  const why = held?.person ? `${held.person} may ${held.role}; this needs somebody who may ${role}.` : `This needs somebody who may ${role}.`;
  const form = h("form", {}, h("p", {}, why), field("Your name", person),
    field("Token", token, held?.login === "token" ? "It was printed when the console started, and stands in the file console.token of the instance's run folder." : "Yours, of the configuration's [console.person]."),
    submit, answer);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void attempt();
  });
  const attempt = async () => {
    submit.disabled = true;
    const reply = await post<Person>(store, "login", { token: token.value, person: person.value.trim() });
    submit.disabled = false;
    token.value = "";
    if (!reply.ok) {
      write(answer, `Not logged in: ${reply.body.error}.`);
      return token.focus();
    }
    store.person = reply.body;
    person_changed();
    if (rank[store.person.role] < rank[role]) return write(answer, `${store.person.person} may ${store.person.role}, not ${role}.`);
    close_drawer();
    then();
  };
  open_drawer(purpose, [form], person);
}

export function show_person(store: Store): void {
  if (!store.person?.person) return log_in_for(store, "view", "Log in", () => {});
  const out = h("button", { type: "button", class: "primary" }, "Log out");
  const other = h("button", { type: "button", click: () => log_in_for(store, "view", "Log in", () => {}) }, "Log in as somebody else");
  out.addEventListener("click", async () => {
    await post(store, "logout", {});
    await load_person(store);
    person_changed();
    close_drawer();
  });
  open_drawer(store.person.person, [h("p", {}, `Logged in; may ${store.person.role}.`), h("p", { class: "buttons" }, out, other)], out);
}
