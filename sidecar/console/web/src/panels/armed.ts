// SPDX-License-Identifier: Apache-2.0
// What is armed: every control, one line a limit; the build, the configuration, the processes, the ledger.
import { h, write } from "../dom";
import { count, nanoseconds, of_metric, percent, scope, span, words } from "../format";
import { Facts, frame_of, News, type Panel } from "../panel";
import type { Control, State } from "../protocol";
import type { Store } from "../store";
import { Table, two_lines } from "../table";
import { is_over, use_of } from "./limits";

interface Armed {
  limit: string;
  metric: string;
  covers: string;
  max: string;
  scopes: number;
  use: number;
  over: number;
  age_ns: number;
  why: string;
}

export class ArmedControls implements Panel {
  readonly view = "controls";
  private store: Store | null = null;
  private readonly filter = h("input", { type: "search", placeholder: "Filter", "aria-label": "Filter the controls", input: () => this.redraw() });
  private readonly summary = h("p", { class: "quiet" });
  private readonly table = new Table<Armed>("Armed controls", [
    { title: "Control", head: true, name: "two-lines", paint: (cell, row) => two_lines(cell, row.limit, `${words(row.metric)} · ${row.covers}`) },
    { title: "Max", numeric: true, text: (row) => row.max },
    { title: "Watched", numeric: true, spare: true, text: (row) => (row.scopes === 0 ? "each order" : count(row.scopes)) },
    { title: "Most used", numeric: true, text: (row) => (row.scopes === 0 ? "–" : row.use === Infinity ? "over 0" : percent(row.use, 0)),
      tone: (row) => (row.over > 0 ? "breach" : row.use >= 0.8 ? "near" : null) },
    { title: "Oldest price", numeric: true, spare: true, text: (row) => nanoseconds(row.age_ns) },
    { title: "Cannot be evaluated because", name: "why", text: (row) => row.why, tone: (row) => (row.why ? "near" : null) },
  ], (row) => row.limit, (row) => (row.over > 0 ? "breach" : null));

  constructor() {
    frame_of(this.view, "armed", "Armed controls", "full", this.filter).append(this.summary, this.table.element);
  }

  update(store: Store, news: number): void {
    this.store = store;
    if ((news & (News.State | News.Shown)) !== 0) this.redraw();
  }

  private redraw(): void {
    const state = this.store?.state;
    if (!state) return;
    const rows = armed(state.controls);
    const wanted = this.filter.value.trim().toLowerCase();
    this.table.update(rows.filter((row) => `${row.limit} ${words(row.metric)} ${row.covers}`.toLowerCase().includes(wanted)), this.store!.none("No control is armed: every order is refused."));
    write(this.summary, `${rows.length} limits over ${state.controls.length} scopes; ${rows.filter((row) => row.why).length} cannot be evaluated everywhere.`);
  }
}

function armed(controls: Control[]): Armed[] {
  const rows = new Map<string, Armed & { first: Control; varied: Set<string> }>();
  for (const control of controls) {
    let row = rows.get(control.limit);
    if (row === undefined) {
      row = { limit: control.limit, metric: control.metric, covers: "", max: of_metric(control.metric, control.max), scopes: 0, use: 0, over: 0,
        age_ns: NaN, why: "", first: control, varied: new Set() };
      rows.set(control.limit, row);
    }
    for (const [key, value] of Object.entries(control.on)) if (row.first.on[key] !== value) row.varied.add(key);
    if (control.value !== null) {
      ++row.scopes;
      row.use = Math.max(row.use, use_of(control));
      row.over += Number(is_over(control));
    }
    if (control.age_ns !== null && !(control.age_ns <= row.age_ns)) row.age_ns = control.age_ns;
    if (control.why && !row.why) row.why = control.why;
  }
  return [...rows.values()].map((row) => ({ ...row, covers: scope({ ...row.first.on, ...Object.fromEntries([...row.varied].map((key) => [key, "*"])) }) }));
}

export class System implements Panel {
  readonly view = "controls";
  private readonly build = new Facts();
  private readonly running = new Facts();
  private readonly kept = new Facts();

  constructor() {
    frame_of(this.view, "build", "Build and configuration").append(this.build.element);
    frame_of(this.view, "processes", "Processes and lease").append(this.running.element);
    frame_of(this.view, "records", "Journal and ledger").append(this.kept.element);
  }

  update(store: Store, news: number): void {
    const state = store.state;
    if (state === null || (news & (News.State | News.Shown)) === 0) return;
    for (const [key, value] of Object.entries(state.build)) this.build.write(words(key.replace("lease_ms", "lease, ms")), String(value ?? "–"));
    this.build.write("page made for", `version ${store.hello?.version ?? "–"}`);
    for (const [program, pid] of Object.entries(state.status.processes)) this.running.write(program, `process ${pid}`);
    for (const program of ["bulwark-sidecar", "bulwark-watchdog"]) {
      if (!(program in state.status.processes)) this.running.write(program, "not running", "loss");
    }
    const leased = state.status.lease.running, withheld = state.status.state === "halted";
    this.running.write("lease", leased ? "running" : withheld ? "none while stopped" : "not running", leased || withheld ? null : "loss");
    this.running.write("lease ran out", `${count(state.status.lease.lapses)} times`, state.status.lease.lapses > 0 ? "loss" : null);
    this.running.write("stop", state.status.epoch === 0 ? "none yet" : `number ${count(state.status.epoch)}`);
    this.write_records(state, store);
  }

  private write_records(state: State, store: Store): void {
    const written = store.scalar("journal_written"), appended = store.scalar("journal_appended");
    this.kept.write("journal, on disk", `${count(written)} records`);
    this.kept.write("waiting for the disk", count(appended - written), appended - written > 100_000 ? "loss" : null);
    if (state.why_not) this.kept.write("not followed because", state.why_not, "loss");
    const { journal, ledger } = state.status;
    for (const [key, value] of Object.entries(journal ?? {})) {
      if (value !== null && value !== "" && typeof value !== "object") this.kept.write(`journal ${words(key)}`, key.endsWith("_ns") ? span(Number(value) / 1e9) : String(value));
    }
    if (!ledger) return this.kept.write("ledger", "not used");
    for (const [key, name] of [["postgres", "PostgreSQL"], ["redis", "Redis"]] as const) {
      const part = ledger[key];
      if (part) this.kept.write(name, `${part.state}, ${count(part.lag)} behind${part.error ? ` (${part.error})` : ""}`, part.error || ledger.pid === null ? "loss" : null);
    }
    if (ledger.pid === null) this.kept.write("ledger", "not running", "loss");
  }
}
