-- SPDX-License-Identifier: Apache-2.0
-- What the writer may do, and nothing else: begin a stream, ship blocks that continue its chain, add rows.

-- The stream of a journal, made where it is new. p_hash: what the first block that is still there calls the one before.
CREATE FUNCTION bulwark.open_stream(p_instance text, p_journal text, p_begun_after bigint, p_hash bytea)
RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  INSERT INTO bulwark.ship_state (instance, journal, begun_after, last_seq, last_hash)
  VALUES (p_instance, p_journal, p_begun_after, p_begun_after, p_hash)
  ON CONFLICT (journal) DO NOTHING;
  SELECT stream FROM bulwark.ship_state WHERE journal = p_journal;
END;

-- A batch of blocks. They must begin right behind what is here, be chained to it and to each other, and be what their
-- hashes say: then they are stored and the position moves, in the caller's transaction.
CREATE FUNCTION bulwark.ship(p_stream integer, p_first bigint[], p_last bigint[], p_t_us bigint[], p_previous bytea[],
                             p_hash bytea[], p_bytes bytea[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  at bulwark.ship_state;
  wrong bigint;
  batch_size integer := array_length(p_hash, 1);
BEGIN
  SELECT * INTO STRICT at FROM bulwark.ship_state WHERE stream = p_stream FOR UPDATE;
  SELECT each.first INTO wrong
  FROM (SELECT first, last, previous, hash, bytes,
               lag(last, 1, at.last_seq) OVER (ORDER BY n) AS last_before,
               lag(hash, 1, at.last_hash) OVER (ORDER BY n) AS hash_before, batch.n
        FROM unnest(p_first, p_last, p_previous, p_hash, p_bytes) WITH ORDINALITY
             AS batch (first, last, previous, hash, bytes, n)) AS each
  WHERE (first = last_before + 1 AND last >= first AND previous = hash_before AND hash = sha256(previous || bytes))
        IS NOT TRUE
  ORDER BY each.n LIMIT 1;
  IF FOUND OR batch_size IS NULL THEN
    RAISE EXCEPTION 'the block that begins with record % does not continue the chain, which is at record %',
      wrong, at.last_seq USING ERRCODE = 'BW001';
  END IF;
  INSERT INTO bulwark.block (stream, first_seq, last_seq, t, previous_hash, hash, bytes)
  SELECT p_stream, first, last, timestamptz 'epoch' + t_us * interval '1 microsecond', previous, hash, bytes
  FROM unnest(p_first, p_last, p_t_us, p_previous, p_hash, p_bytes)
       AS batch (first, last, t_us, previous, hash, bytes);
  UPDATE bulwark.ship_state SET last_seq = p_last[batch_size], last_hash = p_hash[batch_size], shipped_at = clock_timestamp()
  WHERE stream = p_stream;
END
$$;

-- The partitions of these days. Attached, rather than created in place: that waits for nobody who reads.
CREATE FUNCTION bulwark.make_partitions(p_from date, p_to date)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  parent text;
  day date;
  made integer := 0;
BEGIN
  FOR day IN SELECT generate_series(p_from, least(p_to, p_from + 400), interval '1 day') LOOP
    FOR parent IN SELECT relname FROM pg_class
                  WHERE relnamespace = 'bulwark'::regnamespace AND relkind = 'p' ORDER BY relname LOOP
      CONTINUE WHEN to_regclass(format('bulwark.%I', parent || to_char(day, '_YYYYMMDD'))) IS NOT NULL;
      EXECUTE format('CREATE TABLE bulwark.%I (LIKE bulwark.%I INCLUDING ALL)',
                     parent || to_char(day, '_YYYYMMDD'), parent);
      EXECUTE format('ALTER TABLE bulwark.%I ATTACH PARTITION bulwark.%I FOR VALUES FROM (%L) TO (%L)',
                     parent, parent || to_char(day, '_YYYYMMDD'),
                     day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
      made := made + 1;
    END LOOP;
  END LOOP;
  RETURN made;
END
$$;

REVOKE ALL ON FUNCTION bulwark.open_stream, bulwark.ship, bulwark.make_partitions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bulwark.open_stream, bulwark.ship, bulwark.make_partitions TO bulwark_writer;
GRANT SELECT ON ALL TABLES IN SCHEMA bulwark TO bulwark_writer, bulwark_reader;
GRANT INSERT ON bulwark.head, bulwark.verdict, bulwark.objection, bulwark.fill, bulwark.order_event, bulwark.error,
                bulwark.breach, bulwark.state, bulwark.stop, bulwark.client_stop, bulwark.limit_change,
                bulwark.configuration, bulwark.model_version, bulwark.alert, bulwark.remark TO bulwark_writer;
