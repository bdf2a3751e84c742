/** READ_FUNCTION gives the appends of a stream from the one that holds a fact on: it may begin before that fact, if it brought several. */
export const READ_FUNCTION = `
CREATE FUNCTION errand.read(stream_name text, from_seq bigint, max_appends bigint)
RETURNS TABLE (first_seq bigint, at bigint, types text, payload text)
LANGUAGE plpgsql STABLE ROWS 20 AS $$
#variable_conflict use_column
DECLARE
	known record;
	begins bigint;
BEGIN
	SELECT s.id, s.last_seq INTO known FROM errand.streams s WHERE s.name = stream_name;
	IF NOT FOUND OR known.last_seq < from_seq THEN RETURN; END IF;
	SELECT max(a.first_seq) INTO begins FROM errand.appends a WHERE a.stream = known.id AND a.first_seq <= from_seq;
	RETURN QUERY SELECT a.first_seq, a.at, a.types, a.payload FROM errand.appends a
		WHERE a.stream = known.id AND a.first_seq >= coalesce(begins, 0) ORDER BY a.first_seq LIMIT max_appends;
END
$$;
`;
