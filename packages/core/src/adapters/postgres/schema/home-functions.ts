/**
 * HOME_FUNCTIONS let processes share the driving of streams, by the server's clock. `errand.beat` renews a process's lease and tells
 * what it must know: whether others may have taken over meanwhile, who lives, whose streams may be adopted, and whether something was
 * appended for it by others.
 *
 * A dead process's streams are adopted only by one whose own lease has been unbroken for longer than a lease: after an
 * outage of the server everybody can say first that they live.
 */
export const HOME_FUNCTIONS = beatFunction(
	'CREATE FUNCTION',
	'least(p.alive_until, now) > greatest(mine.alive_until, p.since + lease)',
);

/** beatFunction is `errand.beat` with one way to tell that another process could adopt from this one while its lease was over. */
export function beatFunction(create: string, couldAdopt: string): string {
	return `
${create} errand.beat(me text, my_offers text[], lease interval, known boolean)
RETURNS TABLE (lapsed boolean, living jsonb, orphaned text[], nudged boolean)
LANGUAGE plpgsql AS $$
DECLARE
	now timestamptz := clock_timestamp();
	mine errand.processes;
	unbroken boolean;
BEGIN
	SELECT p.* INTO mine FROM errand.processes p WHERE p.self = me FOR UPDATE;
	IF NOT FOUND THEN
		lapsed := known;
		INSERT INTO errand.processes (self, offers, since, alive_until) VALUES (me, my_offers, now, now + lease)
		ON CONFLICT (self) DO UPDATE SET offers = my_offers, alive_until = now + lease;
		unbroken := false;
	ELSIF mine.alive_until < now THEN
		-- Somebody could adopt from me only if they had lived for longer than a lease after mine was over.
		lapsed := known AND EXISTS (
			SELECT FROM errand.processes p
			WHERE p.self <> me AND ${couldAdopt});
		UPDATE errand.processes p SET offers = my_offers, since = now, alive_until = now + lease WHERE p.self = me;
		unbroken := false;
	ELSE
		lapsed := false;
		UPDATE errand.processes p SET offers = my_offers, alive_until = now + lease WHERE p.self = me;
		unbroken := mine.since + lease < now;
	END IF;

	SELECT coalesce(jsonb_agg(jsonb_build_object('self', p.self, 'offers', p.offers) ORDER BY p.self), '[]') INTO living
	FROM errand.processes p WHERE p.alive_until > now;

	-- The homes of open streams are few: each is found by one step in the index.
	WITH RECURSIVE homes(home) AS (
		(SELECT s.home FROM errand.streams s WHERE s.open ORDER BY s.home LIMIT 1)
		UNION ALL
		SELECT (SELECT s.home FROM errand.streams s WHERE s.open AND s.home > h.home ORDER BY s.home LIMIT 1)
		FROM homes h WHERE h.home IS NOT NULL
	)
	SELECT coalesce(array_agg(h.home), '{}') INTO orphaned
	FROM homes h LEFT JOIN errand.processes p ON p.self = h.home
	WHERE h.home IS NOT NULL AND (p.self IS NULL OR p.alive_until < now)
		AND (unbroken OR h.home = '' OR p.alive_until = '-infinity');

	nudged := EXISTS (SELECT FROM errand.nudges n WHERE n.home = me);
	RETURN NEXT;
END
$$;
`;
}
