// SPDX-License-Identifier: Apache-2.0
// What the page asks of the console: who is logged in, and the actions. All of them by POST with the session's mark.
import type { Store, Person } from "./store";

export interface Answer<T = Record<string, unknown>> {
  ok: boolean;
  status: number; // 0: nobody answered
  body: T & { error?: string; failing?: string[] };
}

const patience_ms = 15_000;

async function ask<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  const give_up = new AbortController();
  const timer = setTimeout(() => give_up.abort(), patience_ms);
  try {
    const response = await fetch(path, { ...init, credentials: "same-origin", cache: "no-store", signal: give_up.signal });
    const body = await response.json().catch(() => ({ error: `the console answered ${response.status}` }));
    return { ok: response.ok, status: response.status, body };
  } catch {
    return { ok: false, status: 0, body: { error: "the console does not answer" } as Answer<T>["body"] };
  } finally {
    clearTimeout(timer);
  }
}

export async function load_person(store: Store): Promise<boolean> {
  const answer = await ask<Person>("/api/v1/session", {});
  if (answer.ok) store.person = answer.body;
  return answer.ok;
}

export function post<T = Record<string, unknown>>(store: Store, what: string, body: object): Promise<Answer<T>> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (store.person?.csrf) headers["X-Bulwark-CSRF"] = store.person.csrf;
  return ask<T>(`/api/v1/${what}`, { method: "POST", headers, body: JSON.stringify(body) });
}
