import { describeError } from '../../../domain/errors.ts';
import type { ILogger } from '../../../ports/logger.ts';
import type { RedisLine } from '../open-redis-line.ts';
import { type ProgramAbout, readAbout } from './program-messages.ts';

type Line = Pick<RedisLine, 'keys' | 'commands' | 'channels' | 'reachable' | 'onReachableChange' | 'onWiped'>;

/** ProgramDirectory knows which programs of others are there: each says so every second, under a key that expires. */
export class ProgramDirectory {
	readonly #line: Line;
	readonly #log: ILogger;
	readonly #onChange: () => void;
	readonly #stops: (() => void)[] = [];
	readonly #texts = new Map<string, string>();
	/** When one that has said nothing was first missed. */
	readonly #silent = new Map<string, number>();
	#there: ReadonlyMap<string, ProgramAbout> = new Map();
	#lenientUntil = 0;
	#timer: NodeJS.Timeout | undefined;
	#looking: Promise<void> | undefined;
	#stopped = false;

	constructor({ line, log, onChange }: { line: Line; log: ILogger; onChange: () => void }) {
		this.#line = line;
		this.#log = log;
		this.#onChange = onChange;
	}

	/** Those alive, by the name of the instance. */
	get there(): ReadonlyMap<string, ProgramAbout> {
		return this.#there;
	}

	/** Resolves once it was read who is there, or Redis turned out to be away. */
	async start(): Promise<void> {
		const { channels, keys } = this.#line;
		const back = () => {
			this.#lenientUntil = performance.now() + LENIENT_MS;
		};
		this.#stops.push(
			await channels.listen(keys.programsChannel, () => void this.look()),
			this.#line.onReachableChange((reachable) => reachable && back()),
			this.#line.onWiped(back),
		);
		await this.look();
	}

	stop(): void {
		this.#stopped = true;
		clearTimeout(this.#timer);
		for (const stop of this.#stops.splice(0)) stop();
	}

	look(): Promise<void> {
		this.#looking ??= this.#look().finally(() => {
			this.#looking = undefined;
			clearTimeout(this.#timer);
			if (this.#stopped) return;
			// Whoever comes says so on the channel; who goes may not.
			this.#timer = setTimeout(() => void this.look(), this.#there.size > 0 ? LOOK_EVERY_MS : LOOK_RARELY_MS);
			this.#timer.unref();
		});
		return this.#looking;
	}

	async #look(): Promise<void> {
		const { commands, keys } = this.#line;
		if (!this.#line.reachable() || this.#stopped) return;
		try {
			const names = (await commands.smembers(keys.programs)).filter((name) => NAME.test(name)).slice(0, MAX_PROGRAMS);
			const texts =
				names.length === 0 ? [] : await Promise.all(names.map((name) => commands.get(keys.program(name, 'about'))));
			const lenient = performance.now() < this.#lenientUntil;
			const there = new Map<string, ProgramAbout>();
			for (const [index, name] of names.entries()) {
				const text = texts[index] ?? null;
				if (text === null) this.#missed(name);
				else this.#silent.delete(name);
				const about = text === null ? (lenient ? this.#there.get(name) : undefined) : this.#readOf(name, text);
				if (about !== undefined) there.set(name, about);
			}
			this.#set(there);
		} catch (error) {
			this.#log.debug('programs not read', { error: describeError(error) });
		}
	}

	#readOf(name: string, text: string): ProgramAbout | undefined {
		if (this.#texts.get(name) === text) return this.#there.get(name);
		this.#texts.set(name, text);
		const about = readAbout(text);
		if (about === undefined) this.#log.warn('program not understood', { program: name });
		return about;
	}

	/** One that was killed leaves its name. */
	#missed(name: string): void {
		const since = this.#silent.get(name) ?? performance.now();
		this.#silent.set(name, since);
		this.#texts.delete(name);
		if (performance.now() - since < FORGET_MS) return;
		this.#silent.delete(name);
		this.#line.commands.srem(this.#line.keys.programs, name).catch(() => {});
	}

	#set(there: ReadonlyMap<string, ProgramAbout>): void {
		const before = this.#there;
		const same = there.size === before.size && [...there].every(([name, about]) => before.get(name) === about);
		if (same || this.#stopped) return;
		this.#there = there;
		this.#onChange();
	}
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;
const MAX_PROGRAMS = 500;
const LOOK_EVERY_MS = 400;
const LOOK_RARELY_MS = 5_000;
const LENIENT_MS = 3_000;
const FORGET_MS = 60_000;
