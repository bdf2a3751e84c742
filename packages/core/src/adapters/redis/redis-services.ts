import { randomUUID } from 'node:crypto';
import type { Json } from '../../domain/json.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IServices, ServiceCallOptions, ServiceRequest, ServiceState } from '../../ports/services.ts';
import { LocalCalls } from '../in-process/local-calls.ts';
import { OfferedServices } from '../in-process/offered-services.ts';
import { jsonOf, nobodyOffers } from '../in-process/service-refusals.ts';
import { ServiceStates } from '../in-process/service-states.ts';
import type { RedisLine } from './open-redis-line.ts';
import { IncomingCalls } from './services/incoming-calls.ts';
import { OutgoingCalls } from './services/outgoing-calls.ts';
import { ServiceDirectory } from './services/service-directory.ts';

/** RedisServicesOptions say which process this is, on which line. */
export interface RedisServicesOptions {
	readonly line: RedisLine;
	readonly clock: IClock;
	readonly log: ILogger;
}

interface Call {
	readonly id: string;
	readonly method: string;
	readonly body: Json;
	/** The body as JSON text. */
	readonly text: string;
}

/**
 * RedisServices are the services of all processes of one Errand. Calls and answers go over pub/sub, numbered and confirmed, so that
 * a line that was cut loses and repeats none; whoever is gone is noticed because nobody listens on its channel any more.
 */
export class RedisServices implements IServices {
	readonly #line: RedisLine;
	readonly #log: ILogger;
	readonly #states: ServiceStates;
	readonly #offered: OfferedServices;
	readonly #local: LocalCalls;
	readonly #incoming: IncomingCalls;
	readonly #outgoing: OutgoingCalls;
	readonly #directory: ServiceDirectory;
	/** When each process was last chosen. */
	readonly #turns = new Map<string, number>();
	#turn = 0;
	#looking: NodeJS.Timeout | undefined;
	#stopped: Promise<void> | undefined;

	constructor({ line, clock, log }: RedisServicesOptions) {
		this.#line = line;
		this.#log = log;
		this.#states = new ServiceStates({ clock, log });
		this.#offered = new OfferedServices((name) => this.#offersChanged(name));
		this.#local = new LocalCalls({ offered: this.#offered, clock, log });
		this.#incoming = new IncomingCalls({ line, calls: this.#local });
		this.#outgoing = new OutgoingCalls({
			...{ line, clock },
			isGone: (name, process) => this.#directory.offering(name).every((other) => other.process !== process),
		});
		this.#directory = new ServiceDirectory({
			...{ line, log },
			offers: () => this.#offers(),
			onChange: () => this.#updateStates(),
		});
	}

	/** Resolves once it is known which services there are, or Redis turned out to be away. */
	async start(): Promise<void> {
		if (this.#looking !== undefined || this.#stopped !== undefined) return;
		this.#looking = setInterval(() => {
			this.#directory.look();
			this.#incoming.look();
			this.#outgoing.look();
		}, LOOK_EVERY_MS);
		await this.#directory.start();
	}

	/** Offers nothing more, and tells callers whose answers do not come any more; a second call waits for the first. */
	stop(): Promise<void> {
		this.#stopped ??= this.#stop();
		return this.#stopped;
	}

	register(name: string, handle: (request: ServiceRequest) => Promise<Json>): () => void {
		return this.#offered.add(name, handle);
	}

	async call(name: string, method: string, body: Json, options: ServiceCallOptions): Promise<Json> {
		const call = { id: randomUUID(), method, body, text: jsonOf(name, body) };
		return await this.#carry(name, call, options, () => undefined);
	}

	async cast(
		name: string,
		method: string,
		body: Json,
		options: ServiceCallOptions & {
			readonly onReply?: ((reply: { answer: Json } | { error: Error }) => void) | undefined;
		},
	): Promise<string> {
		const call = { id: randomUUID(), method, body, text: jsonOf(name, body) };
		const sent = Promise.withResolvers<void>();
		let wasSent = false;
		const reply = (said: { answer: Json } | { error: Error }) => {
			if (wasSent) this.#local.tell(name, () => options.onReply?.(said));
			else if ('error' in said) sent.reject(said.error);
		};
		const onSent = () => {
			wasSent = true;
			sent.resolve();
		};
		this.#carry(name, call, options, onSent).then(
			(answer) => reply({ answer }),
			(error: Error) => reply({ error }),
		);
		await sent.promise;
		return call.id;
	}

	state(name: string): ServiceState {
		return this.#states.state(name);
	}

	list(): readonly ServiceState[] {
		return this.#states.list();
	}

	watch(listener: (state: ServiceState) => void): () => void {
		return this.#states.watch(listener);
	}

	/** To one instance after the other, as long as it is sure that none has begun. */
	async #carry(name: string, call: Call, options: ServiceCallOptions, onSent: () => void): Promise<Json> {
		const { timeoutMs, signal, onPiece } = options;
		const until = performance.now() + timeoutMs;
		const tried = new Set<string>();
		for (;;) {
			const process = this.#choose(name, tried);
			if (process === undefined) throw nobodyOffers(name);
			tried.add(process);
			this.#turn += 1;
			this.#turns.set(process, this.#turn);
			const left = { timeoutMs: Math.max(1, Math.round(until - performance.now())), signal };
			if (process === this.#line.self) {
				const answer = this.#local.begin(name, call, { ...left, onPiece });
				onSent();
				return await answer;
			}
			const { id, method, text } = call;
			const guarded = onPiece && ((piece: Json) => this.#local.tell(name, () => onPiece(piece)));
			const said = await this.#outgoing.call({
				...{ ...left, id, name, process, method, body: text, onSent },
				onPiece: guarded,
			});
			if (said !== 'not-taken') return said.answer;
			this.#log.info('service call goes to another process', { name, method, process });
			this.#directory.leaveOut(process);
		}
	}

	/** The least busy process, of equals the one whose turn is longest past. */
	#choose(name: string, tried: ReadonlySet<string>): string | undefined {
		const here = {
			process: this.#line.self,
			instances: this.#offered.instances(name),
			running: this.#offered.running(name),
		};
		const others = this.#directory
			.offering(name)
			// What was begun since it last said how busy it is counts as well.
			.map((other) => ({ ...other, running: Math.max(other.running, this.#outgoing.openWith(name, other.process)) }));
		const able = [here, ...others].filter(({ process, instances }) => instances > 0 && !tried.has(process));
		const turnOf = (process: string) => this.#turns.get(process) ?? 0;
		const [chosen] = able.toSorted(
			(a, b) => a.running / a.instances - b.running / b.instances || turnOf(a.process) - turnOf(b.process),
		);
		return chosen?.process;
	}

	#offers() {
		return Object.fromEntries(
			this.#offered.names.map((name) => [
				name,
				{ instances: this.#offered.instances(name), running: this.#offered.running(name) },
			]),
		);
	}

	#offersChanged(name: string): void {
		// Whoever hears of it may call at once.
		void this.#incoming.listen(name).then(async () => {
			if (this.#looking !== undefined) await this.#directory.say();
		});
		this.#updateState(name);
	}

	#updateStates(): void {
		const names = new Set([...this.#directory.names, ...this.#states.list().map(({ name }) => name)]);
		for (const name of names) this.#updateState(name);
	}

	#updateState(name: string): void {
		const others = this.#directory.offering(name).reduce((sum, { instances }) => sum + instances, 0);
		this.#states.update(name, this.#offered.instances(name) + others);
	}

	async #stop(): Promise<void> {
		clearInterval(this.#looking);
		await this.#directory.stop();
		await this.#incoming.stop();
		this.#outgoing.stop();
	}
}

const LOOK_EVERY_MS = 1_000;
