-- SPDX-License-Identifier: Apache-2.0
-- How long each client took to stop, and what looking an order up costs those who load.

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
GRANT SELECT ON bulwark.client_stop TO bulwark_writer, bulwark_reader;
GRANT INSERT ON bulwark.client_stop TO bulwark_writer;

-- As in V003, and with the clients: {"CLIENT": {"outcome": ..., "delay_ns": ...}}. Epochs begin anew with a new journal.
CREATE OR REPLACE VIEW bulwark.stops AS
WITH done AS (
  SELECT p.* FROM bulwark.stop p
  WHERE NOT EXISTS (SELECT FROM bulwark.error e WHERE e.stream = p.stream AND e.event_seq = p.seq AND e.t = p.t)
), stopped AS (
  SELECT stream, seq, t, t_ns, type, scope, operator, reason, epoch FROM done
  WHERE type IN ('halt', 'reduce_only', 'liquidate', 'lease')
  UNION ALL
  SELECT b.stream, b.seq, b.t, b.t_ns, b.state, b.scope, NULL, 'limit ' || b.cause, NULL FROM bulwark.state b
  WHERE b.state <> 'normal'
    AND NOT EXISTS (SELECT FROM done d WHERE d.stream = b.stream AND d.seq = b.event_seq AND d.t = b.t)
)
SELECT s.instance, x.*,
       (SELECT min(r.t) FROM done r WHERE r.stream = x.stream AND r.type = 'resume' AND r.seq > x.seq AND r.t >= x.t
                                     AND x.scope @> r.scope) AS resumed,
       (SELECT jsonb_object_agg(c.client, jsonb_build_object('outcome', c.outcome, 'delay_ns', c.delay_ns) ORDER BY c.seq)
        FROM bulwark.client_stop c WHERE c.stream = x.stream AND c.epoch = x.epoch) AS clients
FROM stopped x JOIN bulwark.ship_state s USING (stream);

-- A B-tree over the ids costs as much as the rows themselves. A bloom filter over each 16 pages costs next to nothing
-- while they are loaded, and finds an order among a day's millions in a moment.
DROP INDEX bulwark.verdict_id, bulwark.fill_id, bulwark.order_event_id;
CREATE INDEX verdict_id ON bulwark.verdict
  USING brin (id text_bloom_ops (n_distinct_per_range = -1)) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX fill_id ON bulwark.fill
  USING brin (id text_bloom_ops (n_distinct_per_range = -1)) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX order_event_id ON bulwark.order_event
  USING brin (id text_bloom_ops (n_distinct_per_range = -1)) WITH (pages_per_range = 16, autosummarize = on);
