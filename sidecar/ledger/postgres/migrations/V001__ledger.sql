-- SPDX-License-Identifier: Apache-2.0
-- The ledger: the journal's blocks, chained, and what they say as rows. One stream is one journal.
--
--   seq      number of the record in the journal: a row is found again in `bulwark journal`
--   t, t_ns  its time: what tables are partitioned by, and the nanoseconds that timestamptz cannot hold
--   stream   of which journal: bulwark.ship_state
--
-- Prices, quantities and money are numeric(38,8), the whole range of the engine (1e22 and 8 decimals) and exact; a value
-- that is a quotient (a share, a leverage) is a numeric of as many digits as the journal's double has. The tables of
-- orders, which grow by hundreds of thousands of rows a second, have no primary key: that each row is there once follows
-- from the position, which moves in the transaction that brings them; a key would double what loading them costs.

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bulwark_writer') THEN CREATE ROLE bulwark_writer NOLOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bulwark_reader') THEN CREATE ROLE bulwark_reader NOLOGIN; END IF;
END
$$;
GRANT USAGE ON SCHEMA bulwark TO bulwark_writer, bulwark_reader;

-- How far each journal has come: the progress is where the data is.
CREATE TABLE bulwark.ship_state (
  stream      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  instance    text NOT NULL,
  journal     text NOT NULL UNIQUE,     -- its id, 16 hexadecimal digits
  begun_after bigint NOT NULL,          -- the last record that was gone already when the ledger was begun; 0: none
  last_seq    bigint NOT NULL,
  last_hash   bytea NOT NULL CHECK (octet_length(last_hash) = 32),
  shipped_at  timestamptz NOT NULL DEFAULT now()
);

-- The journal itself: hash = sha256(previous_hash || bytes), and previous_hash is the hash of the block before.
CREATE TABLE bulwark.block (
  stream        integer NOT NULL REFERENCES bulwark.ship_state,
  first_seq     bigint NOT NULL,
  last_seq      bigint NOT NULL,
  t             timestamptz NOT NULL,   -- of its first record
  previous_hash bytea NOT NULL,
  hash          bytea NOT NULL,
  bytes         bytea COMPRESSION lz4 NOT NULL,
  PRIMARY KEY (stream, first_seq, t)
) PARTITION BY RANGE (t);

-- Where the journal stood, each second, shipped or not: a chain that was forged afterwards does not lead here.
CREATE TABLE bulwark.head (
  stream integer NOT NULL REFERENCES bulwark.ship_state,
  seq    bigint NOT NULL,
  hash   bytea NOT NULL,
  t      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (stream, t)
) PARTITION BY RANGE (t);

-- Orders and replaces, and the verdict on each. event_seq: the record of the event that this came of.
CREATE TABLE bulwark.verdict (
  stream integer NOT NULL, seq bigint NOT NULL, t timestamptz NOT NULL, t_ns bigint NOT NULL, event_seq bigint NOT NULL,
  type             text NOT NULL,       -- intent, replace
  id               text NOT NULL,       -- of a replace the new one
  orig_id          text,                -- of a replace: the order that it is about
  client           text,
  account          text,
  strategy         text,
  symbol           text,
  side             text,
  asked_quantity   numeric(38,8) NOT NULL,
  price            numeric(38,8),       -- null: market; of a replace: as before
  reduce_only      boolean,
  decision         text NOT NULL,
  allowed_quantity numeric(38,8) NOT NULL,
  reason           text,                -- the metric that objected, or a word of the contract
  limit_name       text,
  scope            jsonb,
  value            numeric,
  max              numeric,
  scaled           numeric(38,8),       -- to which share max had been scaled
  scaled_cause     text,
  reference        numeric(38,8),       -- of the symbol when it was judged; null: it had no mark
  mark_t_ns        bigint,              -- when that was told
  model            text,                -- version of the one in force: bulwark.model_version
  configuration    text                -- hash of the one in force: bulwark.configuration
) PARTITION BY RANGE (t);
-- A B-tree over the ids costs as much as the rows themselves. A bloom filter over each 16 pages costs next to nothing
-- while they are loaded, and finds an order among a day's millions in a moment. So for fills and other events, too.
CREATE INDEX verdict_id ON bulwark.verdict
  USING brin (id text_bloom_ops (n_distinct_per_range = -1)) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX verdict_seq ON bulwark.verdict USING brin (seq);

-- Every limit that objected to an order, in the order of the limits; the verdict names only the first.
CREATE TABLE bulwark.objection (
  stream integer NOT NULL, seq bigint NOT NULL, t timestamptz NOT NULL, t_ns bigint NOT NULL, event_seq bigint NOT NULL,
  limit_name text, metric text, scope jsonb, value numeric, max numeric
) PARTITION BY RANGE (t);
CREATE INDEX objection_event ON bulwark.objection (event_seq);
CREATE INDEX objection_seq ON bulwark.objection USING brin (seq);

CREATE TABLE bulwark.fill (
  stream integer NOT NULL, seq bigint NOT NULL, t timestamptz NOT NULL, t_ns bigint NOT NULL,
  id text NOT NULL, exec_id text NOT NULL, client text,
  account text, strategy text, symbol text, side text,   -- as the fill gave them: mostly the order says it
  quantity numeric(38,8) NOT NULL, price numeric(38,8) NOT NULL, fee numeric(38,8) NOT NULL
) PARTITION BY RANGE (t);
CREATE INDEX fill_id ON bulwark.fill
  USING brin (id text_bloom_ops (n_distinct_per_range = -1)) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX fill_seq ON bulwark.fill USING brin (seq);

-- What else happened to an order: ack, cancel, done, deliver (an order of a liquidation goes to a client); and what the
-- engine asked for: cancel_request, liquidation (these have an event_seq).
CREATE TABLE bulwark.order_event (
  stream integer NOT NULL, seq bigint NOT NULL, t timestamptz NOT NULL, t_ns bigint NOT NULL, event_seq bigint,
  type text NOT NULL, id text NOT NULL, client text,
  why text,                             -- of done; of cancel_request and liquidation the cause
  account text, symbol text, side text, quantity numeric(38,8), price numeric(38,8)
) PARTITION BY RANGE (t);
CREATE INDEX order_event_id ON bulwark.order_event
  USING brin (id text_bloom_ops (n_distinct_per_range = -1)) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX order_event_seq ON bulwark.order_event USING brin (seq);

-- Events that were refused whole: what they say above did not happen.
CREATE TABLE bulwark.error (
  stream integer NOT NULL, seq bigint NOT NULL, t timestamptz NOT NULL, t_ns bigint NOT NULL, event_seq bigint NOT NULL,
  type text NOT NULL, id text, message text NOT NULL,
  PRIMARY KEY (seq, stream, t)
) PARTITION BY RANGE (t);

CREATE TABLE bulwark.breach (
  stream integer NOT NULL, seq bigint NOT NULL, t timestamptz NOT NULL, t_ns bigint NOT NULL, event_seq bigint NOT NULL,
  type text NOT NULL,                   -- warning, breach, cleared
  limit_name text, scope jsonb, metric text, value numeric, max numeric, action text,
  PRIMARY KEY (seq, stream, t)
) PARTITION BY RANGE (t);

CREATE TABLE bulwark.state (
  stream integer NOT NULL, seq bigint NOT NULL, t timestamptz NOT NULL, t_ns bigint NOT NULL, event_seq bigint NOT NULL,
  scope jsonb NOT NULL, state text NOT NULL, cause text NOT NULL,
  PRIMARY KEY (seq, stream, t)
) PARTITION BY RANGE (t);

-- Who stopped trading and who let it go on: halt, reduce_only, liquidate, resume; and what stopped it without anybody:
-- lease (the permission ran out), start and end of a sidecar.
CREATE TABLE bulwark.stop (
  stream integer NOT NULL, seq bigint NOT NULL, t timestamptz NOT NULL, t_ns bigint NOT NULL,
  type text NOT NULL, scope jsonb, operator text, reason text,
  epoch bigint,                         -- of a halt that came by the kill page
  PRIMARY KEY (seq, stream, t)
) PARTITION BY RANGE (t);

-- Of each stop, each client that was attached: after how long it acknowledged. A client that was silent, and
-- acknowledged later, has both rows; the later one counts.
CREATE TABLE bulwark.client_stop (
  stream integer NOT NULL, seq bigint NOT NULL, t timestamptz NOT NULL, t_ns bigint NOT NULL,
  epoch    bigint NOT NULL,             -- of the stop: bulwark.stop
  client   text NOT NULL,
  outcome  text NOT NULL,               -- acknowledged, silent (so far), gone (it ended, or was killed, without)
  delay_ns bigint,                      -- from the stop to the acknowledgement
  PRIMARY KEY (seq, stream, t)
) PARTITION BY RANGE (t);

-- Limits with both values, whether by another configuration or by an override.
CREATE TABLE bulwark.limit_change (
  stream integer NOT NULL, seq bigint NOT NULL, t timestamptz NOT NULL, t_ns bigint NOT NULL,
  n integer NOT NULL,                   -- one configuration changes many
  type text NOT NULL,                   -- configuration, override
  limit_name text NOT NULL, scope jsonb,
  key text NOT NULL,                    -- max, warn, action ... of the limit
  old_value text, new_value text,       -- null: there was none, there is none
  until timestamptz,
  operator text, reason text,
  PRIMARY KEY (seq, stream, n, t)
) PARTITION BY RANGE (t);

CREATE TABLE bulwark.configuration (
  stream integer NOT NULL, seq bigint NOT NULL, t timestamptz NOT NULL, t_ns bigint NOT NULL,
  hash text NOT NULL,
  text text COMPRESSION lz4 NOT NULL,   -- everything that the decisions from here on rest on
  PRIMARY KEY (seq, stream, t)
) PARTITION BY RANGE (t);

CREATE TABLE bulwark.model_version (
  stream integer NOT NULL, seq bigint NOT NULL, t timestamptz NOT NULL, t_ns bigint NOT NULL,
  version text NOT NULL, configuration text NOT NULL,
  confidence numeric(38,8) NOT NULL, symbols integer NOT NULL, factors integer NOT NULL, scenarios integer NOT NULL,
  PRIMARY KEY (seq, stream, t)
) PARTITION BY RANGE (t);

-- What somebody should look at: warnings that are about no limit, the market's scale, what the ledger itself has to say
-- (source ledger; then seq is the last record that was shipped).
CREATE TABLE bulwark.alert (
  stream integer NOT NULL, seq bigint NOT NULL, t timestamptz NOT NULL, t_ns bigint NOT NULL,
  source text NOT NULL, message text NOT NULL,
  PRIMARY KEY (seq, stream, source, t)
) PARTITION BY RANGE (t);

-- A person's wish and reason, where no event has a place for them.
CREATE TABLE bulwark.remark (
  stream integer NOT NULL, seq bigint NOT NULL, t timestamptz NOT NULL, t_ns bigint NOT NULL,
  operator text NOT NULL, message text NOT NULL,
  PRIMARY KEY (seq, stream, t)
) PARTITION BY RANGE (t);
