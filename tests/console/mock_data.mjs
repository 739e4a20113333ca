// SPDX-License-Identifier: Apache-2.0
// Made-up data for the page: a desk of as many symbols as one asks for, names that contain markup, figures that are not
// known. Everything follows from the seed; `step` moves it on.

export const wicked = "<img src=x onerror=\"window.hit=1\">";
const billion = 1e9;

export function random_of(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const known = ["AAPL", "MSFT", "NVDA", "AMZN", "GOOGL", "META", "AVGO", "LLY", "JPM", "XOM", "UNH", "V", "JNJ", "PG", "MA", "COST", "HD", "ABBV",
  "CVX", "MRK", "KO", "PEP", "BAC", "WMT", "CRM", "TMO", "LIN", "MCD", "CSCO", "ABT"];
const sectors = ["Technology", "Health", "Financials", "Energy", "Industry", "Consumer", "Utilities", "Materials", "Real estate", "Communication"];
export const scalars = ("equity peak drawdown profit_today realised unrealised fees long_value short_value gross net parametric_var parametric_es " +
  "historical_var historical_es filtered_var filtered_es worst_loss market_factor intents accepted refused events journal_appended " +
  "journal_written loop_ns_max age_ms").split(" ");
export const columns = "gross net profit_today realised unrealised component_var limit_use".split(" ");

export class Desk {
  constructor({ symbols = 60, seed = 7, markup = true } = {}) {
    this.random = random_of(seed);
    this.symbols = Array.from({ length: symbols }, (_, k) => known[k] ?? `S${String(k).padStart(3, "0")}`);
    if (markup) this.symbols[Math.min(5, symbols - 1)] = wicked;
    this.sectors_of = this.symbols.map((_, k) => (k === 11 ? -1 : Math.floor(this.random() * sectors.length)));
    this.rows = this.symbols.map((_, k) => {
      const gross = 2_000_000 * Math.exp(-k / (symbols / 4)) * (0.4 + this.random());
      const net = this.random() < 0.84 ? gross : -gross;
      return { gross, net, profit: 0.012 * gross * (this.random() - 0.5), weight: (net > 0 || this.random() < 0.4 ? 1 : -0.5) * gross * (0.4 + this.random()), use: this.random() * 0.9 };
    });
    this.rows[2].use = 1.18;
    this.number = 0;
    this.intents = 48_210;
    this.refused = 318;
    this.state = "normal";
    this.epoch = 3;
    this.seq = 90_000;
    this.alerts = this.first_alerts();
    this.step();
  }

  hello() {
    return { type: "hello", schema: 1, instance: "desk", version: "0.1.0", base_currency: "USD", symbols: this.symbols, sectors_of: this.sectors_of,
      sectors, scalars, columns };
  }

  // The market moves a little.
  step() {
    ++this.number;
    for (const row of this.rows) {
      row.profit += row.gross * 0.0004 * (this.random() - 0.5);
      row.gross *= 1 + 0.0006 * (this.random() - 0.5);
      row.net = Math.sign(row.net) * row.gross;
    }
    this.intents += 3;
    const sum = (of) => this.rows.reduce((total, row) => total + of(row), 0);
    const gross = sum((row) => row.gross), net = sum((row) => row.net), profit = sum((row) => row.profit) - 61_000;
    const peak = 25_400_000, equity = 25_200_000 + profit, weights = sum((row) => row.weight);
    this.value_at_risk = 0.011 * gross;
    for (const row of this.rows) row.component = (row.weight / weights) * this.value_at_risk;
    this.figures = { equity, peak, drawdown: 1 - equity / peak, profit_today: profit, realised: 0.4 * profit, unrealised: 0.6 * profit + 1_200, fees: 1_200,
      long_value: (gross + net) / 2, short_value: (gross - net) / 2, gross, net, parametric_var: this.value_at_risk, parametric_es: 1.146 * this.value_at_risk,
      historical_var: 1.08 * this.value_at_risk, historical_es: 1.31 * this.value_at_risk, filtered_var: NaN, filtered_es: NaN, worst_loss: 0.14 * gross,
      market_factor: 0.75, intents: this.intents, accepted: this.intents - this.refused, refused: this.refused, events: this.intents * 40,
      journal_appended: this.intents * 41, journal_written: this.intents * 41 - 12, loop_ns_max: 18_300, age_ms: 22 };
  }

  frame() {
    const n = this.rows.length;
    const symbols_at = 32 + 8 * scalars.length, columns_at = symbols_at + 4 * (n + (n % 2));
    const bytes = Buffer.alloc(columns_at + 4 * n * columns.length);
    [0x31465742, scalars.length, n, columns.length].forEach((word, k) => bytes.writeUInt32LE(word, 4 * k));
    bytes.writeDoubleLE(this.number, 16);
    bytes.writeDoubleLE(Date.now(), 24);
    scalars.forEach((name, k) => bytes.writeDoubleLE(this.figures[name], 32 + 8 * k));
    this.rows.forEach((row, k) => {
      bytes.writeInt32LE(k, symbols_at + 4 * k);
      const values = [row.gross, row.net, row.profit, row.profit * 0.4, row.profit * 0.6, k === 7 ? NaN : row.component, row.use];
      values.forEach((value, c) => bytes.writeFloatLE(value, columns_at + 4 * (c * n + k)));
    });
    return bytes;
  }

  frame_as_json() {
    const column = (of) => this.rows.map((row, k) => of(row, k));
    return { scalars: Object.fromEntries(scalars.map((name) => [name, Number.isFinite(this.figures[name]) ? this.figures[name] : null])),
      symbol: column((_, k) => k), columns: { gross: column((row) => row.gross), net: column((row) => row.net), profit_today: column((row) => row.profit),
        component_var: column((row, k) => (k === 7 ? null : row.component)), limit_use: column((row) => row.use) } };
  }

  now() { return Date.now() * 1e6; }

  clients() {
    const stopped = this.state === "halted";
    return [["maker", 4101, 210_442, 512, 2_310], ["momentum", 4102, 8_120, 731, 9_440], [wicked, 4103, 0, null, null]].map(([client, pid, checks, p50_ns, p99_ns]) =>
      ({ client, pid, acknowledged: !(stopped && pid === 4103), checks, p50_ns, p99_ns, max_ns: p99_ns === null ? null : 11 * p99_ns }));
  }

  status() {
    const halted = this.state === "halted";
    return { schema: 1, instance: "desk", state: this.state, cause: halted ? this.cause : this.state === "reduce_only" ? "desk-loss-1" : "",
      operator: halted ? this.operator : "", reason: halted ? "stop button of the console" : "", since: halted ? this.stopped_ns : 0, epoch: this.epoch,
      lease: { running: !halted, lapses: 1 }, liquidation: { orders: 0, untaken: 0 }, market: { factor: 0.75, cause: "volatility" },
      journal: { healthy: true }, ledger: { pid: 3999, postgres: { state: "shipping", seq: 88_000, lag: 12, error: "" }, redis: null },
      processes: { bulwark: 3990, "bulwark-sidecar": 3991, "bulwark-watchdog": 3992, "bulwark-ledger": 3999 }, clients: this.clients() };
  }

  controls() {
    const f = this.figures, money = (value) => value.toFixed(2);
    const row = (limit, metric, on, value, max, more = {}) => {
      const number = Number(value), most = Number(max);
      return { limit, on, metric, value, max, age_ns: value === null ? null : 31_000_000, ...more, use: value === null || most <= 0 ? null : number / most };
    };
    const gross = this.symbols.slice(0, 40).map((symbol, k) => row("one-name", "concentration", { account: k % 2 ? "ACC2" : "ACC1", symbol }, this.rows[k].gross / f.equity, 0.1));
    return [
      row("fat-finger", "order_notional", {}, null, "250000"), row("price-collar", "price_collar", {}, null, 0.03),
      row("orders-a-second", "order_rate", { client: "*" }, null, 50), ...gross,
      row("desk-gross", "gross", {}, money(f.gross), "80000000"), row("desk-net", "net", {}, money(Math.abs(f.net)), "40000000"),
      row("momentum-gross", "gross", { account: "ACC2" }, "1236500.50", "1050000", { scaled: { factor: 0.75, cause: "volatility" } }),
      row("desk-var", "var", {}, money(f.parametric_var), "700000", { why: undefined }), row("leverage", "leverage", { account: "ACC1" }, 1.72, 2),
      row("desk-loss-1", "daily_loss", {}, money(Math.max(0, -f.profit_today)), "150000"), row("desk-loss-2", "daily_loss", {}, money(Math.max(0, -f.profit_today)), "250000"),
      row("desk-drawdown", "drawdown", {}, f.drawdown, 0.04), row("no-shorts", "short", { account: "ACC2" }, "0", "0"),
      row("tech-gross", "gross", { sector: "Technology" }, null, "9000000", { why: `${wicked}: no mark` }),
    ];
  }

  positions() {
    return this.rows.map((row, k) => ({ account: k % 2 ? "ACC2" : "ACC1", symbol: this.symbols[k], strategy: k % 3 ? "quotes" : "momo",
      position: k === 9 ? "0" : String(Math.round(row.net / 150)), average_cost: "149.35120000", realised: (row.profit * 0.4).toFixed(2), unrealised: (row.profit * 0.6).toFixed(2),
      fees: "12.5", working_buy: k % 4 === 0 ? "120" : "0", working_sell: k % 5 === 0 ? "80" : "0" }));
  }

  orders() {
    return Array.from({ length: 64 }, (_, k) => ({ client: k === 3 ? null : ["maker", "momentum"][k % 2], account: "ACC1", strategy: "quotes", id: `o-${99_000 - k}`,
      symbol: this.symbols[k % this.symbols.length], side: k % 2 ? "sell" : "buy", quantity: String(100 + 10 * k), filled: k % 3 ? "0" : "40", price: k === 6 ? null : (150 + k / 10).toFixed(2),
      cancel_asked: k === 2 }));
  }

  risk() {
    const f = this.figures, names = this.symbols.slice(0, 16);
    const value = names.map((_, r) => names.map((_, c) => (r === c ? 1 : 0.75 * Math.cos((r * 7 + c * 7) / 9) * Math.cos((r - c) / 5))));
    const of = (list, kind) => list.map((name, k) => ({ [kind]: name, profit_today: f.profit_today / (k + 2), contribution: -0.001, realised: 0, unrealised: 0, gross: f.gross / (k + 2),
      net: (k % 3 ? 1 : -0.3) * f.gross / (k + 3), component_var: (k % 4 === 3 ? -0.2 : 1) * f.parametric_var / (k + 2) }));
    return { t: this.now(), age_ns: 41_000_000, took_ns: 900_000, seq: 1, why_not: null, confidence: 0.99, volatility: 0.091, equity: f.equity, drawdown: f.drawdown,
      var: { parametric: f.parametric_var, historical: f.historical_var, filtered: null }, es: { parametric: f.parametric_es, historical: f.historical_es, filtered: null },
      stress: { worst_loss: f.worst_loss, worst_scenario: "crash-2008", losses: [["crash-2008", 0.14], ["covid-2020", 0.12], ["rates +200bp", 0.05], ["oil shock", -0.02],
        ["tech rotation", 0.081], ["dollar squeeze", 0.013]].map(([scenario, share]) => ({ scenario, loss: share * f.gross })) },
      correlation: { symbols: names, value }, regime: { factor: 0.75, cause: "volatility", probability: 0.31, seen: "2026-11-20T21:00:00Z" },
      model: { version: "9f3a11d04c55e210", built: "2026-11-23T05:00:00Z", days: 1_000, from: "2022-11-20", to: "2026-11-20", symbols_lacking: 2, taken_over: 1, refused: 0, refusal: null },
      backtest: { sessions: 250, sessions_missed: 3, exceptions: { frozen: 5, actual: 4 }, kupiec: { value: 1.96, p_value: 0.16 },
        christoffersen_independence: { value: 0.2, p_value: 0.65 }, christoffersen_conditional_coverage: { value: 2.16, p_value: 0.34 }, basel_zone: "yellow",
        basel_multiplier: 3.4, var_of_this_session: 612_000 },
      sectors: of(sectors, "sector"), accounts: of(["ACC1", "ACC2"], "account"), strategies: of(["quotes", "momo", wicked], "strategy") };
  }

  sessions() {
    const random = random_of(99);
    return Array.from({ length: 250 }, (_, k) => {
      const date = new Date(Date.UTC(2025, 11, 1) + k * 86_400_000 * 1.4).toISOString().slice(0, 10);
      if (k % 83 === 40) return { date, confidence: null, var: null, frozen: null, actual: null };
      const risk = 480_000 + 120_000 * Math.sin(k / 30), shock = (random() + random() + random() - 1.5) * 0.9;
      const frozen = k % 50 === 20 ? -1.25 * risk : risk * shock;
      return { date, confidence: 0.99, var: risk, frozen, actual: frozen + 20_000 };
    });
  }

  first_alerts() {
    const alert = (id, severity, rule, text, minutes, count, acknowledged_by, escalated = false) =>
      ({ id, what: "on", severity, rule, text, t: this.now() - minutes * 60 * billion, count, acknowledged_by, escalated });
    return [alert(1, "critical", "breach", `momentum-gross is over its max: 1,236,501 of 1,050,000 (${wicked})`, 4, 3, null, true),
      alert(2, "warning", "stale_mark", "XOM has had no price for 12 s", 2, 1, null), alert(3, "info", "lease", "the lease ran out for 3 ms", 50, 1, "ada")];
  }

  state_message() {
    return { type: "state", t: this.now(), status: this.status(), controls: this.controls(), accounts: [
      { account: "ACC1", equity: (this.figures.equity * 0.6).toFixed(2), profit_today: (this.figures.profit_today * 0.3).toFixed(2), peak: "15300000" },
      { account: "ACC2", equity: (this.figures.equity * 0.4).toFixed(2), profit_today: (this.figures.profit_today * 0.7).toFixed(2), peak: "10200000" }],
      positions: this.positions(), states: this.state === "normal" ? [] : [{ on: { account: "ACC2" }, state: "reduce_only", cause: "momentum-gross" }], cancels: [], liquidations: [],
      orders: this.orders(), orders_count: 64, risk: this.risk(), sessions: this.sessions(), ladder: [
        { limit: "desk-loss-1", metric: "daily_loss", max: "150000", action: "reduce_only" }, { limit: "desk-loss-2", metric: "daily_loss", max: "250000", action: "halt" },
        { limit: "desk-drawdown", metric: "drawdown", max: 0.04, action: "scale", factor: 0.5 }],
      alerts: this.alerts, build: { version: "0.1.0", configuration: "5be0c7a9d1f40012", mode: "spin", lease_ms: 40 }, why_not: null };
  }

  series() {
    const random = random_of(5), now = Math.floor(Date.now() / 1000), t = [], equity = [], profit_today = [], drawdown = [], parametric_var = [];
    let profit = 20_000;
    for (let k = 6 * 3600; k > 0; k -= 5) {
      profit += (random() - 0.506) * 3_400;
      t.push(now - k);
      profit_today.push(k > 12_000 && k < 12_400 ? null : profit);
      equity.push(25_200_000 + profit);
      drawdown.push(1 - (25_200_000 + profit) / 25_400_000);
      parametric_var.push(this.value_at_risk * (1 + 0.1 * Math.sin(k / 2_000)));
    }
    const shift = this.figures.profit_today - profit;
    const lower = this.figures.drawdown - drawdown.at(-1);
    return { type: "series", step_s: 5, t, equity, profit_today: profit_today.map((value) => (value === null ? null : value + shift)), drawdown: drawdown.map((value) => value + lower), parametric_var };
  }

  refusal(more = {}) {
    this.refused += 1;
    const id = `m-${++this.seq}`, symbol = more.symbol ?? this.symbols[0];
    return { seq: this.seq, t: this.now(), type: "verdict", id, client: "momentum", decision: "rejected", quantity: "0", reason: "concentration", limit: "one-name",
      on: { account: "ACC2", symbol }, value: 0.239, max: 0.2, reference: "189.52", marked: this.now() - 4e6, ...more,
      asked: { type: "intent", client: "momentum", account: "ACC2", strategy: "momo", id, symbol, side: "buy", quantity: "1170", price: "189.5" } };
  }

  first_feed() {
    const at = (minutes, row) => ({ ...row, t: this.now() - minutes * 60 * billion });
    return [at(40, { seq: ++this.seq, type: "lease", lapses: 1 }), at(31, { seq: ++this.seq, type: "warning", limit: "momentum-gross", on: { account: "ACC2" }, metric: "gross", value: "851000", max: "1050000", action: "reduce_only" }),
      at(22, this.refusal({ symbol: wicked })), at(12, { seq: ++this.seq, type: "control", command: "override", limit: "desk-gross", max: "80000000", until: this.now(), operator: "ada", reason: "index rebalance" }),
      at(9, this.refusal({ decision: "resized", quantity: "977" })), ...Array.from({ length: 12 }, () => at(6, this.refusal({ reason: "order_rate", limit: "orders-a-second", on: { client: "momentum" }, value: 51, max: 50 }))),
      at(4, { seq: ++this.seq, type: "breach", limit: "momentum-gross", on: { account: "ACC2" }, metric: "gross", value: "1236500.5", max: "1050000", action: "reduce_only" }),
      at(3, this.refusal({ reason: "halted", limit: undefined, value: undefined, max: undefined })), at(1, { seq: ++this.seq, type: "cleared", limit: "desk-net", on: {}, metric: "net", value: "21000000", max: "40000000", action: "reject" })];
  }
}
