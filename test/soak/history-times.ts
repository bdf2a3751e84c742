import { inFlight, type Spread, spreadOf } from '../bench/figures.ts';
import { type FilledHistory, READER } from './filled-history.ts';

/** HistoryTimes is what single calls took (ms), one after the other. */
export interface HistoryTimes {
	readonly append: Spread;
	readonly read: Spread;
	readonly firstPage: Spread;
	readonly middlePage: Spread;
}

const CALLS = 400;
const PAGE = 50;

/** measureHistory measures calls on a history as it stands. */
export async function measureHistory(filled: FilledHistory): Promise<HistoryTimes> {
	const { events, index } = filled.history;
	const one = async (run: () => Promise<unknown>) => spreadOf((await inFlight(CALLS, 1, run)).times);
	const list = { prefix: 'task-', person: READER, limit: PAGE };
	const newest = (await index.list(list))[0]?.position ?? 0;
	return {
		append: await one(filled.appendOne),
		read: await one(() => events.read(filled.anyStream(), 0)),
		firstPage: await one(() => index.list(list)),
		middlePage: await one(() => index.list({ ...list, before: Math.floor(newest / 2) })),
	};
}
