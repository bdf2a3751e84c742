import { describeError } from '../../domain/errors.ts';
import type { PersonId } from '../../domain/ids.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { RegisteredWorker, WorkerOrder } from '../../ports/worker-registry.ts';
import type { RedisLine } from './open-redis-line.ts';
import { type QueuedOrder, sayGoodbye, sendBeat } from './registry-scripts.ts';
import { type WorkerRecord, writeWorkerRecord } from './worker-record.ts';

/** WorkerBeatOptions are who beats, and what to do when told something. */
export interface WorkerBeatOptions {
	readonly line: RedisLine;
	/** The worker as it is now; its name stays the same. */
	readonly describe: () => RegisteredWorker;
	/** Called once for each order, in their order. */
	readonly onOrder: (order: WorkerOrder) => void;
	/** Told likewise to drop what there is of a person. */
	readonly onForget?: ((person: PersonId) => void) | undefined;
	readonly log?: ILogger | undefined;
}

/** WorkerBeat keeps a worker on the list of those alive: a heartbeat twice a second, which tells only what has changed. */
export class WorkerBeat {
	readonly #options: WorkerBeatOptions;
	readonly #name: string;
	/** What Redis has, as it confirmed. */
	#told: Partial<WorkerRecord> = {};
	/** Orders carried out, until Redis has struck them off; it may give one again before. */
	#taken: readonly string[] = [];
	readonly #seen = new Set<string>();
	#timer: NodeJS.Timeout | undefined;
	#beating: Promise<void> | undefined;
	#again = false;
	#stopListening: (() => void) | undefined;
	#state: 'new' | 'beating' | 'stopped' = 'new';

	constructor(options: WorkerBeatOptions) {
		this.#options = options;
		this.#name = options.describe().worker;
	}

	/** Resolves once the first heartbeat was sent, or Redis turned out to be away. */
	async start(): Promise<void> {
		if (this.#state !== 'new') return;
		this.#state = 'beating';
		const { line } = this.#options;
		this.#stopListening = await line.channels.listen(line.keys.ordersChannel(this.#name), () => this.beatNow());
		await this.#beat(true);
	}

	/** Tells at once what has changed, and that others should look. */
	beatNow(): void {
		if (this.#state !== 'beating') return;
		if (this.#beating !== undefined) this.#again = true;
		else void this.#beat(true);
	}

	/** Says goodbye; a second call does nothing. */
	async stop(): Promise<void> {
		if (this.#state === 'stopped') return;
		this.#state = 'stopped';
		clearTimeout(this.#timer);
		this.#stopListening?.();
		await this.#beating;
		const { line } = this.#options;
		if (!line.reachable()) return;
		await sayGoodbye({ redis: line.commands, keys: line.keys }, this.#name).catch(() => {});
	}

	async #beat(news: boolean): Promise<void> {
		clearTimeout(this.#timer);
		this.#beating = this.#send(news);
		await this.#beating;
		this.#beating = undefined;
		if (this.#state !== 'beating') return;
		if (this.#again) {
			this.#again = false;
			void this.#beat(true);
			return;
		}
		// Many that were started together do not beat together.
		const waitMs = BEAT_EVERY_MS * (0.9 + Math.random() / 5);
		this.#timer = setTimeout(() => void this.#beat(false), waitMs);
	}

	async #send(news: boolean): Promise<void> {
		const { line, describe, log } = this.#options;
		if (line.commands.status !== 'ready') return;
		try {
			const record = writeWorkerRecord(describe());
			const taken = this.#taken;
			const to = { redis: line.commands, keys: line.keys };
			const beat = { worker: this.#name, news, taken };
			const answer =
				(await sendBeat(to, { ...beat, record: changedSince(this.#told, record) })) ??
				(await sendBeat(to, { ...beat, record }));
			this.#told = record;
			this.#taken = this.#taken.filter((entry) => !taken.includes(entry));
			for (const order of answer?.orders ?? []) this.#takeOrder(order, taken);
		} catch (error) {
			// The next one says it all again.
			this.#told = {};
			log?.debug('heartbeat failed', { error: describeError(error) });
		}
	}

	#takeOrder({ entry, order }: QueuedOrder, struckOff: readonly string[]): void {
		if (!struckOff.includes(entry) && !this.#taken.includes(entry)) this.#taken = [...this.#taken, entry];
		if (this.#seen.has(entry)) return;
		this.#seen.add(entry);
		this.#again = true;
		if (typeof order === 'string') this.#options.onOrder(order);
		else this.#options.onForget?.(order.forget);
	}
}

function changedSince(told: Partial<WorkerRecord>, record: WorkerRecord): Partial<WorkerRecord> {
	return {
		...(told.profile === record.profile ? {} : { profile: record.profile }),
		...(told.pulse === record.pulse ? {} : { pulse: record.pulse }),
	};
}

const BEAT_EVERY_MS = 500;
