import type { Redis } from 'ioredis';
import { asTaskId, type StreamId } from '../../domain/ids.ts';
import type { BusMessages, IEventBus } from '../../ports/event-bus.ts';
import type { ILogger } from '../../ports/logger.ts';
import { InProcessEventBus } from '../in-process/in-process-event-bus.ts';
import { type BusEnvelope, decodeEnvelope, encodeEnvelope, hintOf } from './bus-envelope.ts';
import type { RedisChannels } from './redis-channels.ts';
import type { RedisKeys } from './redis-keys.ts';
import { TaskProgress } from './task-progress.ts';

/** RedisEventBusOptions are what the bus goes over. */
export interface RedisEventBusOptions {
	readonly self: string;
	readonly keys: RedisKeys;
	readonly commands: Redis;
	readonly channels: RedisChannels;
	/** Whether it hears what concerns this process without attending. */
	readonly hearsAll: boolean;
	readonly log: ILogger;
}

/**
 * RedisEventBus carries messages to listeners in this process at once, and over Redis to those in others that attend to the
 * stream. Nobody waits for Redis: where it is away, progress is dropped, and of facts only the hint that they are there is
 * kept until it is back.
 */
export class RedisEventBus implements IEventBus {
	readonly #options: RedisEventBusOptions;
	readonly #here: InProcessEventBus;
	readonly #progress: TaskProgress;
	/** The last number heard of each other process. */
	readonly #heard = new Map<string, number>();
	/** Hints that could not be sent, by channel and stream. */
	readonly #unsent = new Map<string, { channel: string; facts: BusMessages['facts'] }>();
	readonly #stops: (() => void)[] = [];
	/** What other processes are told of. */
	readonly #tell: { readonly [T in keyof BusMessages]: (message: BusMessages[T]) => void } = {
		facts: (message) => {
			if (message.elsewhere !== true) this.#sendFacts(message);
		},
		progress: (message) => this.#progress.add(message),
		storeState: () => {},
		missed: () => {},
	};
	#tooManyUnsent = false;
	#n = 0;
	#stopped = false;

	constructor(options: RedisEventBusOptions) {
		const { self, keys, commands, channels, hearsAll, log } = options;
		this.#options = options;
		this.#here = new InProcessEventBus(log);
		this.#progress = new TaskProgress((taskId, steps) => {
			void this.#send(keys.taskChannel(taskId), { kind: 'progress', taskId, steps });
		});
		for (const channel of hearsAll ? [keys.processChannel(self), keys.everybodyChannel] : []) {
			void channels.listen(channel, (text) => this.#hear(text)).then((stop) => this.#stops.push(stop));
		}
		this.#stops.push(channels.onMissed(() => this.#here.publish('missed', {})));
		const sendUnsent = () => this.#sendUnsent();
		commands.on('ready', sendUnsent);
		this.#stops.push(() => commands.off('ready', sendUnsent));
	}

	publish<T extends keyof BusMessages>(topic: T, message: BusMessages[T]): void {
		this.#here.publish(topic, message);
		if (!this.#stopped) this.#tell[topic](message);
	}

	subscribe<T extends keyof BusMessages>(topic: T, listener: (message: BusMessages[T]) => void): () => void {
		return this.#here.subscribe(topic, listener);
	}

	async attend(stream: StreamId): Promise<() => void> {
		const { channels, keys } = this.#options;
		const wanted = [channels.listen(keys.factsChannel(stream), (text) => this.#hear(text))];
		if (stream.startsWith(TASK_PREFIX)) {
			const channel = keys.taskChannel(asTaskId(stream.slice(TASK_PREFIX.length)));
			wanted.push(channels.listen(channel, (text) => this.#hearProgress(text)));
		}
		const stops = await Promise.all(wanted);
		return () => {
			for (const stop of stops.splice(0)) stop();
		};
	}

	/** Says and hears nothing of other processes any more; a second call does nothing. */
	stop(): void {
		this.#stopped = true;
		this.#progress.stop();
		for (const stop of this.#stops.splice(0)) stop();
	}

	#sendFacts(message: BusMessages['facts']): void {
		const { keys } = this.#options;
		const { stream, home } = message;
		// With one number for both: whoever listens to both hears it once.
		const n = ++this.#n;
		const channels = [keys.factsChannel(stream), ...(home === undefined ? [] : [keys.processChannel(home)])];
		for (const channel of channels) {
			void this.#send(channel, { kind: 'facts', facts: message }, n).then((sent) => {
				if (!sent) this.#keepHint(channel, message);
			});
		}
	}

	async #send(channel: string, said: Said, n = ++this.#n): Promise<boolean> {
		const { commands, self } = this.#options;
		if (this.#stopped || commands.status !== 'ready') return false;
		try {
			await commands.publish(channel, encodeEnvelope({ from: self, n, ...said }));
			return true;
		} catch {
			return false;
		}
	}

	#keepHint(channel: string, facts: BusMessages['facts']): void {
		if (this.#stopped) return;
		if (this.#unsent.size < MAX_UNSENT)
			this.#unsent.set(`${channel} ${facts.stream}`, { channel, facts: hintOf(facts) });
		else this.#tooManyUnsent = true;
	}

	#sendUnsent(): void {
		const unsent = [...this.#unsent.values()];
		this.#unsent.clear();
		for (const { channel, facts } of unsent) {
			void this.#send(channel, { kind: 'facts', facts }).then((sent) => {
				if (!sent) this.#keepHint(channel, facts);
			});
		}
		if (!this.#tooManyUnsent) return;
		this.#tooManyUnsent = false;
		void this.#send(this.#options.keys.everybodyChannel, { kind: 'missed' }).then((sent) => {
			if (!sent) this.#tooManyUnsent = true;
		});
	}

	#hear(text: string): void {
		const envelope = decodeEnvelope(text);
		if (envelope === undefined || this.#stopped || !this.#isNew(envelope)) return;
		switch (envelope.kind) {
			case 'facts':
				return this.#here.publish('facts', { ...envelope.facts, elsewhere: true });
			case 'missed':
				return this.#here.publish('missed', {});
			case 'progress':
				return;
		}
	}

	/** Workers speak here, too, and are believed nothing but progress, whomever they say they are. */
	#hearProgress(text: string): void {
		const envelope = decodeEnvelope(text);
		if (envelope?.kind !== 'progress' || this.#stopped || !this.#isNew(envelope)) return;
		for (const step of envelope.steps) this.#here.publish('progress', { taskId: envelope.taskId, ...step });
	}

	/** Own words were heard when they were said, and one that was sent twice the first time. */
	#isNew({ from, n, kind }: BusEnvelope): boolean {
		if (from === this.#options.self) return false;
		const sender = kind === 'progress' ? `progress ${from}` : from;
		const last = this.#heard.get(sender) ?? 0;
		if (n <= last) return false;
		this.#heard.delete(sender);
		this.#heard.set(sender, n);
		if (this.#heard.size > MAX_SENDERS) this.#heard.delete(this.#heard.keys().next().value ?? '');
		return true;
	}
}

type Said = BusEnvelope extends infer Each ? (Each extends unknown ? Omit<Each, 'from' | 'n'> : never) : never;

const TASK_PREFIX = 'task-';
/** Beyond so many streams, everybody is told to look at everything instead. */
const MAX_UNSENT = 5_000;
/** More than an Errand has processes; those heard of last are remembered. */
const MAX_SENDERS = 2_000;
