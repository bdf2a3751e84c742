/** APPEND_PARTITIONS is into how many parts the appends are divided, by their stream; each may have a disk of its own. */
const APPEND_PARTITIONS = 16;

const partitions = Array.from(
	{ length: APPEND_PARTITIONS },
	(_, part) => `
	CREATE TABLE errand.appends_${part} PARTITION OF errand.appends
		FOR VALUES WITH (MODULUS ${APPEND_PARTITIONS}, REMAINDER ${part});`,
).join('');

/**
 * TABLES are history and what stands beside it. An append is one row, whatever the number of its facts; `payload` is its
 * salt and then the JSON of the facts' data, and NULL once erased; `chain` is a hash over all appends of the stream up to this one.
 *
 * The flags of `streams` are columns of their own because an update of a column that stands in an index, or in its
 * condition, costs an entry in every index. Names compare by bytes. What can be lost is unlogged: who is
 * alive says so again within a moment, and snapshots are only copies.
 */
export const TABLES = `
	CREATE TABLE errand.streams (
		id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		name text COLLATE "C" NOT NULL UNIQUE,
		kind text COLLATE "C" NOT NULL GENERATED ALWAYS AS (split_part(name, '-', 1)) STORED,
		last_seq bigint NOT NULL DEFAULT 0,
		last_at bigint NOT NULL DEFAULT 0,
		chain bytea NOT NULL,
		home text COLLATE "C" NOT NULL,
		person text COLLATE "C",
		due_at bigint,
		open boolean NOT NULL GENERATED ALWAYS AS (due_at IS NOT NULL) STORED,
		summary text,
		listed boolean NOT NULL GENERATED ALWAYS AS (summary IS NOT NULL) STORED,
		gave_up boolean NOT NULL DEFAULT false
	) WITH (fillfactor = 80);
	CREATE INDEX open_streams ON errand.streams (name) WHERE open;
	CREATE INDEX open_streams_of_home ON errand.streams (home, name) WHERE open;
	CREATE INDEX streams_of_kind ON errand.streams (kind, id) WHERE listed;
	CREATE INDEX streams_of_person ON errand.streams (person, kind, id) WHERE person IS NOT NULL;
	CREATE INDEX dead_letters ON errand.streams (id) WHERE gave_up;

	CREATE TABLE errand.appends (
		stream bigint NOT NULL,
		first_seq bigint NOT NULL,
		last_seq bigint NOT NULL,
		at bigint NOT NULL,
		types text NOT NULL,
		payload_hash text NOT NULL,
		chain bytea NOT NULL,
		payload text,
		PRIMARY KEY (stream, first_seq)
	) PARTITION BY HASH (stream);
	${partitions}

	CREATE TABLE errand.idempotency_keys (
		key text COLLATE "C" PRIMARY KEY,
		stream bigint NOT NULL,
		first_seq bigint NOT NULL
	);
	CREATE INDEX keys_of_stream ON errand.idempotency_keys (stream, first_seq);

	CREATE TABLE errand.unsealed (
		id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		streams bigint[] NOT NULL,
		appends bigint NOT NULL
	) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
	CREATE TABLE errand.seals (
		number bigint PRIMARY KEY,
		appends bigint NOT NULL,
		hash text NOT NULL,
		signature text NOT NULL
	);
	CREATE TABLE errand.sealed_streams (
		seal bigint NOT NULL,
		stream bigint NOT NULL,
		last_seq bigint NOT NULL,
		chain bytea NOT NULL,
		PRIMARY KEY (seal, stream)
	);
	CREATE INDEX seals_of_stream ON errand.sealed_streams (stream, seal);

	CREATE UNLOGGED TABLE errand.processes (
		self text COLLATE "C" PRIMARY KEY,
		offers text[] NOT NULL,
		since timestamptz NOT NULL,
		alive_until timestamptz NOT NULL
	) WITH (fillfactor = 50);
	CREATE TABLE errand.nudges (
		id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		home text COLLATE "C" NOT NULL,
		stream bigint NOT NULL,
		at timestamptz NOT NULL
	) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

	CREATE UNLOGGED TABLE errand.snapshots (
		stream text COLLATE "C" PRIMARY KEY,
		version text NOT NULL,
		seq bigint NOT NULL,
		state text NOT NULL
	);
	CREATE TABLE errand.secrets (name text COLLATE "C" PRIMARY KEY, sealed bytea NOT NULL);
	CREATE TABLE errand.notes (name text COLLATE "C" PRIMARY KEY, text text NOT NULL);
	CREATE TABLE errand.room_probe (filler text NOT NULL);
`;
