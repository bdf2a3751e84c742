/**
 * REGION_TABLE says which region drives this database, and under which epoch; it is empty where there is only one. What any other
 * epoch writes is refused in its own transaction, and so are the leases of its processes: they drive nothing. The lock makes
 * `adopt` wait for appends under way, and those after it see what it wrote.
 */
export const REGION_TABLE = `
CREATE TABLE errand.region (
	single boolean PRIMARY KEY DEFAULT true CHECK (single),
	name text NOT NULL,
	epoch bigint NOT NULL
);
CREATE FUNCTION errand.check_region() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	driving errand.region;
BEGIN
	PERFORM pg_advisory_xact_lock_shared(1165128295);
	SELECT r.* INTO driving FROM errand.region r;
	IF driving.epoch IS NOT NULL AND driving.epoch::text IS DISTINCT FROM nullif(current_setting('errand.epoch', true), '') THEN
		RAISE EXCEPTION 'region "%" drives it since epoch %', driving.name, driving.epoch USING ERRCODE = 'ERR01';
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER check_region BEFORE INSERT ON errand.appends FOR EACH STATEMENT EXECUTE FUNCTION errand.check_region();
CREATE TRIGGER check_region BEFORE INSERT OR UPDATE ON errand.processes FOR EACH STATEMENT EXECUTE FUNCTION errand.check_region();
`;
