/**
 * What is remembered of people, to be found again: a cache of history, which a crash of the server may empty. Vectors stand apart, so that a search by
 * meaning reads nothing else.
 */
export const MEMORY_TABLES = `
CREATE UNLOGGED TABLE errand.memories (
	person text NOT NULL,
	id text NOT NULL,
	kind text NOT NULL,
	text text NOT NULL,
	source text,
	origins text NOT NULL,
	at bigint NOT NULL,
	words tsvector NOT NULL,
	PRIMARY KEY (person, id)
);
CREATE INDEX memories_words ON errand.memories USING gin (words);
CREATE UNLOGGED TABLE errand.memory_vectors (
	person text NOT NULL,
	embedder text NOT NULL,
	id text NOT NULL,
	kind text NOT NULL,
	vector bytea NOT NULL,
	PRIMARY KEY (person, embedder, id)
);
CREATE UNLOGGED TABLE errand.memory_standings (person text PRIMARY KEY, through bigint NOT NULL, embedder text NOT NULL);
`;
