import { setTimeout as wait } from 'node:timers/promises';
import { CoreError } from '../../domain/errors.ts';
import type { TaskId } from '../../domain/ids.ts';
import { type ISessionPool, REPLAY_MS } from '../../ports/session-pool.ts';
import type { ISessionPlaces } from '../../ports/worker-registry.ts';
import type { RedisLine } from './open-redis-line.ts';
import { unreachable } from './redis-connection.ts';
import { CLOSE_SESSIONS, FIND_SESSIONS, SESSION_TTL_MS } from './session-scripts.ts';

/** RedisSessionPool is how gateways find and end the browsers that workers have for tasks. */
export class RedisSessionPool implements ISessionPool, ISessionPlaces {
	readonly #line: Pick<RedisLine, 'keys' | 'commands'>;

	constructor(line: Pick<RedisLine, 'keys' | 'commands'>) {
		this.#line = line;
	}

	async workerOf(task: TaskId, heardWithinMs?: number): Promise<string | undefined> {
		const { keys, commands } = this.#line;
		const leftMs = heardWithinMs === undefined ? 0 : Math.max(0, SESSION_TTL_MS - heardWithinMs);
		const found = await FIND_SESSIONS.run(commands, [keys.sessionPlaces], [task, keys.sessionHolder(''), leftMs]).catch(
			(error: unknown) => {
				throw unreachable('find the browser of a task', error);
			},
		);
		return typeof found === 'string' ? found : undefined;
	}

	/** Resolves once the worker that has them has closed them, or is dead, and nothing that was saved is left, or not for long. */
	async closeAll(task: TaskId, { keepState } = { keepState: false }): Promise<void> {
		const keepMs = keepState ? REPLAY_MS : 0;
		let told = await this.#close(task, { told: '', keepMs });
		for (const until = performance.now() + PATIENCE_MS; told !== ''; told = await this.#close(task, { told, keepMs })) {
			if (performance.now() > until) throw notClosed(task, told);
			await wait(LOOK_MS);
		}
	}

	/** The worker that is still to do it. */
	async #close(task: TaskId, { told, keepMs }: { told: string; keepMs: number }): Promise<string> {
		const { keys, commands } = this.#line;
		const answer = await CLOSE_SESSIONS.run(
			commands,
			[keys.sessionPlaces, keys.sessionState(task)],
			[task, keys.sessionHolder(''), keys.sessionClosing(''), told, keepMs],
		).catch((error: unknown) => {
			throw unreachable('close the browser of a task', error);
		});
		return typeof answer === 'string' ? answer : '';
	}
}

function notClosed(task: TaskId, worker: string): CoreError {
	return new CoreError('browser-failed', `Worker ${worker} has not closed the browser of task ${task}.`, {
		hint: 'It is asked again. If this goes on, restart that worker.',
	});
}

const LOOK_MS = 100;
/** A browser that hangs is ended by its worker after ten seconds. */
const PATIENCE_MS = 20_000;
