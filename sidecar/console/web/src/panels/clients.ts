// SPDX-License-Identifier: Apache-2.0
// Trading processes: attached, stopped, how fast they are answered; and the percentiles of the whole gate.
import { count, nanoseconds, unknown } from "../format";
import { Facts, frame_of, News, type Panel } from "../panel";
import type { Client } from "../protocol";
import type { Store } from "../store";
import { Table } from "../table";

const rate_every_ms = 1_000;

export class Clients implements Panel {
  readonly view = "now";
  private halted = false;
  private lease = false;
  private readonly table = new Table<Client>("Clients", [
    { title: "Client", head: true, text: (row) => row.client },
    { title: "Process", numeric: true, spare: true, text: (row) => String(row.pid) },
    { title: "May send", text: (row) => this.may_send(row), tone: (row) => (row.acknowledged && this.lease ? null : "breach") },
    { title: "Checks", numeric: true, text: (row) => count(row.checks) },
    { title: "p50", numeric: true, text: (row) => nanoseconds(row.p50_ns) },
    { title: "p99", numeric: true, text: (row) => nanoseconds(row.p99_ns) },
  ], (row) => `${row.client} ${row.pid}`, (row) => (row.acknowledged ? null : "breach"));

  constructor() {
    frame_of(this.view, "clients", "Clients").append(this.table.element);
  }

  update(store: Store, news: number): void {
    const status = store.state?.status;
    if (!status || (news & (News.State | News.Shown)) === 0) return;
    this.halted = status.state === "halted";
    this.lease = status.lease.running;
    this.table.update(status.clients, "No trading process is attached.");
  }

  private may_send(row: Client): string {
    if (!row.acknowledged) return "STOP NOT SEEN";
    return this.halted ? "no, stopped" : this.lease ? "yes" : "no, lease out";
  }
}

export class Latency implements Panel {
  readonly view = "trading";
  private readonly facts = new Facts();
  private last = { ms: 0, intents: NaN, events: NaN };
  private readonly table = new Table<Client>("How long a check took, as the client has waited", [
    { title: "Check, by client", head: true, text: (row) => row.client },
    { title: "Checks", numeric: true, text: (row) => count(row.checks) },
    { title: "p50", numeric: true, text: (row) => nanoseconds(row.p50_ns) },
    { title: "p99", numeric: true, text: (row) => nanoseconds(row.p99_ns) },
    { title: "max", numeric: true, text: (row) => nanoseconds(row.max_ns) },
  ], (row) => `${row.client} ${row.pid}`);

  constructor() {
    frame_of(this.view, "latency", "Latency and load", "wide").append(this.table.element, this.facts.element);
  }

  update(store: Store, news: number): void {
    if ((news & News.Frame) !== 0) this.write_rates(store);
    if ((news & (News.State | News.Shown)) !== 0 && store.state) this.table.update(store.state.status.clients, "No trading process is attached.");
  }

  private write_rates(store: Store): void {
    const now = store.frame?.t_ms ?? 0;
    const seconds = (now - this.last.ms) / 1000;
    if (seconds * 1000 < rate_every_ms) return;
    const intents = store.scalar("intents"), events = store.scalar("events");
    const rate = (new_count: number, old: number) => (Number.isFinite(old) && new_count >= old ? `${count((new_count - old) / seconds)} /s` : unknown);
    this.facts.write("Orders asked", rate(intents, this.last.intents));
    this.facts.write("Events", rate(events, this.last.events));
    this.facts.write("Longest round of the loop", nanoseconds(store.scalar("loop_ns_max")));
    const waiting = store.scalar("journal_appended") - store.scalar("journal_written");
    this.facts.write("Not yet on disk", `${count(waiting)} records`, waiting > 100_000 ? "loss" : null);
    this.last = { ms: now, intents, events };
  }
}
