import { CoreError } from '@errand/core/domain/errors.ts';
import type { TaskId } from '@errand/core/domain/ids.ts';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import type { ITaskDesk, Principal } from '@errand/core/orchestrator/desk.ts';
import { feedTask } from '@errand/frontends/web/task-feed.ts';
import type { Response } from 'express';

// Bytes waiting for one reader of live facts; one this far behind is cut off and resumes by Last-Event-ID.
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const MAX_STREAMS = 1_000;
const HEARTBEAT_MS = 15_000;
const STUCK_MS = 30_000;

/** TaskStreams serves tasks as server-sent events and knows every open stream. */
export class TaskStreams {
	readonly #desk: Pick<ITaskDesk, 'facts' | 'follow'>;
	readonly #open = new Set<Response>();

	constructor(desk: Pick<ITaskDesk, 'facts' | 'follow'>) {
		this.#desk = desk;
	}

	get count(): number {
		return this.#open.size;
	}

	/** Streams every fact after `after` and then live ones, until the reader goes or falls too far behind. */
	async open(response: Response, stream: { principal: Principal; task: TaskId; after: number }): Promise<void> {
		if (this.#open.size >= MAX_STREAMS) {
			throw new CoreError('not-possible', `The server already serves ${MAX_STREAMS} event streams.`, {
				hint: 'Close a stream that nobody reads.',
			});
		}
		// Reads once before the headers go, so that an unknown task is a plain 404.
		await this.#desk.facts(stream.principal, stream.task, stream.after);
		if (response.destroyed) return;
		response.writeHead(200, {
			'Content-Type': 'text/event-stream',
			'Cache-Control': 'no-store',
			'X-Accel-Buffering': 'no',
		});
		response.write('retry: 1000\n\n');
		let live = false;
		const write = (frame: string) => {
			if (response.writableEnded || response.destroyed) return;
			response.write(frame);
			if (live && response.writableLength > MAX_WAITING_BYTES) response.destroy();
		};
		const gone = new AbortController();
		const heartbeat = setInterval(() => write(':\n\n'), HEARTBEAT_MS).unref();
		this.#open.add(response);
		response.once('close', () => {
			clearInterval(heartbeat);
			this.#open.delete(response);
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

	/** Ends every stream; `reason` stands in a comment, and readers connect again. */
	closeAll(reason: string): void {
		for (const response of this.#open) response.end(`: ${reason}\n\n`);
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
