-- SPDX-License-Identifier: Apache-2.0
-- The auditor's questions. `bulwark audit` answers the same ones from the journal alone, in the same words.

-- All decisions on orders, with the numbers behind them: every limit that objected, the mark and the model in force.
CREATE VIEW bulwark.decisions AS
SELECT s.instance, v.*,
       (SELECT jsonb_agg(jsonb_build_object('limit_name', o.limit_name, 'metric', o.metric, 'scope', o.scope,
                                            'value', o.value, 'max', o.max) ORDER BY o.seq)
        FROM bulwark.objection o WHERE o.stream = v.stream AND o.event_seq = v.event_seq AND o.t = v.t) AS objections
FROM bulwark.verdict v JOIN bulwark.ship_state s USING (stream);

-- Who or what stopped trading, when and why, and when the next resume of that scope, or of everything, came. Limits stop
-- by a state, people by a command; a lease that ran out has nobody, and comes back by itself. The clients:
-- {"CLIENT": {"outcome": ..., "delay_ns": ...}}. Epochs begin anew with a new journal, and so does its stream.
CREATE VIEW bulwark.stops AS
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

-- All changes of limits, with both values and who wanted them. No operator: the file had changed before a start.
CREATE VIEW bulwark.limit_changes AS
SELECT s.instance, c.* FROM bulwark.limit_change c JOIN bulwark.ship_state s USING (stream)
WHERE NOT EXISTS (SELECT FROM bulwark.error e WHERE e.stream = c.stream AND e.event_seq = c.seq AND e.t = c.t);

-- Breaches by limit and day (UTC), and how many orders each limit objected to.
CREATE VIEW bulwark.breaches_by_day AS
WITH told AS (
  SELECT stream, (t AT TIME ZONE 'UTC')::date AS day, limit_name, type FROM bulwark.breach
  UNION ALL
  SELECT stream, (t AT TIME ZONE 'UTC')::date, limit_name, 'objection' FROM bulwark.objection
)
SELECT s.instance, day, limit_name,
       count(*) FILTER (WHERE type = 'warning') AS warnings,
       count(*) FILTER (WHERE type = 'breach') AS breaches,
       count(*) FILTER (WHERE type = 'objection') AS objections
FROM told JOIN bulwark.ship_state s USING (stream)
GROUP BY s.instance, day, limit_name;

-- That the record of a decision was not changed: its block is what its hash says, and is chained block by block to a head
-- that was anchored while the journal was written. `block_hash` is what `bulwark audit order` says of the local journal.
CREATE FUNCTION bulwark.proof(p_id text)
RETURNS TABLE (instance text, seq bigint, decided timestamptz, block_first bigint, block_last bigint, block_hash text,
               blocks bigint, unbroken boolean, head_seq bigint, head_hash text, anchored timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT s.instance, v.seq, v.t, b.first_seq, b.last_seq, encode(b.hash, 'hex'), chain.blocks,
         chain.unbroken AND chain.hash = h.hash, h.seq, encode(h.hash, 'hex'), h.t
  FROM bulwark.verdict v
  JOIN bulwark.ship_state s ON s.stream = v.stream
  JOIN LATERAL (SELECT * FROM bulwark.block x WHERE x.stream = v.stream AND x.first_seq <= v.seq
                ORDER BY x.first_seq DESC LIMIT 1) b ON b.last_seq >= v.seq
  LEFT JOIN LATERAL (SELECT * FROM bulwark.head x WHERE x.stream = v.stream AND x.seq >= b.last_seq
                       AND x.seq <= s.last_seq ORDER BY x.seq, x.t LIMIT 1) h ON true
  LEFT JOIN LATERAL (
    SELECT count(*) AS blocks, (array_agg(each.hash ORDER BY each.first_seq DESC))[1] AS hash,
           bool_and(each.hash = sha256(each.previous_hash || each.bytes)
                    AND each.previous_hash = coalesce(each.before, each.previous_hash)
                    AND each.first_seq = coalesce(each.last_before + 1, each.first_seq)) AS unbroken
    FROM (SELECT x.*, lag(x.hash) OVER w AS before, lag(x.last_seq) OVER w AS last_before
          FROM bulwark.block x WHERE x.stream = v.stream AND x.first_seq >= b.first_seq AND x.last_seq <= h.seq
          WINDOW w AS (ORDER BY x.first_seq)) AS each
  ) chain ON true
  WHERE v.id = p_id
  ORDER BY v.stream, v.seq;
END;

-- The same for everything of a stream: the first block that is not what it should be; none: the whole chain is unbroken
-- and ends where the stream stands.
CREATE FUNCTION bulwark.first_damage(p_stream integer)
RETURNS TABLE (first_seq bigint, what text) LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  WITH chain AS (
    SELECT x.first_seq, x.last_seq, x.previous_hash, x.hash, x.hash = sha256(x.previous_hash || x.bytes) AS whole,
           lag(x.hash) OVER w AS before, lag(x.last_seq) OVER w AS last_before
    FROM bulwark.block x WHERE x.stream = p_stream WINDOW w AS (ORDER BY x.first_seq)
  )
  SELECT c.first_seq, CASE WHEN NOT c.whole THEN 'the block is not what its hash says'
                           WHEN c.previous_hash <> c.before THEN 'it is not chained to the block before it'
                           ELSE 'records before it are missing' END
  FROM chain c, bulwark.ship_state s
  WHERE s.stream = p_stream
    AND (NOT c.whole OR c.previous_hash <> c.before OR c.first_seq <> coalesce(c.last_before, s.begun_after) + 1)
  UNION ALL
  SELECT s.last_seq + 1, 'the last blocks are missing' FROM bulwark.ship_state s
  WHERE s.stream = p_stream AND s.last_hash IS DISTINCT FROM (SELECT c.hash FROM chain c ORDER BY c.first_seq DESC LIMIT 1)
    AND s.last_seq > s.begun_after
  UNION ALL
  SELECT h.seq, 'another block was anchored here' FROM bulwark.head h JOIN chain c ON c.last_seq = h.seq
  WHERE h.stream = p_stream AND h.hash <> c.hash
  ORDER BY 1 LIMIT 1;
END;

GRANT SELECT ON bulwark.decisions, bulwark.stops, bulwark.limit_changes, bulwark.breaches_by_day TO bulwark_reader;
REVOKE ALL ON FUNCTION bulwark.proof, bulwark.first_damage FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bulwark.proof, bulwark.first_damage TO bulwark_reader, bulwark_writer;
