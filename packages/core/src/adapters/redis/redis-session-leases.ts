import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { CoreError, describeError } from '../../domain/errors.ts';
import type { TaskId } from '../../domain/ids.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { ISessionLeases, SessionClaim, SessionEvents, SessionLease } from '../../ports/session-leases.ts';
import type { TextSeal } from '../sealing/text-seal.ts';
import type { RedisLine } from './open-redis-line.ts';
import { unreachable } from './redis-connection.ts';
import {
	CLAIM_SESSIONS,
	END_SESSIONS,
	LEAVE_SESSIONS,
	RENEW_SESSIONS,
	SAVE_SESSION,
	SESSION_TTL_MS,
} from './session-scripts.ts';

/** SessionLeasesOptions say whose leases these are, and what seals what is saved. */
export interface SessionLeasesOptions {
	readonly line: Pick<RedisLine, 'keys' | 'commands'>;
	/** This worker's name; another one after each start. */
	readonly worker: string;
	readonly seal: TextSeal;
	readonly log: ILogger;
	readonly ttlMs?: number | undefined;
}

/**
 * RedisSessionLeases hold the sessions of all tasks of one worker by one key that expires, so that one call renews them all.
 * The time counts here from before a renewal was sent, and so ends before it does in Redis. Where the key is gone, all of
 * them are over; taken anew, they have another epoch, and what is saved under an older one is not kept.
 */
export class RedisSessionLeases implements ISessionLeases {
	readonly #options: SessionLeasesOptions;
	readonly #ttlMs: number;
	readonly #held = new Map<TaskId, Held>();
	readonly #claiming = new Map<TaskId, Promise<Claimed | 'again'>>();
	readonly #closing = new Map<TaskId, Promise<void>>();
	#generation: Generation | undefined;
	#events: SessionEvents = { closing: async () => {}, lapsed: () => {} };
	#timer: NodeJS.Timeout | undefined;
	#stopped = false;

	constructor(options: SessionLeasesOptions) {
		this.#options = options;
		this.#ttlMs = options.ttlMs ?? SESSION_TTL_MS;
	}

	start(events: SessionEvents): void {
		this.#events = events;
	}

	held(): readonly TaskId[] {
		return [...this.#held.keys()];
	}

	async claim(task: TaskId, signal: AbortSignal): Promise<SessionClaim> {
		let beat: string | undefined;
		for (;;) {
			signal.throwIfAborted();
			if (this.#stopped) throw stopping();
			await this.#closing.get(task);
			this.#noticeEnd();
			const held = this.#held.get(task);
			if (held !== undefined) return { kind: 'held', lease: held.lease };
			const claimed = await this.#claimOnce(task);
			if (claimed === 'again') continue;
			if (claimed.kind === 'held') return claimed;
			// Whoever has not beaten since the last look may be dead: then its lease is over soon.
			if (beat !== undefined && beat !== claimed.beat) return claimed;
			beat = claimed.beat;
			await wait(LOOK_MS, undefined, { signal });
		}
	}

	async load(task: TaskId, name: string): Promise<string | undefined> {
		const { line, seal } = this.#options;
		const sealed = await line.commands.hget(line.keys.sessionState(task), name).catch((error: unknown) => {
			throw unreachable('restore what the browser of a task remembers', error);
		});
		return sealed === null ? undefined : seal.open(`${task}/${name}`, sealed);
	}

	async save(task: TaskId, name: string, state: string): Promise<void> {
		const { line, seal, log } = this.#options;
		const held = this.#held.get(task);
		if (held === undefined) return;
		const keys = [line.keys.sessionPlaces, line.keys.sessionState(task)];
		const args = [task, held.place, name, seal.seal(`${task}/${name}`, state)];
		const kept = await SAVE_SESSION.run(line.commands, keys, args);
		if (kept !== 1) log.debug('browser state not kept: its task is elsewhere', { taskId: task });
	}

	async stop(): Promise<void> {
		if (this.#stopped) return;
		this.#stopped = true;
		clearTimeout(this.#timer);
		await Promise.all(this.#closing.values());
		const { line, worker, log } = this.#options;
		const { keys } = line;
		const tasks = this.held();
		this.#end();
		if (this.#generation === undefined) return;
		const leaving = LEAVE_SESSIONS.run(
			line.commands,
			[keys.sessionPlaces, keys.sessionHolder(worker), keys.sessionClosing(worker)],
			[worker, ...tasks],
		);
		await leaving.catch((error: unknown) => log.warn('sessions not given back', { error: describeError(error) }));
	}

	/** One try for all who ask for the same task at once. */
	#claimOnce(task: TaskId): Promise<Claimed | 'again'> {
		const known = this.#claiming.get(task);
		if (known !== undefined) return known;
		const claiming = this.#ask(task).finally(() => this.#claiming.delete(task));
		this.#claiming.set(task, claiming);
		return claiming;
	}

	async #ask(task: TaskId): Promise<Claimed | 'again'> {
		const { line, worker } = this.#options;
		const { keys } = line;
		this.#generation ??= { id: randomUUID(), confirmed: false, endsAt: 0 };
		const generation = this.#generation;
		const sentAt = performance.now();
		const answer = await CLAIM_SESSIONS.run(
			line.commands,
			[keys.sessionPlaces, keys.sessionHolder(worker), keys.sessionClosing(worker), keys.sessionState(task)],
			[task, worker, this.#ttlMs, generation.id, generation.confirmed ? 0 : 1, keys.sessionHolder('')],
		).catch((error: unknown) => {
			throw unreachable('take the browser of a task', error);
		});
		const [kind, first = '', second = ''] = String(answer).split(' ');
		if (kind === 'elsewhere') return { kind, worker: second, beat: first };
		if (this.#generation !== generation) return 'again';
		if (kind === 'lapsed') {
			this.#lapse();
			return 'again';
		}
		if (!generation.confirmed) {
			generation.confirmed = true;
			generation.endsAt = sentAt + this.#ttlMs - MARGIN_MS;
			this.#renewSoon();
		}
		if (performance.now() >= generation.endsAt) {
			this.#lapse();
			return 'again';
		}
		const ended = new AbortController();
		const lease: SessionLease = { task, lost: ended.signal };
		this.#held.set(task, { lease, ended, place: `${first} ${second}` });
		return { kind: 'held', lease };
	}

	#renewSoon(): void {
		clearTimeout(this.#timer);
		if (this.#stopped || this.#generation === undefined) return;
		const left = this.#generation.endsAt - performance.now();
		this.#timer = setTimeout(() => void this.#renew(), Math.max(0, Math.min(this.#ttlMs / RENEWALS, left)));
	}

	async #renew(): Promise<void> {
		const generation = this.#generation;
		if (this.#noticeEnd() || generation === undefined) return;
		const { line, worker, log } = this.#options;
		const { keys } = line;
		const sentAt = performance.now();
		// An answer that does not come must not keep the end of the lease from being noticed.
		this.#renewSoon();
		try {
			const closing = await RENEW_SESSIONS.run(
				line.commands,
				[keys.sessionHolder(worker), keys.sessionClosing(worker)],
				[this.#ttlMs, generation.id],
			);
			if (this.#generation !== generation) return;
			if (!Array.isArray(closing)) return this.#lapse();
			generation.endsAt = Math.max(generation.endsAt, sentAt + this.#ttlMs - MARGIN_MS);
			for (const task of closing) this.#close(String(task) as TaskId);
			// Without sessions there is nothing to renew: the key goes by itself.
			if (this.#held.size + this.#claiming.size + this.#closing.size === 0) this.#forgetGeneration();
		} catch (error) {
			log.debug('sessions not renewed', { error: describeError(error) });
		}
	}

	#close(task: TaskId): void {
		if (this.#closing.has(task)) return;
		const { line, worker, log } = this.#options;
		const { keys } = line;
		const held = this.#held.get(task);
		this.#held.delete(task);
		held?.ended.abort();
		const close = async () => {
			await this.#events.closing(task);
			await END_SESSIONS.run(
				line.commands,
				[keys.sessionPlaces, keys.sessionState(task), keys.sessionClosing(worker)],
				[task, worker],
			);
		};
		const closing = close()
			// The next renewal tells of it again.
			.catch((error: unknown) => log.warn('sessions not closed', { taskId: task, error: describeError(error) }))
			.finally(() => this.#closing.delete(task));
		this.#closing.set(task, closing);
	}

	/** Whether the leases are over by this process's own clock; then they end here. */
	#noticeEnd(): boolean {
		const generation = this.#generation;
		if (generation === undefined || !generation.confirmed || performance.now() < generation.endsAt) return false;
		this.#lapse();
		return true;
	}

	#lapse(): void {
		const had = this.#held.size;
		this.#forgetGeneration();
		if (had === 0) return;
		this.#options.log.warn('sessions lapsed: they could not be renewed in time', { tasks: had });
		this.#end();
		this.#events.lapsed();
	}

	#forgetGeneration(): void {
		this.#generation = undefined;
		clearTimeout(this.#timer);
	}

	#end(): void {
		const held = [...this.#held.values()];
		this.#held.clear();
		for (const { ended } of held) ended.abort();
	}
}

function stopping(): CoreError {
	return new CoreError('shutting-down', 'This worker is stopping and takes no further browser.', {
		hint: 'Nothing to do: the step runs on another worker.',
	});
}

type Claimed =
	| Extract<SessionClaim, { kind: 'held' }>
	| (Extract<SessionClaim, { kind: 'elsewhere' }> & { readonly beat: string });

interface Held {
	readonly lease: SessionLease;
	readonly ended: AbortController;
	readonly place: string;
}

/** Begins with the first lease of a worker that has none. */
interface Generation {
	readonly id: string;
	confirmed: boolean;
	/** By this process's monotonic clock. */
	endsAt: number;
}

const RENEWALS = 4;
/** Browsers are killed in this time, before anybody else can have the task's. */
const MARGIN_MS = 250;
const LOOK_MS = 100;
