import { asPersonId, asStepId, asTaskId, type PersonId } from '../../domain/ids.ts';
import type {
	CallsQuery,
	ModelCall,
	ModelTranscript,
	Spending,
	SpendingBy,
	SpendingQuery,
	SumsQuery,
} from '../../ports/model-ledger.ts';
import type { LedgerEntry, TranscriptQuery } from '../ledger/ledger-entry.ts';
import { DAY_MS, utcDay, wholeDays } from '../ledger/utc-days.ts';
import type { PostgresLine } from './postgres-line.ts';
import { storableJson } from './storable-text.ts';

/** ModelLedgerRows are the statements over the tables of the book of models. Each may run twice and does the same then. */
export class ModelLedgerRows {
	readonly #line: Pick<PostgresLine, 'query' | 'transaction'>;

	constructor(line: Pick<PostgresLine, 'query' | 'transaction'>) {
		this.#line = line;
	}

	async add(entries: readonly LedgerEntry[]): Promise<void> {
		await this.#line.query('write what models cost', {
			name: 'model-calls',
			text: ADD_CALLS,
			// One such word of a model must not keep all others from being written.
			values: [storableJson(entries.map((entry, nth) => rowOf(entry, nth)))],
		});
	}

	/** What each person spent on one day; without a person, what nobody is charged with. */
	async totalsOf(at: number): Promise<readonly Pick<ModelCall, 'at' | 'person' | 'microUsd'>[]> {
		const rows = await this.#line.query<{ person: string; spent: number }>('read what models cost today', {
			name: 'model-totals',
			text: 'SELECT person, micro_usd AS spent FROM errand.model_totals WHERE day = $1',
			values: [utcDay(at)],
		});
		return rows.map(({ person, spent }) => ({
			at,
			person: person === '' ? undefined : asPersonId(person),
			microUsd: spent,
		}));
	}

	async sums(query: SumsQuery): Promise<readonly Spending[]> {
		const { sql, values } = where(query);
		return this.#line.query<Spending & Record<string, unknown>>('add up what models cost', {
			text: `
				SELECT ${KEYS[query.by]} AS key, count(*) AS calls, sum(input_tokens)::bigint AS "inputTokens",
					sum(cached_tokens)::bigint AS "cachedTokens", sum(output_tokens)::bigint AS "outputTokens",
					sum(micro_usd) AS "microUsd"
				FROM errand.model_calls WHERE ${sql}
				GROUP BY 1 ORDER BY ${query.by === 'day' ? '1' : '6 DESC, 2 DESC, 1'}`,
			values,
		});
	}

	async spent(query: SpendingQuery, now: number): Promise<number> {
		if (query.taskId !== undefined) return this.#sumOfCalls(query);
		const { days, edges } = wholeDays(query, now);
		const sums = await Promise.all([
			...(days === undefined ? [] : [this.#sumOfDays(days, query.person)]),
			...edges.map((edge) => this.#sumOfCalls({ ...query, ...edge })),
		]);
		return sums.reduce((sum, one) => sum + one, 0);
	}

	async calls(query: CallsQuery): Promise<readonly ModelCall[]> {
		const { sql, values } = where(query);
		const { before, limit } = query;
		const earlier =
			before === undefined
				? ''
				: `AND (at, n) < (SELECT at, n FROM errand.model_calls WHERE id = $${values.length + 2})`;
		const rows = await this.#line.query<CallRow>('read calls of models', {
			text: `
				SELECT * FROM errand.model_calls WHERE ${sql} ${earlier}
				ORDER BY at DESC, n DESC LIMIT $${values.length + 1}`,
			values: [...values, limit, ...(before === undefined ? [] : [before])],
		});
		return rows.map(callOf);
	}

	async transcript({ call, person, now }: TranscriptQuery): Promise<ModelTranscript | undefined> {
		const [row] = await this.#line.query<ModelTranscript & Record<string, unknown>>('read what a model was told', {
			text: `
				SELECT request, reply, until FROM errand.model_transcripts JOIN errand.model_calls ON id = call
				WHERE call = $1 AND until > $2 AND ($3::text IS NULL OR person = $3)`,
			values: [call, now, person ?? null],
		});
		return row;
	}

	/** Also what another process is about to write. */
	async erase(person: PersonId, at: number): Promise<void> {
		await this.#line.transaction('forget whose calls of models they were', async (client) => {
			await client.query(
				`INSERT INTO errand.model_forgotten (person, at) VALUES ($1, $2)
				ON CONFLICT (person) DO UPDATE SET at = greatest(model_forgotten.at, excluded.at)`,
				[person, at],
			);
			await client.query(
				'DELETE FROM errand.model_transcripts WHERE call IN (SELECT id FROM errand.model_calls WHERE person = $1)',
				[person],
			);
			await client.query('UPDATE errand.model_calls SET person = NULL WHERE person = $1', [person]);
			await client.query(
				`WITH gone AS (DELETE FROM errand.model_totals WHERE person = $1 RETURNING day, micro_usd)
				INSERT INTO errand.model_totals (day, person, micro_usd) SELECT day, '', micro_usd FROM gone ORDER BY day
				ON CONFLICT (day, person) DO UPDATE SET micro_usd = model_totals.micro_usd + excluded.micro_usd`,
				[person],
			);
		});
	}

	/** Deletes transcripts whose time is over. */
	async tidy(now: number): Promise<void> {
		await this.#line.query('delete old transcripts of models', {
			text: 'DELETE FROM errand.model_transcripts WHERE until <= $1',
			values: [now],
		});
		await this.#line.query('delete what nobody asks for', {
			text: 'DELETE FROM errand.model_forgotten WHERE at < $1',
			values: [now - DAY_MS],
		});
	}

	async #sumOfDays({ from, to }: { from: number; to: number }, person: PersonId | undefined): Promise<number> {
		const [row] = await this.#line.query<{ spent: number | null }>('add up what models cost', {
			text: `SELECT sum(micro_usd) AS spent FROM errand.model_totals
				WHERE day >= $1 AND day < $2 ${person === undefined ? '' : 'AND person = $3'}`,
			values: [utcDay(from), utcDay(to), ...(person === undefined ? [] : [person])],
		});
		return row?.spent ?? 0;
	}

	async #sumOfCalls(query: SpendingQuery): Promise<number> {
		const { sql, values } = where(query);
		const [row] = await this.#line.query<{ spent: number | null }>('add up what models cost', {
			text: `SELECT sum(micro_usd) AS spent FROM errand.model_calls WHERE ${sql}`,
			values,
		});
		return row?.spent ?? 0;
	}
}

/** A call that is there already is not counted again. Rows of sums are locked in one order, whoever writes at the same time. */
const ADD_CALLS = `
	WITH given AS (
		SELECT c.*, f.person IS NOT NULL AS forgotten
		FROM jsonb_to_recordset($1::jsonb) AS c (
			nth int, id text, at bigint, person text, task text, step text, purpose text, complexity text, provider text, model text,
			reason text, input_tokens bigint, cached_tokens bigint, output_tokens bigint, micro_usd double precision,
			ms double precision, first_ms double precision, outcome text, error text, request text, reply text, until bigint)
		LEFT JOIN errand.model_forgotten f ON f.person = c.person AND c.at <= f.at
	), added AS (
		INSERT INTO errand.model_calls (id, at, person, task, step, purpose, complexity, provider, model, reason,
			input_tokens, cached_tokens, output_tokens, micro_usd, ms, first_ms, outcome, error)
		SELECT id, at, CASE WHEN forgotten THEN NULL ELSE person END, task, step, purpose, complexity, provider, model, reason,
			input_tokens, cached_tokens, output_tokens, micro_usd, ms, first_ms, outcome, error
		FROM given ORDER BY nth
		ON CONFLICT (id) DO NOTHING
		RETURNING id, at, person, micro_usd
	), told AS (
		INSERT INTO errand.model_transcripts (call, request, reply, until)
		SELECT id, request, reply, until FROM given JOIN added USING (id) WHERE until IS NOT NULL AND NOT forgotten
		ON CONFLICT (call) DO NOTHING
	)
	INSERT INTO errand.model_totals (day, person, micro_usd)
	SELECT to_char(to_timestamp(at / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, coalesce(person, ''), sum(micro_usd)
	FROM added GROUP BY 1, 2 ORDER BY 1, 2
	ON CONFLICT (day, person) DO UPDATE SET micro_usd = model_totals.micro_usd + excluded.micro_usd`;

/** What calls are added up by; the empty word where a call has none. */
const KEYS: Readonly<Record<SpendingBy, string>> = {
	day: `to_char(to_timestamp(at / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
	model: `provider || '/' || model`,
	purpose: 'purpose',
	person: `coalesce(person, '')`,
	task: `coalesce(task, '')`,
	step: `coalesce(task || '.' || step, '')`,
};

interface CallRow extends Record<string, unknown> {
	readonly id: string;
	readonly at: number;
	readonly person: string | null;
	readonly task: string | null;
	readonly step: string | null;
	readonly purpose: string;
	readonly complexity: ModelCall['complexity'];
	readonly provider: string;
	readonly model: string;
	readonly reason: string;
	readonly input_tokens: number;
	readonly cached_tokens: number;
	readonly output_tokens: number;
	readonly micro_usd: number;
	readonly ms: number;
	readonly first_ms: number | null;
	readonly outcome: ModelCall['outcome'];
	readonly error: string | null;
}

function where({ from, to, person, taskId }: SpendingQuery): { readonly sql: string; readonly values: unknown[] } {
	const parts: readonly (readonly [string, unknown])[] = [
		['at >=', from],
		['at <', to],
		...(person === undefined ? [] : [['person =', person] as const]),
		...(taskId === undefined ? [] : [['task =', taskId] as const]),
	];
	return {
		sql: parts.map(([sql], index) => `${sql} $${index + 1}`).join(' AND '),
		values: parts.map(([, value]) => value),
	};
}

function rowOf({ call, transcript }: LedgerEntry, nth: number) {
	return {
		nth,
		...{ id: call.id, at: Math.round(call.at), person: call.person, task: call.taskId, step: call.stepId },
		...{ purpose: call.purpose, complexity: call.complexity, provider: call.provider, model: call.model },
		...{ reason: call.reason, input_tokens: Math.round(call.inputTokens) },
		...{ cached_tokens: Math.round(call.cachedTokens), output_tokens: Math.round(call.outputTokens) },
		...{ micro_usd: call.microUsd, ms: call.ms, first_ms: call.firstMs, outcome: call.outcome, error: call.error },
		...(transcript && { ...transcript, until: Math.round(transcript.until) }),
	};
}

function callOf(row: CallRow): ModelCall {
	return {
		id: row.id,
		at: row.at,
		...(row.person === null ? {} : { person: asPersonId(row.person) }),
		...(row.task === null ? {} : { taskId: asTaskId(row.task) }),
		...(row.step === null ? {} : { stepId: asStepId(row.step) }),
		...{ purpose: row.purpose, complexity: row.complexity, provider: row.provider, model: row.model },
		...{ reason: row.reason, inputTokens: row.input_tokens, cachedTokens: row.cached_tokens },
		...{ outputTokens: row.output_tokens, microUsd: row.micro_usd, ms: row.ms },
		...(row.first_ms === null ? {} : { firstMs: row.first_ms }),
		outcome: row.outcome,
		...(row.error === null ? {} : { error: row.error }),
	};
}
