import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
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
import { utcDay, wholeDays } from '../ledger/utc-days.ts';
import { numberOf, optionalText, type Row, textOf } from './row-values.ts';

/** LedgerRows are the statements over the tables of the book of models. */
export class LedgerRows {
	readonly #db: DatabaseSync;
	readonly #addCall: StatementSync;
	readonly #addTotal: StatementSync;
	readonly #addTranscript: StatementSync;
	readonly #transcript: StatementSync;

	constructor(db: DatabaseSync) {
		this.#db = db;
		this.#addCall = db.prepare(`
			INSERT INTO calls (id, at, person, task, step, purpose, complexity, provider, model, reason, input_tokens,
				cached_tokens, output_tokens, micro_usd, ms, first_ms, outcome, error)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`);
		this.#addTotal = db.prepare(`
			INSERT INTO totals (day, person, micro_usd) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET micro_usd = micro_usd + excluded.micro_usd`);
		this.#addTranscript = db.prepare(
			'INSERT OR REPLACE INTO transcripts (call, request, reply, until) VALUES (?, ?, ?, ?)',
		);
		this.#transcript = db.prepare(`
			SELECT request, reply, until FROM transcripts JOIN calls ON calls.id = call
			WHERE call = ?1 AND until > ?2 AND (?3 IS NULL OR person = ?3)`);
	}

	add(entries: readonly LedgerEntry[]): void {
		for (const { call, transcript } of entries) {
			const { changes } = this.#addCall.run(...valuesOf(call));
			if (changes === 0) continue;
			this.#addTotal.run(utcDay(call.at), call.person ?? '', call.microUsd);
			if (transcript === undefined) continue;
			this.#addTranscript.run(call.id, transcript.request, transcript.reply, Math.round(transcript.until));
		}
	}

	/** What each person spent on one day; without a person, what nobody is charged with. */
	totalsOf(at: number): readonly Pick<ModelCall, 'at' | 'person' | 'microUsd'>[] {
		return this.#db
			.prepare('SELECT person, micro_usd FROM totals WHERE day = ?')
			.all(utcDay(at))
			.map((row) => {
				const person = textOf(row, 'person');
				return { at, person: person === '' ? undefined : asPersonId(person), microUsd: numberOf(row, 'micro_usd') };
			});
	}

	sums(query: SumsQuery): readonly Spending[] {
		const { sql, values } = where(query);
		return this.#db
			.prepare(`
				SELECT ${KEYS[query.by]} AS key, count(*) AS calls, sum(input_tokens) AS input_tokens,
					sum(cached_tokens) AS cached_tokens, sum(output_tokens) AS output_tokens, sum(micro_usd) AS micro_usd
				FROM calls WHERE ${sql} GROUP BY key ORDER BY ${query.by === 'day' ? 'key' : 'micro_usd DESC, calls DESC, key'}`)
			.all(...values)
			.map((row) => ({
				key: textOf(row, 'key'),
				calls: numberOf(row, 'calls'),
				inputTokens: numberOf(row, 'input_tokens'),
				cachedTokens: numberOf(row, 'cached_tokens'),
				outputTokens: numberOf(row, 'output_tokens'),
				microUsd: numberOf(row, 'micro_usd'),
			}));
	}

	spent(query: SpendingQuery, now: number): number {
		if (query.taskId !== undefined) return this.#sumOfCalls(query);
		const { days, edges } = wholeDays(query, now);
		const ofEdges = edges.reduce((sum, edge) => sum + this.#sumOfCalls({ ...query, ...edge }), 0);
		if (days === undefined) return ofEdges;
		const ofPerson = query.person === undefined ? '' : 'AND person = ?';
		const values = [utcDay(days.from), utcDay(days.to), ...(query.person === undefined ? [] : [query.person])];
		const row = this.#db
			.prepare(`SELECT total(micro_usd) AS spent FROM totals WHERE day >= ? AND day < ? ${ofPerson}`)
			.get(...values);
		return ofEdges + numberOf(row ?? {}, 'spent');
	}

	calls(query: CallsQuery): readonly ModelCall[] {
		const { sql, values } = where(query);
		const { before, limit } = query;
		const earlier = before === undefined ? '' : 'AND (at, n) < (SELECT at, n FROM calls WHERE id = ?)';
		return this.#db
			.prepare(`SELECT * FROM calls WHERE ${sql} ${earlier} ORDER BY at DESC, n DESC LIMIT ?`)
			.all(...values, ...(before === undefined ? [] : [before]), limit)
			.map(callOf);
	}

	transcript({ call, person, now }: TranscriptQuery): ModelTranscript | undefined {
		const row = this.#transcript.get(call, now, person ?? null);
		if (row === undefined) return undefined;
		return { request: textOf(row, 'request'), reply: textOf(row, 'reply'), until: numberOf(row, 'until') };
	}

	erase(person: PersonId): void {
		this.#db.prepare('DELETE FROM transcripts WHERE call IN (SELECT id FROM calls WHERE person = ?)').run(person);
		this.#db.prepare('UPDATE calls SET person = NULL WHERE person = ?').run(person);
		this.#db
			.prepare(`
				INSERT INTO totals (day, person, micro_usd) SELECT day, '', micro_usd FROM totals WHERE person = ?
				ON CONFLICT DO UPDATE SET micro_usd = micro_usd + excluded.micro_usd`)
			.run(person);
		this.#db.prepare('DELETE FROM totals WHERE person = ?').run(person);
	}

	/** Deletes transcripts whose time is over. */
	tidy(now: number): void {
		this.#db.prepare('DELETE FROM transcripts WHERE until <= ?').run(now);
	}

	#sumOfCalls(query: SpendingQuery): number {
		const { sql, values } = where(query);
		const row = this.#db.prepare(`SELECT total(micro_usd) AS spent FROM calls WHERE ${sql}`).get(...values);
		return numberOf(row ?? {}, 'spent');
	}
}

/** What calls are added up by; the empty word where a call has none. */
const KEYS: Readonly<Record<SpendingBy, string>> = {
	day: `strftime('%Y-%m-%d', at / 1000, 'unixepoch')`,
	model: `provider || '/' || model`,
	purpose: 'purpose',
	person: `coalesce(person, '')`,
	task: `coalesce(task, '')`,
	step: `coalesce(task || '.' || step, '')`,
};

function where({ from, to, person, taskId }: SpendingQuery): {
	readonly sql: string;
	readonly values: SQLInputValue[];
} {
	const parts: readonly (readonly [string, SQLInputValue])[] = [
		['at >= ?', from],
		['at < ?', to],
		...(person === undefined ? [] : [['person = ?', person] as const]),
		...(taskId === undefined ? [] : [['task = ?', taskId] as const]),
	];
	return { sql: parts.map(([sql]) => sql).join(' AND '), values: parts.map(([, value]) => value) };
}

function valuesOf(call: ModelCall): SQLInputValue[] {
	return [
		...[call.id, Math.round(call.at), call.person ?? null, call.taskId ?? null, call.stepId ?? null],
		...[call.purpose, call.complexity, call.provider, call.model, call.reason],
		...[call.inputTokens, call.cachedTokens, call.outputTokens].map((tokens) => Math.round(tokens)),
		...[call.microUsd, call.ms, call.firstMs ?? null],
		...[call.outcome, call.error ?? null],
	];
}

function callOf(row: Row): ModelCall {
	const task = optionalText(row, 'task');
	const step = optionalText(row, 'step');
	const person = optionalText(row, 'person');
	const error = optionalText(row, 'error');
	return {
		id: textOf(row, 'id'),
		at: numberOf(row, 'at'),
		...(person === undefined ? {} : { person: asPersonId(person) }),
		...(task === undefined ? {} : { taskId: asTaskId(task) }),
		...(step === undefined ? {} : { stepId: asStepId(step) }),
		purpose: textOf(row, 'purpose'),
		complexity: textOf(row, 'complexity') as ModelCall['complexity'],
		provider: textOf(row, 'provider'),
		model: textOf(row, 'model'),
		reason: textOf(row, 'reason'),
		inputTokens: numberOf(row, 'input_tokens'),
		cachedTokens: numberOf(row, 'cached_tokens'),
		outputTokens: numberOf(row, 'output_tokens'),
		microUsd: numberOf(row, 'micro_usd'),
		ms: numberOf(row, 'ms'),
		...(row['first_ms'] === null ? {} : { firstMs: numberOf(row, 'first_ms') }),
		outcome: textOf(row, 'outcome') as ModelCall['outcome'],
		...(error === undefined ? {} : { error }),
	};
}
