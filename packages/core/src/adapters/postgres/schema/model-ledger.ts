/** MODEL_LEDGER_TABLES hold what providers were paid: each call, the sums that budgets look at, and what was said where that is kept. */
export const MODEL_LEDGER_TABLES = `
	CREATE TABLE errand.model_calls (
		n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		id text COLLATE "C" NOT NULL UNIQUE,
		at bigint NOT NULL,
		person text COLLATE "C",
		task text COLLATE "C",
		step text COLLATE "C",
		purpose text COLLATE "C" NOT NULL,
		complexity text NOT NULL,
		provider text COLLATE "C" NOT NULL,
		model text COLLATE "C" NOT NULL,
		reason text NOT NULL,
		input_tokens bigint NOT NULL,
		cached_tokens bigint NOT NULL,
		output_tokens bigint NOT NULL,
		micro_usd double precision NOT NULL,
		ms double precision NOT NULL,
		first_ms double precision,
		outcome text NOT NULL,
		error text
	);
	CREATE INDEX model_calls_by_time ON errand.model_calls (at, n);
	CREATE INDEX model_calls_of_person ON errand.model_calls (person, at, n) WHERE person IS NOT NULL;
	CREATE INDEX model_calls_of_task ON errand.model_calls (task, at, n) WHERE task IS NOT NULL;

	CREATE TABLE errand.model_totals (
		day text COLLATE "C" NOT NULL,
		person text COLLATE "C" NOT NULL,
		micro_usd double precision NOT NULL,
		PRIMARY KEY (day, person)
	) WITH (fillfactor = 70);

	CREATE TABLE errand.model_transcripts (
		call text COLLATE "C" PRIMARY KEY,
		request text NOT NULL,
		reply text NOT NULL,
		until bigint NOT NULL
	);
	CREATE INDEX model_transcripts_by_end ON errand.model_transcripts (until);

	CREATE TABLE errand.model_forgotten (person text COLLATE "C" PRIMARY KEY, at bigint NOT NULL);
`;
