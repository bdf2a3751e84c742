import { CoreError } from '@errand/core/domain/errors.ts';
import type { PersonId, TaskId } from '@errand/core/domain/ids.ts';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import type { ITaskDesk, Principal } from '@errand/core/orchestrator/desks/desk.ts';
import { feedTask } from '@errand/frontends/web/task-feed.ts';
import type { Response } from 'express';
import type { Caller } from '../auth/authenticator.ts';

// Bytes waiting for one reader of live facts; one this far behind is cut off and resumes by Last-Event-ID.
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const MAX_STREAMS = 1_000;
const HEARTBEAT_MS = 15_000;
const STUCK_MS = 30_000;
const STREAM_HEADERS = {
	'Content-Type': 'text/event-stream',
	'Cache-Control': 'no-store',
	'X-Accel-Buffering': 'no',
} as const;

/** TaskStreams serves tasks as server-sent events and knows every open stream. */
export class TaskStreams {
	readonly #desk: Pick<ITaskDesk, 'facts' | 'follow'>;
	readonly #open = new Map<Response, (reason: string) => void>();

	constructor(desk: Pick<ITaskDesk, 'facts' | 'follow'>) {
		this.#desk = desk;
	}

	get count(): number {
		return this.#open.size;
	}

	/** Streams every fact after `after` and then live ones, until the reader goes or falls too far behind. */
	async open(response: Response, stream: { principal: Principal; task: TaskId; after: number }): Promise<void> {
		this.#makeRoom();
		// Reads once before the headers go, so that an unknown task is a plain 404.
		await this.#desk.facts(stream.principal, stream.task, stream.after);
		if (response.destroyed) return;
		this.hold(response, (reason) => response.end(`: ${reason}\n\n`));
		response.writeHead(200, STREAM_HEADERS);
		response.write('retry: 1000\n\n');
		let live = false;
		const write = (frame: string) => {
			if (response.writableEnded || response.destroyed) return;
			response.write(frame);
			if (live && response.writableLength > MAX_WAITING_BYTES) response.destroy();
		};
		const gone = new AbortController();
		const heartbeat = setInterval(() => write(':\n\n'), HEARTBEAT_MS).unref();
		response.once('close', () => {
			clearInterval(heartbeat);
			gone.abort();
		});
		try {
			await feedTask({
				desk: this.#desk,
				...stream,
				signal: gone.signal,
				sink: {
					fact: (fact) => write(factFrame(fact)),
					progress: (progress) => {
						if (!response.writableNeedDrain) write(progressFrame(stream.task, progress));
					},
					drained: () => drained(response, gone.signal),
				},
			});
			live = true;
		} catch {
			// The headers are gone; the reader connects again and is told then.
			response.destroy();
		}
	}

	/** Streams what is written to it from now on; `gone` is called once the reader is. */
	live(response: Response, gone: () => void): (frame: string) => void {
		this.hold(response, (reason) => response.end(`: ${reason}\n\n`));
		if (response.destroyed) {
			gone();
			return () => {};
		}
		response.writeHead(200, STREAM_HEADERS);
		response.write('retry: 1000\n\n');
		const write = (frame: string) => {
			if (response.writableEnded || response.destroyed) return;
			response.write(frame);
			if (response.writableLength > MAX_WAITING_BYTES) response.destroy();
		};
		const heartbeat = setInterval(() => write(':\n\n'), HEARTBEAT_MS).unref();
		response.once('close', () => {
			clearInterval(heartbeat);
			gone();
		});
		return write;
	}

	/** Counts an answer that somebody else writes, and has `end` end it with the others; throws when there are too many. */
	hold(response: Response, end: (reason: string) => void): void {
		this.#makeRoom();
		if (response.destroyed) return;
		this.#open.set(response, end);
		response.once('close', () => this.#open.delete(response));
	}

	/** Ends every stream; `reason` stands in a comment, and readers connect again. */
	closeAll(reason: string): void {
		for (const end of this.#open.values()) end(reason);
	}

	/** Ends the streams of somebody who may do less from now on; whoever still may connects again. */
	closeOf(person: PersonId): void {
		// The app notes who calls before a route writes anything.
		for (const [response, end] of this.#open) if (response.locals['person'] === person) end('connect again');
	}

	/** Ends the streams that rest on a login which is over. */
	closeLogin(login: string): void {
		for (const [response, end] of this.#open) {
			if ((response.locals['caller'] as Caller | undefined)?.login === login) end('connect again');
		}
	}

	#makeRoom(): void {
		if (this.#open.size < MAX_STREAMS) return;
		throw new CoreError('not-possible', `The server already serves ${MAX_STREAMS} event streams.`, {
			hint: 'Close a stream that nobody reads.',
		});
	}
}

/** factFrame is a fact as a server-sent event; its id is where a reader resumes. */
export function factFrame(fact: RecordedTaskFact): string {
	return `event: fact\nid: ${fact.seq}\ndata: ${JSON.stringify(fact)}\n\n`;
}

function progressFrame(taskId: TaskId, progress: object): string {
	return `event: progress\ndata: ${JSON.stringify({ taskId, ...progress })}\n\n`;
}

// Resolves when the reader took what was written; one that takes nothing for half a minute is cut off.
async function drained(response: Response, signal: AbortSignal): Promise<void> {
	if (!response.writableNeedDrain || signal.aborted) return;
	await new Promise<void>((resolve) => {
		const stuck = setTimeout(() => response.destroy(), STUCK_MS).unref();
		const done = () => {
			clearTimeout(stuck);
			response.off('drain', done);
			signal.removeEventListener('abort', done);
			resolve();
		};
		response.once('drain', done);
		signal.addEventListener('abort', done, { once: true });
	});
}
