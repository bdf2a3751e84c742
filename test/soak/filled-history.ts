import { randomUUID } from 'node:crypto';
import { newHistorySigner } from '@errand/core/adapters/files/history-signer.ts';
import { openPostgresHistory, type PostgresHistory } from '@errand/core/adapters/postgres/open-postgres-history.ts';
import { asPersonId, asStreamId, type StreamId } from '@errand/core/domain/ids.ts';
import type { NewFact } from '@errand/core/ports/event-store.ts';

/** FilledHistory is a history with as much in it as wanted: tasks of several people that are over. */
export interface FilledHistory {
	readonly history: PostgresHistory;
	/** Of those that were filled in, one by chance. */
	anyStream(): StreamId;
	/** Fills up to so many events; answers how many a second that were. */
	fillTo(events: number): Promise<number>;
	/** Appends one more piece to a stream, new ones beginning now and then. */
	appendOne(): Promise<void>;
	close(): Promise<void>;
}

/** The person whose lists are measured; a task in ten is theirs. */
export const READER = asPersonId('person-0');

const PEOPLE = 10;
const FACTS_AN_APPEND = 5;
const APPENDS_A_STREAM = 8;
const SIDE_BY_SIDE = 200;
const KEPT_NAMES = 10_000;
const facts: readonly NewFact[] = Array.from({ length: FACTS_AN_APPEND }, (_, index) => ({
	type: 'StepCompleted',
	v: 1,
	data: { stepId: `step-${index}`, text: 'x'.repeat(250) },
}));
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** openFilledHistory opens the history in a database, to be filled. */
export async function openFilledHistory(url: string): Promise<FilledHistory> {
	const history = await openPostgresHistory({
		url,
		self: `filler-${randomUUID()}`,
		signer: newHistorySigner(),
		log: silent,
	});
	const names: StreamId[] = [];
	let filled = 0;
	let begun = 0;
	const producer = () => {
		let stream = asStreamId('');
		let appends = APPENDS_A_STREAM;
		let person = READER;
		return async () => {
			if (appends === APPENDS_A_STREAM) {
				appends = 0;
				stream = asStreamId(`task-${Date.now().toString(36).padStart(9, '0')}${randomUUID().slice(0, 8)}`);
				person = asPersonId(`person-${begun++ % PEOPLE}`);
				names[names.length < KEPT_NAMES ? names.length : Math.floor(Math.random() * KEPT_NAMES)] = stream;
			}
			const at = Date.now();
			const summary = {
				id: stream.slice('task-'.length),
				goal: 'Filled in',
				status: 'done',
				createdAt: at,
				endedAt: at,
			};
			const result = await history.events.append({
				...{ stream, facts, at, expectedSeq: appends * FACTS_AN_APPEND },
				index: { person, dueAt: null, summary },
			});
			if (result.kind !== 'appended') throw new Error(`An append was refused: ${result.kind}.`);
			appends++;
			filled += FACTS_AN_APPEND;
		};
	};
	const producers = Array.from({ length: SIDE_BY_SIDE }, producer);
	return {
		history,
		anyStream: () => names[Math.floor(Math.random() * names.length)] ?? asStreamId(''),
		fillTo: async (events) => {
			const [before, from] = [filled, performance.now()];
			await Promise.all(
				producers.map(async (append) => {
					while (filled < events) await append();
				}),
			);
			return ((filled - before) * 1_000) / (performance.now() - from);
		},
		appendOne: producer(),
		close: () => history.close(),
	};
}
