import { z } from 'zod';

const Snowflake = z.string().regex(/^\d{1,20}$/);
const Saved = z.object({
	v: z.literal(1),
	places: z.array(z.object({ channel: Snowflake, kind: z.enum(['dm', 'shared']), last: Snowflake })).max(1_000),
});

/** SeenPlace is a channel that is read back after an absence, from the message after `last`. */
export interface SeenPlace {
	readonly channel: string;
	readonly kind: 'dm' | 'shared';
	readonly last: string;
}

interface Marks {
	readonly kind: 'dm' | 'shared';
	/** A message from there was taken; strangers write in others. */
	served: boolean;
	/** The highest message that was taken. */
	top: bigint;
	/** Those that are not taken yet: they wait for their turn, are being taken, or are left for later. */
	readonly open: Map<bigint, 'waiting' | 'taking' | 'left'>;
}

const MAX_PLACES = 300;

/**
 * SeenMarks remembers, for every channel that is served, up to which message everything was taken. A message that could not
 * be taken holds the mark back, so that it is read again later. The channels used last are kept, and no flood of strangers
 * pushes them out.
 */
export class SeenMarks {
	readonly #places = new Map<string, Marks>();
	readonly #joined: () => void;

	/** `joined` is called when another channel is served, which must not be forgotten even in a crash right after. */
	constructor(joined: () => void = () => {}) {
		this.#joined = joined;
	}

	/** Takes up what `toSaved` was written as; broken or foreign text counts as nothing. */
	restore(text: string | undefined): void {
		const saved = Saved.safeParse(parsed(text));
		for (const { channel, kind, last } of saved.success ? saved.data.places : []) {
			this.#places.set(channel, { kind, served: true, top: BigInt(last), open: new Map() });
		}
	}

	/** The bot wrote there, so an answer is to be read back even if it is the first word of its person in that channel. */
	wrote(channel: string, kind: 'dm' | 'shared', message: string): void {
		if (this.#places.get(channel)?.served) return;
		const { open = new Map(), top = BigInt(message) } = this.#places.get(channel) ?? {};
		this.#places.delete(channel);
		this.#places.set(channel, { kind, served: true, top, open });
		this.#bound(true);
		this.#joined();
	}

	/** A message arrived and waits for its turn: later ones that are quicker do not pass it. */
	arrived(channel: string, message: string): void {
		const open = this.#places.get(channel)?.open;
		const id = BigInt(message);
		if (open !== undefined && !open.has(id)) open.set(id, 'waiting');
	}

	/** A message turned out to be none for the bot; it is not read back again. */
	passed(channel: string, message: string): void {
		this.#end(channel, message);
	}

	/** A message is about to be taken; false while the same one is being taken. */
	begin(channel: string, kind: 'dm' | 'shared', message: string): boolean {
		const id = BigInt(message);
		const marks = this.#places.get(channel) ?? { kind, served: false, top: id - 1n, open: new Map() };
		this.#places.delete(channel);
		this.#places.set(channel, marks);
		if (marks.open.get(id) === 'taking') return false;
		marks.open.set(id, 'taking');
		this.#bound(false);
		return true;
	}

	/** A message was taken. */
	done(channel: string, message: string): void {
		const marks = this.#end(channel, message);
		if (marks === undefined || marks.served) return;
		marks.served = true;
		this.#bound(true);
		this.#joined();
	}

	/** A message needs not be taken. Where none ever was, there is nothing to read back. */
	refused(channel: string, message: string): void {
		const marks = this.#end(channel, message);
		if (marks?.served === false && marks.open.size === 0) this.#places.delete(channel);
	}

	/** A message could not be taken: the mark stays before it until it comes again. */
	leave(channel: string, message: string): void {
		this.#places.get(channel)?.open.set(BigInt(message), 'left');
	}

	/** A channel that is gone is not read again. */
	forget(channel: string): void {
		this.#places.delete(channel);
	}

	/** Some message could not be taken yet. */
	hasLeft(): boolean {
		return [...this.#places.values()].some(({ open }) => [...open.values()].includes('left'));
	}

	/** Those used last first. */
	places(): SeenPlace[] {
		const places = [...this.#places].map(([channel, marks]) => ({
			channel,
			kind: marks.kind,
			last: lastOf(marks).toString(),
		}));
		return places.toReversed();
	}

	toSaved(): object {
		return { v: 1, places: this.places().toReversed() };
	}

	#end(channel: string, message: string): Marks | undefined {
		const marks = this.#places.get(channel);
		const id = BigInt(message);
		if (!marks?.open.delete(id)) return undefined;
		if (id > marks.top) marks.top = id;
		return marks;
	}

	#bound(served: boolean): void {
		const [oldest, ...others] = [...this.#places].filter(([, marks]) => marks.served === served);
		if (oldest !== undefined && others.length >= MAX_PLACES) this.#places.delete(oldest[0]);
	}
}

function lastOf({ top, open }: Marks): bigint {
	let last = top;
	for (const id of open.keys()) if (id <= last) last = id - 1n;
	return last;
}

function parsed(text: string | undefined): unknown {
	try {
		return JSON.parse(text ?? 'null');
	} catch {
		return undefined;
	}
}
