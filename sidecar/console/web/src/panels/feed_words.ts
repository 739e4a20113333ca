// SPDX-License-Identifier: Apache-2.0
// A record of the journal as a sentence, and all its numbers.
import { count, money, nanoseconds, of_metric, percent, plain, quantity, scope, words } from "../format";
import type { FeedRow, Scope } from "../protocol";

export interface Told {
  kind: string;
  tone: "alarm" | "warn" | "good" | "calm";
  text: string;
}

const text_of = (value: unknown) => (value === null || value === undefined ? "" : String(value));
const on_of = (row: FeedRow) => scope(row["on"] as Scope | undefined);

type Fields = Record<string, unknown>;

function order(of: Fields): string {
  const price = of["price"] === null || of["price"] === undefined ? "at market" : `at ${plain(of["price"])}`;
  return of["symbol"] ? `${text_of(of["side"])} ${quantity(of["quantity"])} ${text_of(of["symbol"])} ${price}`
    : `order ${text_of(of["id"])}${of["new_id"] ? ` to ${text_of(of["new_id"])}, ${quantity(of["quantity"])} ${price}` : ""}`;
}

// A verdict stands beside the intent that it is about.
export const asked_of = (row: FeedRow): Fields => (typeof row["asked"] === "object" && row["asked"] !== null ? row["asked"] : row) as Fields;

function asked(row: FeedRow): string {
  const of = asked_of(row);
  return `${text_of(of["client"] ?? row["client"]) || text_of(of["account"]) || "?"}: ${order(of)}`;
}

function compared(row: FeedRow): string {
  const metric = text_of(row["metric"] ?? row["reason"]);
  return `${words(metric)} ${of_metric(metric, row["value"])} of ${of_metric(metric, row["max"])}`;
}

function verdict(row: FeedRow): Told {
  const resized = row["decision"] === "resized";
  const because = row["limit"] ? `${compared(row)} (${text_of(row["limit"])})` : words(row["reason"]);
  return { kind: resized ? "resized" : "refused", tone: resized ? "warn" : "alarm",
    text: `${asked(row)}${resized ? `, allowed ${quantity(row["quantity"])}` : ""} – ${because}` };
}

function control(row: FeedRow): Told {
  const command = text_of(row["command"]);
  const by = row["operator"] ? ` by ${text_of(row["operator"])}` : "";
  const because = row["reason"] ? `: ${text_of(row["reason"])}` : "";
  const what = command === "override" ? `override of ${text_of(row["limit"])} to ${money(row["max"])}` : `${words(command)} ${on_of(row)}`;
  return { kind: command === "override" ? "override" : words(command), tone: command === "halt" ? "alarm" : command === "resume" ? "good" : "warn",
    text: what + by + because };
}

export function tell(row: FeedRow): Told {
  switch (row.type) {
    case "verdict": return verdict(row);
    case "control": return control(row);
    case "warning": return { kind: "warning", tone: "warn", text: row["message"] ? text_of(row["message"]) : `${on_of(row)}: ${compared(row)} (${text_of(row["limit"])})` };
    case "breach": return { kind: "breach", tone: "alarm", text: `${on_of(row)}: ${compared(row)} (${text_of(row["limit"])}), ${words(row["action"])}` };
    case "cleared": return { kind: "cleared", tone: "good", text: `${on_of(row)}: ${compared(row)} (${text_of(row["limit"])})` };
    case "state": return { kind: words(row["state"]), tone: row["state"] === "normal" ? "good" : row["state"] === "halted" ? "alarm" : "warn",
      text: `${on_of(row)} is ${words(row["state"])}${row["cause"] ? ` (${text_of(row["cause"])})` : ""}` };
    // Where trading is allowed it says no more: a part was halted, or the sidecar began.
    case "stop": return { kind: row["trading"] ? "stop count" : "stop", tone: row["trading"] ? "calm" : "alarm",
      text: row["trading"] ? `trading as a whole is allowed, stop count ${count(row["epoch"])}` : `all trading stopped, stop ${count(row["epoch"])}` };
    case "client_stop": return { kind: "stop seen", tone: "calm", text: `${text_of(row["client"])} ${words(row["outcome"])}${row["delay_ns"] ? ` after ${nanoseconds(row["delay_ns"])}` : ""}` };
    case "lease": return { kind: "lease", tone: "alarm", text: `the lease has run out ${count(row["lapses"])} times` };
    case "liquidation": return { kind: "liquidation", tone: "warn", text: `${asked(row)} for ${text_of(row["account"])} (${text_of(row["cause"])})` };
    case "cancel_request": return { kind: "cancel asked", tone: "warn", text: `${text_of(row["client"])} is asked to cancel ${text_of(row["id"])} (${text_of(row["cause"])})` };
    case "start": return { kind: "start", tone: "calm", text: "the sidecar has begun" };
    case "end": return { kind: "end", tone: "warn", text: "the sidecar has ended" };
    case "configuration": return { kind: "configuration", tone: "warn", text: `in force from here: ${text_of(row["file"])}` };
    case "remark": return { kind: "remark", tone: "calm", text: `${text_of(row["text"])}${row["operator"] ? ` (${text_of(row["operator"])})` : ""}` };
    case "equity": return { kind: "equity", tone: "calm", text: `${text_of(row["account"])}: ${money(row["amount"], true)}` };
    case "scale": return { kind: "scaled", tone: "warn", text: `${on_of(row)}: sizes × ${plain(row["to"])} (${text_of(row["cause"])} ${plain(row["value"])})` };
    default: return { kind: words(row.type), tone: "calm", text: text_of(row["message"] ?? row["text"]) };
  }
}

// Alike: the same thing said again, which the list counts instead of repeating.
export function alike(row: FeedRow): string {
  return [row.type, row["client"], row["decision"], row["reason"], row["limit"], asked_of(row)["symbol"], row["state"], on_of(row)].join("\n");
}

// Every field, as the journal has it.
export function fields(row: FeedRow): [string, string][] {
  const of = asked_of(row);
  const more = of === row ? [] : Object.entries(of).filter(([key]) => key !== "type" && !(key in row && row[key] === of[key]))
    .map(([key, value]): [string, unknown] => [`asked ${key}`, value]);
  const shown = [["at", new Date(row.t / 1e6).toISOString()] as [string, unknown],
    ...Object.entries(row).filter(([key]) => key !== "t" && (key !== "asked" || of === row)), ...more];
  return shown.map(([key, value]): [string, string] => {
    if (key === "on") return [key, on_of(row)];
    if (value === null) return [key, "none"];
    if (typeof value === "object") return [key, JSON.stringify(value)];
    if (key === "marked" || key === "until") return [key, new Date(Number(value) / 1e6).toISOString()];
    if ((key === "value" || key === "max") && typeof value === "number" && value < 10 && !Number.isInteger(value)) return [key, `${value} (${percent(value, 3)})`];
    return [key, String(value)];
  });
}
