import type { QueryResultRow } from 'pg';
import { asStreamId, type StreamId } from '../../../domain/ids.ts';
import type { HomeEvents, OpenStream } from '../../../ports/stream-homes.ts';
import type { PostgresLine } from '../postgres-line.ts';

interface Dependencies {
	readonly line: PostgresLine;
	readonly self: string;
}

interface OpenRow extends QueryResultRow {
	readonly name: string;
	readonly due_at: number;
}

const PAGE = 200;
/** A hint that was not lost has arrived by then. */
const NUDGE_AFTER = '500 ms';
const FORGET_PROCESSES_AFTER = '1 day';
/** Rows that an append has locked just now are passed over and come along a moment later. */
const CLAIM_PASSES = 20;
const BETWEEN_PASSES_MS = 50;

/**
 * Adoption hands over streams page by page: what nobody drives, what others appended to streams of this process, and what
 * this process may have lost sight of. One run at a time; what a failed run left undone is owed to the next.
 */
export class Adoption {
	readonly #deps: Dependencies;
	readonly #recalled = new Set<StreamId>();
	#recallAll = false;
	#running: Promise<void> | undefined;
	#stopped = false;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** There is something to hand over that the database does not know of. */
	get owes(): boolean {
		return this.#recallAll || this.#recalled.size > 0;
	}

	/** These streams are handed over again by the next run, if this process is their home. */
	recall(streams: readonly StreamId[]): void {
		for (const stream of streams) this.#recalled.add(stream);
	}

	/** All streams of this process are handed over again by the next run. */
	recallAll(): void {
		this.#recallAll = true;
	}

	stop(): void {
		this.#stopped = true;
	}

	/** Hands over all there is; joins a run that is under way. */
	run(events: HomeEvents, orphaned: readonly string[]): Promise<void> {
		this.#running ??= this.#carryOut(events, orphaned).finally(() => {
			this.#running = undefined;
		});
		return this.#running;
	}

	/** Takes the open streams with a prefix from whoever drives them, unless they offer what they are spared for. */
	async claim({ adopted }: HomeEvents, prefix: string, sparing: string | undefined): Promise<void> {
		const theirs = `s.home <> $1 AND s.name ^@ $2 AND NOT EXISTS (
			SELECT 1 FROM errand.processes p WHERE p.self = s.home AND $3::text = ANY (p.offers)
		)`;
		const values = [prefix, sparing ?? null];
		for (let pass = 0; pass < CLAIM_PASSES && !this.#stopped; pass++) {
			await this.#takeOver(theirs, values, adopted);
			const left = await this.#query(`SELECT s.name FROM errand.streams s WHERE s.open AND ${theirs} LIMIT 1`, [
				this.#deps.self,
				...values,
			]);
			if (left.length === 0) return;
			await new Promise((resolve) => {
				setTimeout(resolve, BETWEEN_PASSES_MS);
			});
		}
	}

	async #carryOut({ adopted }: HomeEvents, orphaned: readonly string[]): Promise<void> {
		if (this.#recallAll) await this.#handOverOwn(adopted);
		if (this.#recalled.size > 0) await this.#handOverRecalled(adopted);
		if (orphaned.length > 0) {
			await this.#takeOver('s.home = ANY ($2::text[])', [orphaned], adopted);
			await this.#forget(orphaned);
		}
		await this.#handOverNudged(adopted);
	}

	/** Makes this process the home of open streams, page by page, each once whoever else does the same. */
	async #takeOver(which: string, values: readonly unknown[], adopted: HomeEvents['adopted']): Promise<void> {
		while (!this.#stopped) {
			// Should the answer be lost, these streams are this process's and it does not know.
			this.#recallAll = true;
			const page = await this.#query<OpenRow>(
				`WITH page AS MATERIALIZED (
					SELECT s.id FROM errand.streams s WHERE s.open AND ${which} ORDER BY s.name LIMIT ${PAGE} FOR UPDATE SKIP LOCKED
				)
				UPDATE errand.streams s SET home = $1 FROM page WHERE s.id = page.id RETURNING s.name, s.due_at`,
				[this.#deps.self, ...values],
			);
			this.#recallAll = false;
			if (page.length > 0) await adopted(page.map(toOpen));
			if (page.length < PAGE) return;
		}
	}

	async #handOverOwn(adopted: HomeEvents['adopted']): Promise<void> {
		for (let after = ''; !this.#stopped; ) {
			const page = await this.#query<OpenRow>(
				`SELECT name, due_at FROM errand.streams WHERE open AND home = $1 AND name > $2 ORDER BY name LIMIT ${PAGE}`,
				[this.#deps.self, after],
			);
			const last = page.at(-1);
			if (last === undefined) break;
			await adopted(page.map(toOpen));
			after = last.name;
		}
		this.#recallAll = false;
	}

	async #handOverRecalled(adopted: HomeEvents['adopted']): Promise<void> {
		const streams = [...this.#recalled];
		const page = await this.#query<OpenRow>(
			'SELECT name, due_at FROM errand.streams WHERE open AND home = $1 AND name = ANY ($2::text[])',
			[this.#deps.self, streams],
		);
		for (const stream of streams) this.#recalled.delete(stream);
		if (page.length > 0) await adopted(page.map(toOpen));
	}

	/** What others appended for this process and told it over the bus, in case that was lost: looked at at once. */
	async #handOverNudged(adopted: HomeEvents['adopted']): Promise<void> {
		const { self } = this.#deps;
		while (!this.#stopped) {
			const nudges = await this.#query<{ id: number; name: string; mine: boolean }>(
				`SELECT n.id, s.name, s.home = n.home AS mine FROM errand.nudges n JOIN errand.streams s ON s.id = n.stream
				WHERE n.home = $1 AND n.at < clock_timestamp() - interval '${NUDGE_AFTER}' ORDER BY n.id LIMIT ${PAGE}`,
				[self],
			);
			if (nudges.length === 0) return;
			const names = new Set(nudges.filter(({ mine }) => mine).map(({ name }) => name));
			if (names.size > 0) await adopted([...names].map((name) => ({ stream: asStreamId(name), dueAt: 0 })));
			await this.#query('DELETE FROM errand.nudges WHERE id = ANY ($1::bigint[])', [nudges.map(({ id }) => id)]);
		}
	}

	/** What stood there for the dead is of no use to anybody. */
	async #forget(dead: readonly string[]): Promise<void> {
		await this.#query(
			`DELETE FROM errand.nudges WHERE home = ANY ($1::text[]) OR at < now() - interval '${FORGET_PROCESSES_AFTER}'`,
			[dead],
		);
		await this.#query(
			`DELETE FROM errand.processes p WHERE p.alive_until < now() - interval '${FORGET_PROCESSES_AFTER}'
				AND (p.alive_until > '-infinity' OR p.since < now() - interval '${FORGET_PROCESSES_AFTER}')`,
			[],
		);
	}

	#query<Row extends QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
		return this.#deps.line.query<Row>('share the driving of streams', { text, values });
	}
}

function toOpen({ name, due_at: dueAt }: OpenRow): OpenStream {
	return { stream: asStreamId(name), dueAt };
}
