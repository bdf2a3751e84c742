import { isJsonObject, type JsonObject } from '@errand/core/domain/json.ts';
import type { DraftStep } from './draft.ts';

/** WaitKind is what a step waits for. */
export type WaitKind = 'time' | 'until' | 'event' | 'person';

/** WAIT_WORDS names them to people. */
export const WAIT_WORDS: Readonly<Record<WaitKind, string>> = {
	time: 'For some time',
	until: 'Until a date and time',
	event: 'For an event',
	person: 'For a person’s answer',
};

/** AT_BOUND says what becomes of a loop or a wait that came to its bound. */
export const AT_BOUND = { '': 'Fail', 'go-on': 'Go on' } as const;

/** waitKindOf tells what a step waits for; undefined for one that waits for nothing. */
export function waitKindOf(step: DraftStep): WaitKind | undefined {
	if ('ask' in step) return 'person';
	const { wait } = step;
	if (wait === undefined) return undefined;
	if (!isJsonObject(wait)) return 'time';
	return 'event' in wait ? 'event' : 'until';
}

/** withWaitKind is the step waiting for something else, with nothing else changed; `soon` is a time to begin with. */
export function withWaitKind(step: DraftStep, kind: WaitKind, soon: string): DraftStep {
	const made: JsonObject = {
		time: { wait: '1m' },
		until: { wait: { until: soon } },
		event: { wait: { event: 'go' } },
		person: { ask: 'May it go on?' },
	}[kind];
	return Object.fromEntries(
		Object.entries(step).flatMap(([key, value]) =>
			key === 'wait' || key === 'ask' ? Object.entries(made) : [[key, value]],
		),
	);
}
