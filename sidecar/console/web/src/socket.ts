// SPDX-License-Identifier: Apache-2.0
// The one connection. When it closes it is made anew, soon at first and then less often, until it holds.
import { read_frame, type FeedRow, type Frame, type Hello, type Series, type State } from "./protocol";

export interface Listener {
  hello(hello: Hello): void;
  state(state: State): void;
  feed(rows: FeedRow[]): void;
  series(series: Series): void;
  frame(frame: Frame): void;
  opened(): void;
  closed(retry_ms: number): void;
  may_connect(): Promise<boolean>; // asked before each attempt: who is logged in may have changed
}

const first_wait_ms = 250;
const longest_wait_ms = 5_000;
// Where the journal cannot be followed, lists are null: nothing is known, and nothing is shown.
const lists = ["controls", "accounts", "positions", "states", "cancels", "liquidations", "orders", "sessions", "ladder", "alerts"];
function whole(state: Record<string, unknown>): State {
  for (const list of lists) state[list] ??= [];
  return { build: {}, orders_count: 0, ...state } as unknown as State;
}

const silent_ms = 10_000; // ten frames a second come; so long without one is a dead connection

export class Connection {
  private socket: WebSocket | null = null;
  private wait_ms = first_wait_ms;
  private timer = 0;
  private heard_ms = 0;
  private attempt = 0;

  constructor(private readonly listener: Listener) {
    setInterval(() => this.look(), 1_000);
    addEventListener("online", () => this.connect());
  }

  connect(): void {
    clearTimeout(this.timer);
    void this.open(++this.attempt);
  }

  private async open(attempt: number): Promise<void> {
    const may = await this.listener.may_connect().catch(() => null);
    if (attempt !== this.attempt) return; // a later one has begun
    if (may === null) return this.again();
    if (!may) return;
    this.drop();
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.heard_ms = performance.now();
      this.listener.opened();
    };
    socket.onmessage = (message) => {
      this.heard_ms = performance.now();
      this.wait_ms = first_wait_ms;
      this.take(message.data);
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.again();
    };
    this.socket = socket;
  }

  private take(data: ArrayBuffer | string): void {
    if (typeof data !== "string") {
      const frame = read_frame(data);
      if (frame !== null) this.listener.frame(frame);
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "hello") this.listener.hello(message);
    else if (message.type === "state") this.listener.state(whole(message));
    else if (message.type === "feed") this.listener.feed(message.rows);
    else if (message.type === "series") this.listener.series(message);
  }

  private again(): void {
    this.listener.closed(this.wait_ms);
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.connect(), this.wait_ms);
    this.wait_ms = Math.min(longest_wait_ms, this.wait_ms * 2);
  }

  private look(): void {
    if (this.socket === null || performance.now() - this.heard_ms < silent_ms || document.hidden) return;
    this.drop();
    this.again();
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    if (socket !== null) socket.close();
  }
}
