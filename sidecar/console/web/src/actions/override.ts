// SPDX-License-Identifier: Apache-2.0
// An override: another max of one limit until a moment, by a named person with a reason.
import { post } from "../api";
import { announce, h, write } from "../dom";
import { of_metric, scope } from "../format";
import type { Store } from "../store";
import { close_drawer, field, open_drawer } from "./drawer";
import { log_in_for } from "./log_in";

const spans: [string, string][] = [["15", "15 minutes"], ["60", "1 hour"], ["240", "4 hours"], ["480", "8 hours"]];

export function open_override(limit: string, store: Store): void {
  if (!store.may("configure")) return log_in_for(store, "configure", `Log in to override ${limit}`, () => open_override(limit, store));
  const rows = (store.state?.controls ?? []).filter((control) => control.limit === limit);
  const max = h("input", { name: "max", required: true, inputmode: "decimal", autocomplete: "off" });
  const until = h("select", {}, ...spans.map(([minutes, text]) => h("option", { value: minutes }, text)));
  const where = h("select", {}, h("option", { value: "" }, "the whole limit"),
    ...rows.filter((row) => Object.keys(row.on).length > 0 && !Object.values(row.on).includes("*")).slice(0, 300).map((row) => h("option", { value: scope(row.on) }, scope(row.on))));
  const reason = h("input", { required: true, maxlength: 127, autocomplete: "off" });
  const answer = h("p", { class: "answer", role: "alert" });
  const submit = h("button", { type: "submit", class: "primary" }, "Override");
  const now = rows[0] ? `It is ${of_metric(rows[0].metric, rows[0].max)} (${rows[0].metric}).` : "";
  const form = h("form", {}, field("Max", max, now), field("For", until), field("Where", where), field("Reason", reason), submit, answer);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit.disabled = true;
    const on = rows.find((row) => scope(row.on) === where.value)?.on;
    const ends = new Date(Date.now() + 60_000 * Number(until.value)).toISOString().replace(/\.\d+Z$/, "Z");
    void post(store, "override", { limit, max: max.value.trim(), until: ends, ...(on && where.value ? { on } : {}), reason: reason.value.trim() }).then((reply) => {
      submit.disabled = false;
      if (!reply.ok) return write(answer, `Not overridden: ${reply.body.error}`);
      const { proposal, said } = reply.body as { proposal?: number; said?: string[] };
      if (proposal) return write(answer, `Proposal ${proposal} waits for a second person: bulwark control confirm ${proposal}. ${(said ?? []).join(" ")}`);
      if (reply.body["done"] === false) return write(answer, `Not overridden: ${(said ?? []).join(" ")}`);
      close_drawer();
      return announce(`${limit} is overridden until ${ends}`, true);
    });
  });
  open_drawer(`Override ${limit}`, [form], max);
}
