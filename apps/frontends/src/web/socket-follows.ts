import { CoreError } from '@errand/core/domain/errors.ts';
import { asTaskId } from '@errand/core/domain/ids.ts';
import type { ITaskDesk } from '@errand/core/orchestrator/desks/desk.ts';
import type { WebSocket } from './socket-events.ts';
import { feedTask, type TaskSink } from './task-feed.ts';

const MAX_FOLLOWED = 50;
// Packets waiting for one reader. A reader this far behind is cut off; it connects again and follows on from its last fact.
const MAX_WAITING_PACKETS = 2_000;
const MAX_WAITING_PROGRESS = 50;

/** SocketFollows are the tasks that one connection follows; all end with it. */
export class SocketFollows {
	readonly #socket: WebSocket;
	readonly #desk: Pick<ITaskDesk, 'facts' | 'follow'>;
	readonly #followed = new Map<string, AbortController>();
	/** Packets made but not yet handed to the network, which takes none while the reader is slow. */
	#waiting = 0;

	constructor(socket: WebSocket, desk: Pick<ITaskDesk, 'facts' | 'follow'>) {
		this.#socket = socket;
		this.#desk = desk;
		socket.conn.on('packetCreate', () => {
			this.#waiting += 1;
		});
		socket.conn.on('flush', () => {
			this.#waiting = 0;
		});
	}

	/** Follows a task from `after` on; following it again starts over from the new place. */
	async follow(task: string, after: number): Promise<void> {
		this.unfollow(task);
		if (this.#followed.size >= MAX_FOLLOWED) {
			throw new CoreError('not-possible', `One connection may follow ${MAX_FOLLOWED} tasks at once.`, {
				hint: 'Unfollow a task that is not shown any more.',
			});
		}
		const ended = new AbortController();
		const followed = { signal: ended.signal, live: false };
		this.#followed.set(task, ended);
		try {
			await feedTask({
				desk: this.#desk,
				principal: this.#socket.data.principal,
				task: asTaskId(task),
				after,
				sink: this.#sink(task, followed),
				signal: ended.signal,
			});
			followed.live = true;
		} catch (error) {
			if (this.#followed.get(task) === ended) this.unfollow(task);
			throw error;
		}
	}

	unfollow(task: string): void {
		this.#followed.get(task)?.abort();
		this.#followed.delete(task);
	}

	stop(): void {
		for (const task of [...this.#followed.keys()]) this.unfollow(task);
	}

	#sink(task: string, followed: { readonly signal: AbortSignal; readonly live: boolean }): TaskSink {
		const socket = this.#socket;
		return {
			fact: (fact) => {
				if (followed.signal.aborted) return;
				socket.emit('fact', { taskId: task, fact });
				if (followed.live) this.#cutOffIfStuck();
			},
			progress: (progress) => {
				if (this.#waiting > MAX_WAITING_PROGRESS) return;
				socket.volatile.emit('progress', { taskId: task, ...progress });
			},
			drained: () => this.#drained(followed.signal),
		};
	}

	// Old facts come at the reader's pace; live ones come at the task's.
	#cutOffIfStuck(): void {
		if (this.#waiting <= MAX_WAITING_PACKETS) return;
		this.stop();
		this.#socket.conn.close(true);
	}

	async #drained(signal: AbortSignal): Promise<void> {
		const { conn } = this.#socket;
		if (this.#waiting === 0 || signal.aborted) return;
		await new Promise<void>((resolve) => {
			const done = () => {
				conn.off('drain', done);
				signal.removeEventListener('abort', done);
				resolve();
			};
			conn.on('drain', done);
			signal.addEventListener('abort', done, { once: true });
		});
	}
}
