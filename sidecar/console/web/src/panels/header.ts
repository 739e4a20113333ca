// SPDX-License-Identifier: Apache-2.0
// The header of every view: the instance, its state and why, the lease, how old the figures are, who is logged in.
import { announce, by_id, set, show, write } from "../dom";
import { moment, span, words } from "../format";
import { News, type Panel } from "../panel";
import type { Status } from "../protocol";
import type { Store } from "../store";

const old_s = 2; // ten frames a second are meant to come
const signs = { normal: "●", reduce_only: "▲", halted: "■" };

export class Header implements Panel {
  readonly view = "";
  private said = "";

  constructor(private readonly store: Store) {
    setInterval(() => this.look(), 250);
  }

  update(store: Store, news: number): void {
    if ((news & News.Hello) !== 0) write(by_id("instance"), store.hello?.instance ?? "Bulwark");
    const status = store.state?.status;
    if ((news & News.State) !== 0 && status) this.write_status(status);
    this.look();
  }

  write_person(): void {
    const person = this.store.person;
    write(by_id("person"), person?.person ?? "Log in");
    set(by_id("person"), "title", person?.person ? `${person.person} may ${person.role}; press to log out or to change` : null);
  }

  private write_status(status: Status): void {
    const name = words(status.state).toUpperCase();
    write(by_id("state"), `${signs[status.state] ?? "?"} ${name}`);
    set(document.body, "data-state", status.state);
    const by = status.operator ? ` by ${status.operator}` : "";
    const because = status.reason && status.reason !== status.cause ? `: ${status.reason}` : "";
    write(by_id("cause"), status.state === "normal" ? "" :
      `${status.cause}${by}${because}${status.since ? `, since ${moment(status.since)}` : ""}`);
    const withheld = status.state === "halted";  // a stop takes the lease away: nothing is wrong with it
    write(by_id("lease"), status.lease.running ? (status.lease.lapses > 0 ? `running, ran out ${status.lease.lapses} ×` : "running")
      : withheld ? "none while stopped" : "NOT RUNNING");
    set(by_id("lease"), "data-tone", status.lease.running || withheld ? null : "breach");
    const silent = status.clients.filter((client) => !client.acknowledged).length;
    write(by_id("attached"), silent > 0 ? `${status.clients.length}, ${silent} NOT STOPPED` : String(status.clients.length));
    set(by_id("attached"), "data-tone", silent > 0 ? "breach" : null);
    show(by_id("resume"), status.state !== "normal" || this.store.state!.states.some((one) => one.state !== "normal"));
    document.title = `${signs[status.state] ?? "?"} ${status.state === "normal" ? "" : `${name} `}${status.instance}`;
    const say = `${status.instance} is ${words(status.state)}${status.state === "normal" ? "" : `: ${status.cause}`}`;
    if (say !== this.said && this.said !== "") announce(say, true);
    this.said = say;
  }

  // The page never shows an old figure as if it were of now.
  private look(): void {
    const age = this.store.age_s();
    const known = Number.isFinite(age);
    const old = !this.store.connected || (known && age > old_s);
    write(by_id("age"), known ? `${span(age)} old` : "none yet");
    set(by_id("age"), "data-tone", old ? "breach" : null);
    const why = this.store.state?.why_not;
    const text = this.store.person !== null && this.store.person.role === "none" && !this.store.connected ? ""
      : !this.store.connected ? `The connection to the console is lost${known ? `: the figures are ${span(age)} old` : ""}. Trying again.`
      : known && age > old_s ? `The figures are ${span(age)} old: the console has heard nothing newer.`
      : why ? `The journal cannot be followed: ${why}.` : "";
    const banner = by_id("banner");
    // What a screen reader interrupts for is that they are old, not each second of it.
    if (banner.hidden && text !== "") announce(text, true);
    set(banner, "role", null);
    write(banner, text);
    show(banner, text !== "");
    set(document.body, "data-old", old ? "" : null);
  }
}
