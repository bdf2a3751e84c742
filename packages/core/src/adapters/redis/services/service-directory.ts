import { describeError } from '../../../domain/errors.ts';
import type { ILogger } from '../../../ports/logger.ts';
import type { RedisLine } from '../open-redis-line.ts';
import { type Offers, readOffers, SERVICE_TTL_MS, sayOffers, takeBackOffers } from './service-records.ts';

interface Options {
	readonly line: Pick<
		RedisLine,
		'self' | 'keys' | 'commands' | 'channels' | 'reachable' | 'onReachableChange' | 'onWiped'
	>;
	/** What this process offers now. */
	readonly offers: () => Offers;
	/** Others came, went, or changed what they offer. */
	readonly onChange: () => void;
	readonly log: ILogger;
}

/** ServiceDirectory tells others what this process offers, every second and at each change, and knows what they offer. */
export class ServiceDirectory {
	readonly #options: Options;
	readonly #stops: (() => void)[] = [];
	#others: ReadonlyMap<string, Offers> = new Map();
	/** What was said last of this process; undefined when nothing stands there. */
	#said: string | undefined;
	#saying: Promise<void> | undefined;
	#reading: Promise<void> | undefined;
	#sayAgain = false;
	#readAgain = false;
	/** Until then (`performance.now()`) nobody is taken for gone who is only silent: after an outage all come back. */
	#lenientUntil = 0;
	#unreachableAt: number | undefined;
	#stopped = false;

	constructor(options: Options) {
		this.#options = options;
	}

	/** Resolves once it was read who offers what, or Redis turned out to be away. */
	async start(): Promise<void> {
		const { line } = this.#options;
		this.#stops.push(
			await line.channels.listen(line.keys.servicesChannel, () => void this.#read()),
			line.channels.onMissed(() => void this.#read()),
			line.onReachableChange((reachable) => (reachable ? this.#back() : this.#away())),
			line.onWiped(() => this.#back()),
		);
		await Promise.all([this.say(), this.#read()]);
	}

	/** Who else offers a service, and how many calls of it run there as far as known. */
	offering(
		name: string,
	): readonly { readonly process: string; readonly instances: number; readonly running: number }[] {
		return [...this.#others].flatMap(([process, offers]) => {
			const offer = Object.hasOwn(offers, name) ? offers[name] : undefined;
			return offer === undefined || offer.instances === 0 ? [] : [{ process, ...offer }];
		});
	}

	/** The names of all services that others offer. */
	get names(): ReadonlySet<string> {
		return new Set([...this.#others.values()].flatMap((offers) => Object.keys(offers)));
	}

	/** Nobody listens there: it is left out until it says that it is there. */
	leaveOut(process: string): void {
		this.#others = new Map([...this.#others].filter(([other]) => other !== process));
		this.#options.onChange();
		void this.#read();
	}

	/** Says and reads again. Call it every second. */
	look(): void {
		if (this.#unreachableAt !== undefined && performance.now() - this.#unreachableAt > SERVICE_TTL_MS)
			this.#set(new Map());
		void this.say();
		void this.#read();
	}

	/** Says at once what this process offers. */
	say(): Promise<void> {
		if (this.#stopped) return Promise.resolve();
		if (this.#saying !== undefined) this.#sayAgain = true;
		this.#saying ??= this.#say().finally(() => {
			this.#saying = undefined;
			if (!this.#sayAgain) return;
			this.#sayAgain = false;
			void this.say();
		});
		return this.#saying;
	}

	/** Takes back what it said; a second call does nothing. */
	async stop(): Promise<void> {
		if (this.#stopped) return;
		this.#stopped = true;
		for (const stop of this.#stops.splice(0)) stop();
		await this.#saying;
		const { line } = this.#options;
		if (this.#said !== undefined && line.reachable()) await takeBackOffers(line).catch(() => undefined);
	}

	async #say(): Promise<void> {
		const { line, offers, log } = this.#options;
		const offered = offers();
		const isOffering = Object.keys(offered).length > 0;
		if ((!isOffering && this.#said === undefined) || !line.reachable()) return;
		// Others hear at once which services there are, and of their load once a second.
		const names = JSON.stringify(Object.entries(offered).map(([name, { instances }]) => [name, instances]));
		try {
			if (isOffering) await sayOffers(line, offered, names !== this.#said);
			else await takeBackOffers(line);
			this.#said = isOffering ? names : undefined;
		} catch (error) {
			log.debug('services not said', { error: describeError(error) });
		}
	}

	#read(): Promise<void> {
		if (this.#stopped) return Promise.resolve();
		if (this.#reading !== undefined) this.#readAgain = true;
		this.#reading ??= this.#readOnce().finally(() => {
			this.#reading = undefined;
			if (!this.#readAgain) return;
			this.#readAgain = false;
			void this.#read();
		});
		return this.#reading;
	}

	async #readOnce(): Promise<void> {
		const { line, log } = this.#options;
		if (!line.reachable()) return;
		try {
			const found = await readOffers(line);
			const lenient = performance.now() < this.#lenientUntil;
			const others = new Map<string, Offers>(lenient ? this.#others : []);
			for (const [process, { offers, silentMs }] of found) {
				if (process === line.self) continue;
				if (silentMs <= SERVICE_TTL_MS) others.set(process, offers);
			}
			this.#set(others);
		} catch (error) {
			log.debug('services not read', { error: describeError(error) });
		}
	}

	#set(others: ReadonlyMap<string, Offers>): void {
		this.#others = others;
		if (!this.#stopped) this.#options.onChange();
	}

	#back(): void {
		this.#unreachableAt = undefined;
		this.#lenientUntil = performance.now() + SERVICE_TTL_MS;
		this.#said &&= '';
		void this.say();
		void this.#read();
	}

	#away(): void {
		this.#unreachableAt = performance.now();
	}
}
