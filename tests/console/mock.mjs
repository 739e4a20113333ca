// SPDX-License-Identifier: Apache-2.0
// A stand-in for bulwark-console that speaks its protocol with made-up data: what the page is developed against, and
// what shows it states that a real desk seldom has. `node mock.mjs FOLDER [SYMBOLS] [PORT]` serves a built page.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { WebSocketServer } from "ws";
import { Desk } from "./mock_data.mjs";

const pages = { "/": ["index.html", "text/html; charset=utf-8"], "/app.js": ["app.js", "text/javascript; charset=utf-8"],
  "/app.css": ["app.css", "text/css; charset=utf-8"], "/icon.svg": ["icon.svg", "image/svg+xml"] };
const policy = "default-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
export const mock_token = "made-up";

export class MockConsole {
  constructor(folder, options = {}) {
    this.folder = folder;
    this.options = options;
    this.desk = new Desk(options);
    this.feed = this.desk.first_feed();
    this.series = this.desk.series();
    this.sessions = new Map(); // cookie -> {person, role, csrf}
    this.posts = [];
    this.failing = ["limit desk-loss-2: 251,000 is still above its max of 250000"];
    this.frozen = false;
  }

  async start(port = 0) {
    this.server = createServer((request, response) => this.answer(request, response));
    this.sockets = new WebSocketServer({ server: this.server, path: "/ws" });
    this.sockets.on("connection", (socket) => this.greet(socket));
    await new Promise((done) => this.server.listen(port, "127.0.0.1", done));
    this.port = this.server.address().port;
    this.url = `http://127.0.0.1:${this.port}`;
    this.timers = [setInterval(() => this.tick(), this.options.frame_ms ?? 100), setInterval(() => this.tell(this.desk.state_message()), 500)];
    return this.url;
  }

  async stop() {
    this.timers.forEach(clearInterval);
    for (const socket of this.sockets.clients) socket.terminate();
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  tell(message) {
    const text = JSON.stringify(message);
    for (const socket of this.sockets.clients) socket.send(text);
  }

  happen(...rows) {
    this.feed.push(...rows);
    this.tell({ type: "feed", rows });
  }

  tick() {
    if (!this.frozen) this.desk.step();
    const frame = this.desk.frame();
    if (!this.mute) for (const socket of this.sockets.clients) socket.send(frame);
  }

  greet(socket) {
    for (const message of [this.desk.hello(), this.desk.state_message(), { type: "feed", rows: this.feed.slice(-200) }, this.series]) socket.send(JSON.stringify(message));
    if (!this.mute) socket.send(this.desk.frame());
  }

  session_of(request) {
    const cookie = /(?:^|; )bulwark=([0-9a-f]+)/.exec(request.headers.cookie ?? "")?.[1];
    return this.sessions.get(cookie) ?? { person: null, role: this.options.closed ? "none" : "view", csrf: null };
  }

  session_document(session) {
    return { schema: 1, instance: "desk", person: session.person, role: session.role, csrf: session.csrf, login: this.options.closed ? "person" : "token" };
  }

  async answer(request, response) {
    const page = pages[request.url];
    const send = (status, body, headers = {}) => {
      response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store", "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", ...headers });
      response.end(body instanceof Buffer ? body : JSON.stringify(body));
    };
    if (request.method === "GET" && page) return send(200, readFileSync(join(this.folder, page[0])), { "Content-Type": page[1] });
    if (request.method === "GET" && request.url === "/api/v1/session") return send(200, this.session_document(this.session_of(request)));
    if (request.method === "GET" && request.url === "/api/v1/view") {
      return send(200, { hello: this.desk.hello(), state: this.desk.state_message(), series: this.series, feed: this.feed.slice(-200), frame: this.desk.frame_as_json() });
    }
    if (request.method !== "POST") return send(404, { error: "there is nothing here" });
    let text = "";
    for await (const part of request) text += part;
    const body = JSON.parse(text || "{}"), what = request.url.replace("/api/v1/", "");
    this.posts.push({ what, body });
    if (request.headers.origin !== this.url || request.headers["content-type"] !== "application/json") return send(403, { error: "from elsewhere" });
    if (what === "login") return this.log_in(body, send);
    const session = this.session_of(request);
    if (session.csrf === null) return send(401, { error: "nobody is logged in" });
    if (request.headers["x-bulwark-csrf"] !== session.csrf) return send(403, { error: "the mark of the session is missing" });
    return this.act(what, body, session, send);
  }

  log_in({ token, person }, send) {
    if (token !== mock_token || !person) return send(401, { error: "the token is wrong" });
    const cookie = randomBytes(16).toString("hex");
    const session = { person, role: person === "vera" ? "view" : "configure", csrf: randomBytes(8).toString("hex") };
    this.sessions.set(cookie, session);
    return send(200, this.session_document(session), { "Set-Cookie": `bulwark=${cookie}; HttpOnly; SameSite=Strict; Path=/` });
  }

  act(what, body, session, send) {
    const desk = this.desk;
    switch (what) {
      case "logout":
        for (const [cookie, one] of this.sessions) if (one === session) this.sessions.delete(cookie);
        return send(200, {});
      case "stop":
        if (!body.on) Object.assign(desk, { state: "halted", operator: session.person, cause: "operator", stopped_ns: desk.now(), epoch: desk.epoch + 1 });
        this.happen({ seq: ++desk.seq, t: desk.now(), type: "stop", epoch: desk.epoch, trading: false });
        this.tell(desk.state_message());
        return send(200, { schema: 1, instance: "desk", epoch: desk.epoch, t: desk.now(), on: body.on ?? {}, operator: session.person, reason: body.reason, cause: "operator",
          clients: desk.clients().map((client, k) => ({ client: client.client, pid: client.pid, acknowledged: client.acknowledged, ...(client.acknowledged ? { microseconds: 41.7 + 371 * k } : {}) })) });
      case "preflight": return send(200, { ready: body.stage === "reduce_only", failing: body.stage === "reduce_only" ? [] : this.failing });
      case "resume":
        if (body.stage !== "reduce_only") return send(409, { error: "not resumed", failing: this.failing });
        desk.state = "reduce_only";
        this.happen({ seq: ++desk.seq, t: desk.now(), type: "control", command: "resume", on: {}, operator: session.person, reason: body.reason, stage: body.stage });
        return send(200, { schema: 1, stage: body.stage, on: {} });
      case "acknowledge":
        desk.alerts = desk.alerts.map((alert) => (alert.id === body.alert ? { ...alert, acknowledged_by: session.person } : alert));
        this.tell(desk.state_message());
        return send(200, {});
      case "override": return body.reason ? send(200, {}) : send(400, { error: "a reason is asked for" });
      default: return send(404, { error: "there is nothing here" });
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const mock = new MockConsole(process.argv[2], { symbols: Number(process.argv[3] ?? 60) });
  console.log(await mock.start(Number(process.argv[4] ?? 0)), `token ${mock_token}`);
}
