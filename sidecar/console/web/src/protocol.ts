// SPDX-License-Identifier: Apache-2.0
// What the console sends: the shapes of its messages, and how a binary frame is read.

export type Scope = Record<string, string>;

export interface Hello {
  instance: string;
  version: string;
  base_currency: string;
  symbols: string[];
  sectors_of: number[];
  sectors: string[];
  scalars: string[];
  columns: string[];
}

// Money and quantities come as text, counts and fractions as numbers; null is: not known.
export type Figure = string | number | null;

export interface Client {
  client: string;
  pid: number;
  acknowledged: boolean;
  checks?: number;
  p50_ns?: number | null;
  p99_ns?: number | null;
  max_ns?: number | null;
}

export interface LedgerPart {
  state: string;
  seq: number;
  lag: number;
  error: string;
}

export interface Status {
  instance: string;
  state: "normal" | "reduce_only" | "halted";
  cause: string;
  operator: string;
  reason: string;
  since: number;
  epoch: number;
  lease: { running: boolean; lapses: number };
  liquidation: { orders: number; untaken: number } | null;
  market: { factor: number; cause: string } | null;
  journal?: Record<string, unknown> | null;
  ledger: { pid: number | null; postgres: LedgerPart | null; redis: LedgerPart | null } | null;
  processes: Record<string, number>;
  clients: Client[];
}

export interface Control {
  limit: string;
  on: Scope;
  metric: string;
  value: Figure;
  max: Figure;
  age_ns: number | null;
  use?: number | null;
  why?: string;
  scaled?: { factor: number; cause: string };
}

export interface Account {
  account: string;
  equity: Figure;
  profit_today: Figure;
  peak: Figure;
}

export interface Position {
  account: string;
  symbol: string;
  strategy: string;
  position: Figure;
  average_cost: Figure;
  realised: Figure;
  unrealised: Figure;
  fees: Figure;
  working_buy: Figure;
  working_sell: Figure;
}

export interface Order {
  client: string | null;
  account: string;
  strategy: string;
  id: string;
  symbol: string;
  side: string;
  quantity: Figure;
  filled: Figure;
  price: Figure;
  cancel_asked?: boolean;
}

export interface Share {
  profit_today: number | null;
  gross: number | null;
  net: number | null;
  component_var: number | null;
  [kind: string]: string | number | null;
}

export interface TestResult {
  value: number;
  p_value: number;
}

export interface Risk {
  why_not: string | null;
  age_ns: number;
  confidence: number | null;
  volatility: number | null;
  var: Record<string, number | null>;
  es: Record<string, number | null>;
  stress: { worst_loss: number; worst_scenario: string | null; losses: { scenario: string; loss: number }[] } | null;
  correlation: { symbols: string[]; value: (number | null)[][] };
  regime: { factor: number; cause: string; probability?: number; seen?: string } | null;
  model: Record<string, string | number | null>;
  backtest: {
    sessions: number;
    sessions_missed: number;
    exceptions: { frozen: number; actual: number };
    kupiec: TestResult | null;
    christoffersen_independence: TestResult | null;
    christoffersen_conditional_coverage: TestResult | null;
    basel_zone: string;
    basel_multiplier: number | null;
    var_of_this_session: number | null;
  };
  sectors?: Share[];
  accounts?: Share[];
  strategies?: Share[];
}

export interface Session {
  date: string;
  confidence: number | null;
  var: number | null;
  frozen: number | null;
  actual: number | null;
}

export interface Step {
  limit: string;
  metric: "daily_loss" | "drawdown";
  on?: Scope;
  max: Figure;
  action: string;
  factor?: number | null;
}

export interface Alert {
  id: number | string;
  what: "on" | "over";
  severity: "info" | "warning" | "critical";
  rule: string;
  text: string;
  t: number;
  count: number;
  acknowledged_by: string | null;
  escalated: boolean;
}

export interface State {
  t: number;
  status: Status;
  controls: Control[];
  accounts: Account[];
  positions: Position[];
  states: { on: Scope; state: string; cause: string }[];
  cancels: Record<string, Figure>[];
  liquidations: Record<string, Figure>[];
  orders: Order[];
  orders_count: number;
  risk: Risk | null;
  sessions: Session[];
  ladder: Step[];
  alerts: Alert[];
  build: Record<string, string | number | null>;
  why_not: string | null;
}

export interface FeedRow {
  seq: number;
  t: number;
  type: string;
  [key: string]: unknown;
}

export interface Series {
  step_s: number;
  t: number[];
  equity: (number | null)[];
  profit_today: (number | null)[];
  drawdown: (number | null)[];
  parametric_var: (number | null)[];
}

export interface Frame {
  number: number;
  t_ms: number;
  scalars: Float64Array;
  symbols: Int32Array;
  columns: Float32Array[];
}

const magic = 0x31465742; // "BWF1"
const head_bytes = 16;

// Null where it is no frame. The arrays look into the buffer: nothing is copied.
export function read_frame(buffer: ArrayBuffer): Frame | null {
  if (buffer.byteLength < head_bytes + 16) return null;
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== magic) return null;
  const scalar_count = view.getUint32(4, true);
  const rows = view.getUint32(8, true);
  const column_count = view.getUint32(12, true);
  const scalars_at = head_bytes + 16;
  const symbols_at = scalars_at + 8 * scalar_count;
  const columns_at = symbols_at + 4 * (rows + (rows % 2));
  if (columns_at + 4 * rows * column_count > buffer.byteLength) return null;
  const columns: Float32Array[] = [];
  for (let k = 0; k < column_count; ++k) columns.push(new Float32Array(buffer, columns_at + 4 * rows * k, rows));
  return {
    number: view.getFloat64(head_bytes, true),
    t_ms: view.getFloat64(head_bytes + 8, true),
    scalars: new Float64Array(buffer, scalars_at, scalar_count),
    symbols: new Int32Array(buffer, symbols_at, rows),
    columns,
  };
}
