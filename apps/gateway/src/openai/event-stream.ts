import type { IClock } from '@errand/core/ports/clock.ts';
import type { Response } from 'express';
import type { TaskStreams } from '../http/task-streams.ts';

const KEEP_ALIVE_MS = 15_000;
/** Bytes waiting for a reader that takes nothing; then it is cut off, and may pick the answer up by its id. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/** EventStream writes server-sent events to one reader and keeps the line open in between. */
export class EventStream {
	readonly #response: Response;
	readonly #gone = new AbortController();
	#callOff: (() => void) | undefined;

	constructor(response: Response, { streams, clock }: { readonly streams: TaskStreams; readonly clock: IClock }) {
		this.#response = response;
		streams.hold(response, (reason) => response.end(`: ${reason}\n\n`));
		response.once('close', () => {
			this.#callOff?.();
			this.#gone.abort();
		});
		if (response.destroyed) this.#gone.abort();
		if (response.destroyed) return;
		response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
		const keepAlive = () => {
			this.#write(': keep-alive\n\n');
			this.#callOff = clock.after(KEEP_ALIVE_MS, keepAlive);
		};
		this.#callOff = clock.after(KEEP_ALIVE_MS, keepAlive);
	}

	/** Aborts when the reader has gone. */
	get signal(): AbortSignal {
		return this.#gone.signal;
	}

	send(data: unknown, event?: string): void {
		const name = event === undefined ? '' : `event: ${event}\n`;
		this.#write(`${name}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
	}

	end(): void {
		if (!this.#response.writableEnded) this.#response.end();
	}

	#write(frame: string): void {
		if (this.#response.writableEnded || this.#response.destroyed) return;
		this.#response.write(frame);
		if (this.#response.writableLength > MAX_WAITING_BYTES) this.#response.destroy();
	}
}
