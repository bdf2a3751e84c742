import { randomUUID } from 'node:crypto';
import { CoreError, describeError } from '../../domain/errors.ts';
import type { PersonId } from '../../domain/ids.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IWorkerRegistry, RegisteredWorker, WorkerEvent, WorkerOrder } from '../../ports/worker-registry.ts';
import type { RedisLine } from './open-redis-line.ts';
import { unreachable } from './redis-connection.ts';
import { leaveOrder, type RegistryNews, readRegistry, WORKER_TTL_MS } from './registry-scripts.ts';
import { readWorkerRecord } from './worker-record.ts';

/**
 * RedisWorkerRegistry keeps the list of living workers in memory: it reads what has changed a few times a second, at once when
 * something is said on the workers' channel, and when the next one would be dead if nothing is heard of it.
 */
export class RedisWorkerRegistry implements IWorkerRegistry {
	readonly #line: RedisLine;
	readonly #clock: IClock;
	readonly #log: ILogger;
	readonly #workers = new Map<string, RegisteredWorker>();
	readonly #listeners = new Set<(event: WorkerEvent) => void>();
	readonly #stops: (() => void)[] = [];
	#list: readonly RegisteredWorker[] | undefined;
	#version = BEGINNING;
	#birth: string | undefined;
	#reading: Promise<void> | undefined;
	#again = false;
	#callOff: (() => void) | undefined;
	#started = false;
	#stopped = false;

	constructor({ line, clock, log }: { line: RedisLine; clock: IClock; log: ILogger }) {
		this.#line = line;
		this.#clock = clock;
		this.#log = log;
	}

	/** Resolves once the list was read, or Redis turned out to be away: then it comes when that is back. */
	async start(): Promise<void> {
		if (this.#started) return;
		this.#started = true;
		const { channels, keys } = this.#line;
		this.#stops.push(
			await channels.listen(keys.workersChannel, () => this.#readIn(NOTICE_MS)),
			this.#line.onReachableChange((reachable) => {
				if (reachable) void this.#read();
			}),
		);
		await this.#read();
	}

	async stop(): Promise<void> {
		this.#stopped = true;
		this.#callOff?.();
		for (const stop of this.#stops.splice(0)) stop();
		this.#listeners.clear();
		await this.#reading;
	}

	list(): readonly RegisteredWorker[] {
		this.#list ??= [...this.#workers.values()].toSorted((a, b) => (a.worker < b.worker ? -1 : 1));
		return this.#list;
	}

	/** Resolves once every worker alive was told to drop what it has of a person; one that is cut off does so when it is back. */
	async forget(person: PersonId): Promise<void> {
		const to = { redis: this.#line.commands, keys: this.#line.keys };
		const tell = ({ worker }: RegisteredWorker) =>
			leaveOrder(to, { worker, order: { forget: person }, id: randomUUID() });
		try {
			await Promise.all(this.list().map(tell));
		} catch (error) {
			throw unreachable('tell the workers to forget a person', error);
		}
	}

	async order(worker: string, order: WorkerOrder): Promise<void> {
		const to = { redis: this.#line.commands, keys: this.#line.keys };
		let told: boolean;
		try {
			told = await leaveOrder(to, { worker, order, id: randomUUID() });
		} catch (error) {
			throw unreachable(`tell worker ${worker} to ${order}`, error);
		}
		if (told) return;
		throw new CoreError('not-found', `No worker "${worker}" is alive.`, {
			hint: 'The list of workers shows those that are.',
		});
	}

	subscribe(listener: (event: WorkerEvent) => void): () => void {
		// A wrapper of its own, because the same function may subscribe twice.
		const entry = (event: WorkerEvent) => listener(event);
		this.#listeners.add(entry);
		return () => void this.#listeners.delete(entry);
	}

	#readIn(ms: number): void {
		if (this.#stopped) return;
		if (this.#reading !== undefined) {
			this.#again = true;
			return;
		}
		this.#callOff?.();
		this.#callOff = this.#clock.after(ms, () => void this.#read());
	}

	async #read(): Promise<void> {
		if (this.#stopped) return;
		if (this.#reading !== undefined) {
			this.#again = true;
			return this.#reading;
		}
		this.#callOff?.();
		let nextMs = READ_EVERY_MS;
		this.#reading = this.#readOnce().then((ms) => {
			nextMs = ms;
		});
		await this.#reading;
		this.#reading = undefined;
		this.#readIn(this.#again ? NOTICE_MS : nextMs);
		this.#again = false;
	}

	/** Returns how long (ms) the list is good for. */
	async #readOnce(): Promise<number> {
		if (this.#line.commands.status !== 'ready') return READ_EVERY_MS;
		try {
			const from = { redis: this.#line.commands, keys: this.#line.keys };
			const news = await readRegistry(from, this.#version);
			if (this.#birth !== undefined && this.#birth !== news.birth && this.#version !== BEGINNING) {
				this.#version = BEGINNING;
				this.#birth = news.birth;
				return 0;
			}
			this.#birth = news.birth;
			this.#take(news);
			const oldest = Math.min(...news.alive.values());
			return Math.min(READ_EVERY_MS, Math.max(NOTICE_MS, oldest + WORKER_TTL_MS + 1 - news.now));
		} catch (error) {
			this.#log.debug('workers not read', { error: describeError(error) });
			return READ_EVERY_MS;
		}
	}

	#take(news: RegistryNews): void {
		if (this.#stopped) return;
		const full = this.#version === BEGINNING;
		this.#list = undefined;
		const events: WorkerEvent[] = [];
		for (const { worker, record } of news.changed) {
			const known = this.#workers.has(worker);
			const now = readWorkerRecord(record, { worker, at: news.alive.get(worker) ?? news.now });
			if (now === undefined) continue;
			this.#workers.set(worker, now);
			events.push({ kind: known ? 'changed' : 'joined', worker: now });
		}
		for (const { worker, kind } of news.gone) this.#remove(worker, kind, events);
		for (const [worker, known] of this.#workers) {
			const at = news.alive.get(worker);
			if (at !== undefined) this.#workers.set(worker, { ...known, at });
			// What was forgotten together with everything else may be on its way back.
			else if (news.judging) this.#remove(worker, 'died', events);
		}
		// Until it is certain who is gone, everything is read.
		if (!full || news.judging) this.#version = news.version;
		for (const event of events) this.#tell(event);
	}

	#remove(worker: string, kind: 'left' | 'died', events: WorkerEvent[]): void {
		const known = this.#workers.get(worker);
		if (known === undefined) return;
		this.#workers.delete(worker);
		events.push({ kind, worker: known });
	}

	#tell(event: WorkerEvent): void {
		for (const listener of [...this.#listeners]) {
			try {
				listener(event);
			} catch (error) {
				this.#log.error('registry listener failed', { error: describeError(error) });
			}
		}
	}
}

const BEGINNING = '0';
const READ_EVERY_MS = 400;
/** What is said in one moment is read together. */
const NOTICE_MS = 5;
