/**
 * APPEND_FUNCTION judges and writes a batch of appends in the order of the calls, in one round trip. Streams are locked by name and then
 * keys by their hash, always in that order, so that two batches wait for each other only one way.
 *
 * `names` are the distinct streams of the batch in byte order, and `slots` says which of them each append goes to; no key
 * occurs twice. An append is known by the hash of its salted payload: one that was written already, because the answer to
 * it was lost, is answered as it was.
 *
 * Planning each statement anew took three times as long as running all of them, so plans are kept; they are made while the
 * tables are empty, and must use the indexes all the same.
 */
export const APPEND_FUNCTION = `
CREATE FUNCTION errand.append(
	me text, names text[],
	slots int[], expected bigint[], ats bigint[], counts int[], types text[], hashes text[], payloads text[],
	keys text[], wanted text[], indexed boolean[], persons text[], dues bigint[], summaries text[], gave_up boolean[]
) RETURNS TABLE (outcome text, stream text, seq bigint, at bigint, home text)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_variable
DECLARE
	n int := cardinality(slots);
	m int := cardinality(names);
	ids bigint[]; lasts bigint[]; last_ats bigint[]; chains bytea[]; homes text[]; opens boolean[];
	living text[];
	changed boolean[] := array_fill(false, ARRAY[m]);
	last_index int[] := array_fill(0, ARRAY[m]);
	key_streams bigint[]; key_names text[]; key_seqs bigint[];
	outcomes text[] := array_fill(NULL::text, ARRAY[n]);
	out_streams text[] := array_fill(NULL::text, ARRAY[n]);
	out_seqs bigint[] := array_fill(NULL::bigint, ARRAY[n]);
	out_ats bigint[] := array_fill(NULL::bigint, ARRAY[n]);
	out_homes text[] := array_fill(NULL::text, ARRAY[n]);
	new_chains bytea[] := array_fill(NULL::bytea, ARRAY[n]);
	with_keys boolean := num_nonnulls(VARIADIC keys) > 0;
	written int := 0; created int; slot int; known record; want text; told boolean := false;
BEGIN
	FOR attempt IN 1..3 LOOP
		SELECT array_agg(l.id ORDER BY u.ord), array_agg(l.last_seq ORDER BY u.ord), array_agg(l.last_at ORDER BY u.ord),
			array_agg(l.chain ORDER BY u.ord), array_agg(l.home ORDER BY u.ord), array_agg(l.open ORDER BY u.ord)
		INTO ids, lasts, last_ats, chains, homes, opens
		FROM unnest(names) WITH ORDINALITY u(name, ord)
		LEFT JOIN (
			SELECT s.id, s.name, s.last_seq, s.last_at, s.chain, s.home, s.open FROM errand.streams s
			WHERE s.name = ANY (names) ORDER BY s.name FOR UPDATE
		) l ON l.name = u.name;

		IF with_keys AND attempt = 1 THEN
			PERFORM pg_advisory_xact_lock(h) FROM (
				SELECT DISTINCT hashtextextended(k, 4711) AS h FROM unnest(keys) k WHERE k IS NOT NULL ORDER BY 1
			) locks;
			SELECT array_agg(k.stream ORDER BY u.ord), array_agg(s.name ORDER BY u.ord), array_agg(k.first_seq ORDER BY u.ord)
			INTO key_streams, key_names, key_seqs
			FROM unnest(keys) WITH ORDINALITY u(key, ord)
			LEFT JOIN errand.idempotency_keys k ON k.key = u.key
			LEFT JOIN errand.streams s ON s.id = k.stream;
		END IF;

		EXIT WHEN num_nulls(VARIADIC ids) = 0;
		INSERT INTO errand.streams (name, chain, home, person, due_at, summary, gave_up)
		SELECT DISTINCT ON (name) names[u.slot] AS name, ''::bytea, '',
			persons[u.ord], dues[u.ord], summaries[u.ord], coalesce(gave_up[u.ord], false)
		FROM unnest(slots, expected) WITH ORDINALITY u(slot, expected, ord)
		WHERE ids[u.slot] IS NULL AND u.expected = 0 AND (NOT with_keys OR key_streams[u.ord] IS NULL)
		ORDER BY name, u.ord
		ON CONFLICT DO NOTHING;
		GET DIAGNOSTICS created = ROW_COUNT;
		EXIT WHEN created = 0 AND attempt > 1;
		-- Nothing can begin here: every append to a stream that is not there is a conflict.
		EXIT WHEN created = 0 AND NOT EXISTS (
			SELECT FROM unnest(slots, expected) WITH ORDINALITY u(slot, expected, ord)
			WHERE ids[u.slot] IS NULL AND u.expected = 0 AND (NOT with_keys OR key_streams[u.ord] IS NULL)
		);
	END LOOP;

	FOR i IN 1..n LOOP
		slot := slots[i];
		IF with_keys AND key_streams[i] IS NOT NULL OR expected[i] IS DISTINCT FROM lasts[slot] AND expected[i] < lasts[slot] THEN
			SELECT a.at INTO known FROM errand.appends a
			WHERE a.stream = ids[slot] AND a.first_seq = expected[i] + 1 AND a.payload_hash = hashes[i];
			IF FOUND THEN
				outcomes[i] := 'appended'; out_seqs[i] := expected[i] + 1; out_ats[i] := known.at;
				out_homes[i] := nullif(homes[slot], me);
				CONTINUE;
			END IF;
		END IF;
		IF with_keys AND key_streams[i] IS NOT NULL THEN
			outcomes[i] := 'duplicate'; out_streams[i] := key_names[i]; out_seqs[i] := key_seqs[i];
			CONTINUE;
		END IF;
		IF expected[i] IS DISTINCT FROM lasts[slot] THEN
			outcomes[i] := 'conflict'; out_seqs[i] := coalesce(lasts[slot], 0);
			IF ids[slot] IS NULL AND expected[i] = 0 THEN
				RAISE EXCEPTION 'the stream % was created and removed meanwhile', names[slot] USING ERRCODE = '40001';
			END IF;
			CONTINUE;
		END IF;

		-- Whoever drives a stream that owes work goes on; one that owes nothing is driven by whoever appends to it.
		want := coalesce(wanted[i], CASE WHEN opens[slot] AND lasts[slot] > 0 AND homes[slot] <> '' THEN homes[slot] ELSE me END);
		IF want <> me THEN
			IF living IS NULL THEN
				SELECT coalesce(array_agg(p.self), '{}') INTO living FROM errand.processes p WHERE p.alive_until > clock_timestamp();
			END IF;
			IF NOT want = ANY (living) THEN
				want := CASE WHEN homes[slot] = ANY (living) AND opens[slot] THEN homes[slot] ELSE me END;
			END IF;
			told := true;
		END IF;
		homes[slot] := want;

		outcomes[i] := 'written';
		out_seqs[i] := expected[i] + 1;
		lasts[slot] := expected[i] + counts[i];
		last_ats[slot] := greatest(ats[i], last_ats[slot]);
		out_ats[i] := last_ats[slot];
		out_homes[i] := nullif(want, me);
		chains[slot] := sha256(convert_to(
			CASE WHEN expected[i] = 0 THEN repeat('0', 64) ELSE encode(chains[slot], 'hex') END || E'\\n' || out_seqs[i] || ' ' || lasts[slot]
			|| ' ' || out_ats[i] || ' ' || hashes[i] || ' ' || names[slot] || E'\\n' || types[i] || E'\\n', 'UTF8'));
		new_chains[i] := chains[slot];
		IF indexed[i] THEN
			last_index[slot] := i;
			opens[slot] := dues[i] IS NOT NULL;
		END IF;
		changed[slot] := true;
		written := written + 1;
	END LOOP;

	IF written > 0 THEN
		INSERT INTO errand.appends (stream, first_seq, last_seq, at, types, payload_hash, chain, payload)
		SELECT ids[u.slot], u.seq, u.seq + u.count - 1, u.at, u.types, u.hash, u.chain, u.payload
		FROM unnest(slots, outcomes, out_seqs, counts, out_ats, types, hashes, new_chains, payloads)
			u(slot, outcome, seq, count, at, types, hash, chain, payload)
		WHERE u.outcome = 'written';

		UPDATE errand.streams s
		SET last_seq = u.last_seq, last_at = u.last_at, chain = u.chain, home = u.home,
			person = CASE WHEN u.i > 0 THEN persons[u.i] ELSE s.person END,
			due_at = CASE WHEN u.i > 0 THEN dues[u.i] ELSE s.due_at END,
			summary = CASE WHEN u.i > 0 THEN summaries[u.i] ELSE s.summary END,
			gave_up = CASE WHEN u.i > 0 THEN gave_up[u.i] ELSE s.gave_up END
		FROM unnest(ids, lasts, last_ats, chains, homes, last_index, changed) u(id, last_seq, last_at, chain, home, i, changed)
		WHERE s.id = u.id AND u.changed;

		INSERT INTO errand.unsealed (streams, appends)
		SELECT array_agg(u.id), written FROM unnest(ids, changed) u(id, changed) WHERE u.changed;

		IF with_keys THEN
			INSERT INTO errand.idempotency_keys (key, stream, first_seq)
			SELECT u.key, ids[u.slot], u.seq FROM unnest(keys, slots, outcomes, out_seqs) u(key, slot, outcome, seq)
			WHERE u.outcome = 'written' AND u.key IS NOT NULL;
		END IF;
		IF told THEN
			INSERT INTO errand.nudges (home, stream, at)
			SELECT DISTINCT u.home, ids[u.slot], clock_timestamp() FROM unnest(slots, outcomes, out_homes) u(slot, outcome, home)
			WHERE u.outcome = 'written' AND u.home IS NOT NULL;
		END IF;
	END IF;
	IF created > 0 AND written < n THEN
		DELETE FROM errand.streams s USING unnest(ids, lasts) u(id, last_seq) WHERE s.id = u.id AND u.last_seq = 0;
	END IF;
	RETURN QUERY SELECT CASE WHEN u.outcome = 'written' THEN 'appended' ELSE u.outcome END, u.stream, u.seq, u.at, u.home
		FROM unnest(outcomes, out_streams, out_seqs, out_ats, out_homes) u(outcome, stream, seq, at, home);
END
$$;
`;
