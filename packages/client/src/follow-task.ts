import { type CallOptions, type Connection, passes, pause } from './connection.ts';
import { ErrandError } from './errand-error.ts';
import { readEvents } from './read-events.ts';
import type { Fact, Progress, Task } from './task.ts';

/** FollowEvent is something that happened to a task, or a passing word about it. */
export type FollowEvent =
	| { readonly kind: 'fact'; readonly fact: Fact }
	| { readonly kind: 'progress'; readonly progress: Progress };

/** FollowOptions: facts after `after` only; `live` goes on after the end, because a task can be retried. */
export interface FollowOptions extends CallOptions {
	readonly after?: number | undefined;
	readonly live?: boolean | undefined;
}

const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 15_000;
/** Three of the server's signs of life. */
const SILENCE_MS = 45_000;
const ENDS: ReadonlySet<string> = new Set(['TaskCompleted', 'TaskFailed', 'TaskCancelled']);

/**
 * followTask gives every fact of a task in order, without gaps or repeats, and progress in between. A line that breaks is
 * taken up where it was, for as long as it takes.
 */
export async function* followTask(
	connection: Connection,
	id: string,
	{ after = 0, live = false, signal }: FollowOptions,
): AsyncGenerator<FollowEvent, void> {
	const path = `/v1/tasks/${encodeURIComponent(id)}`;
	let seen = after;
	let waitMs = FIRST_WAIT_MS;
	for (;;) {
		try {
			if (!live && seen > 0 && (await isOver(connection, path, { seen, signal }))) return;
			const headers = { Accept: 'text/event-stream', 'Last-Event-ID': String(seen) };
			const response = await connection.open({ method: 'GET', path: `${path}/events`, headers, signal });
			if (response.body === null) throw unreadable();
			const onRetry = (ms: number) => {
				waitMs = Math.min(ms, MAX_WAIT_MS);
			};
			for await (const { event, data } of readEvents(response.body, { silenceMs: SILENCE_MS, onRetry })) {
				if (event === 'progress') yield { kind: 'progress', progress: JSON.parse(data) as Progress };
				if (event !== 'fact') continue;
				const fact = JSON.parse(data) as Fact;
				if (fact.seq <= seen) continue;
				seen = fact.seq;
				waitMs = FIRST_WAIT_MS;
				yield { kind: 'fact', fact };
				if (!live && (await isLast(connection, path, { fact, signal }))) return;
			}
		} catch (error) {
			// Not the server's own words: the line broke while it was read.
			if (signal?.aborted || (error instanceof ErrandError && !passes(error))) throw error;
			if (!(error instanceof ErrandError) && !(error instanceof TypeError)) throw error;
		}
		signal?.throwIfAborted();
		await pause(waitMs * (0.75 + Math.random() / 2), signal);
		waitMs = Math.min(waitMs * 2, MAX_WAIT_MS);
	}
}

/** An end that was followed by a retry is not the last one, so the task itself is asked. */
async function isLast(
	connection: Connection,
	path: string,
	{ fact, signal }: { readonly fact: Fact; readonly signal: AbortSignal | undefined },
): Promise<boolean> {
	if (!ENDS.has(fact.type) && !AFTER_END.has(fact.type)) return false;
	const task = await connection.json<Task>({ method: 'GET', path, safe: true, signal });
	if (task.endedAt === undefined) return false;
	return fact.seq >= task.seq || (ENDS.has(fact.type) && fact.at >= task.endedAt);
}

async function isOver(
	connection: Connection,
	path: string,
	{ seen, signal }: { readonly seen: number; readonly signal: AbortSignal | undefined },
): Promise<boolean> {
	const { endedAt, seq } = await connection.json<Task>({ method: 'GET', path, safe: true, signal });
	return endedAt !== undefined && seen >= seq;
}

const AFTER_END: ReadonlySet<string> = new Set(['ReportHandedOver', 'SessionsClosed', 'UsageRecorded']);

function unreadable(): ErrandError {
	const hint = 'Use a fetch that streams bodies.';
	return new ErrandError({ status: 0, code: 'unreachable', detail: 'The answer has no body.', hint });
}
