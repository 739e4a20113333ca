// SPDX-License-Identifier: Apache-2.0
// Resuming: what stands against it is shown before, for the stage and the scope that are chosen; a reason is asked for.
import { post } from "../api";
import { announce, h, write } from "../dom";
import { moment, scope, words } from "../format";
import type { Scope } from "../protocol";
import type { Store } from "../store";
import { close_drawer, drawer_is_open, field, open_drawer } from "./drawer";
import { log_in_for } from "./log_in";

const stages: [string, string, string][] = [
  ["reduce_only", "Reduce only", "Positions may be brought down, nothing may be added."],
  ["half", "Half", "Sizes at half of what the limits allow."],
  ["full", "Full", "As before the stop."],
];
const look_ms = 2_000;

export function open_resume(store: Store): void {
  if (!store.may("operate")) return log_in_for(store, "operate", "Log in to resume", () => open_resume(store));
  const scopes = scopes_of(store);
  const where = h("select", { name: "on" }, ...scopes.map((on, k) => h("option", { value: k }, scope(on))));
  const stage_inputs = stages.map(([value, name, about]) => h("label", { class: "choice" },
    h("input", { type: "radio", name: "stage", value, ...(value === "reduce_only" ? { checked: true } : {}) }), h("span", {}, h("b", {}, name), h("small", {}, about))));
  const baseline = h("input", { type: "checkbox", name: "new_baseline" });
  const reason = h("input", { name: "reason", required: true, maxlength: 127, autocomplete: "off" });
  const checks = h("ul", { class: "checks" });
  const verdict = h("p", { class: "verdict", role: "status" });
  const answer = h("p", { class: "answer", role: "alert" });
  const submit = h("button", { type: "submit", class: "primary" }, "Resume");
  const status = store.state?.status;
  const form = h("form", { class: "resume" },
    h("p", {}, status?.state === "halted" ? `Stopped by ${status.operator || "?"}, ${moment(status.since)}: ${status.cause}` : "Trading is not stopped; a latched state is resumed by its scope."),
    field("What", where), h("fieldset", {}, h("legend", {}, "How far"), ...stage_inputs),
    h("label", { class: "choice" }, baseline, h("span", {}, h("b", {}, "New baseline"), h("small", {}, "The day's loss and the drawdown begin anew from here."))),
    h("section", { "aria-label": "Pre-flight checks" }, h("h3", {}, "Pre-flight"), verdict, checks),
    field("Reason", reason, "It stands in the journal beside your name."), submit, answer);
  const body = (): { stage: string; on?: Scope; new_baseline?: true } => {
    const data = new FormData(form);
    const on = scopes[Number(data.get("on"))] ?? {};
    return { stage: String(data.get("stage")), ...(Object.keys(on).length > 0 ? { on } : {}), ...(baseline.checked ? { new_baseline: true as const } : {}) };
  };
  let asked = 0;
  const look = async () => {
    const turn = ++asked;
    const reply = await post<{ ready: boolean }>(store, "preflight", body());
    if (turn !== asked) return;
    const failing = reply.body.failing ?? [];
    write(verdict, !reply.ok ? `Cannot be checked: ${reply.body.error}` : reply.body.ready ? "✓ Ready: nothing stands against it." : `✗ ${failing.length} against it:`);
    verdict.dataset["tone"] = reply.ok && reply.body.ready ? "good" : "alarm";
    if ([...checks.children].map((item) => item.textContent).join("\n") !== failing.join("\n")) checks.replaceChildren(...failing.map((one) => h("li", {}, one)));
  };
  form.addEventListener("change", () => void look());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit.disabled = true;
    void post(store, "resume", { ...body(), reason: reason.value.trim() }).then((reply) => {
      submit.disabled = false;
      const failing = reply.body.failing ?? [];
      if (!reply.ok) return write(answer, `Not resumed: ${failing.length > 0 ? failing.join("; ") : reply.body.error}`);
      const said = `Resumed ${scope(body().on)}, ${words(body().stage)}.`;
      close_drawer();
      announce(said, true);
      return undefined;
    });
  });
  const timer = setInterval(() => drawer_is_open() && void look(), look_ms);
  open_drawer("Resume trading", [form], where, () => clearInterval(timer));
  void look();
}

// Everything, where it is stopped, and each scope that has a latched state of its own.
function scopes_of(store: Store): Scope[] {
  const latched = (store.state?.states ?? []).filter((one) => one.state !== "normal" && Object.keys(one.on).length > 0).map((one) => one.on);
  return [{}, ...latched];
}
