import { writeWords } from './service-message.ts';

/** Tells the caller something; how many heard it. */
export type TellCaller = (text: string) => Promise<number>;

/**
 * ServedCall is what a service said to one call and the caller has not confirmed: numbered, in order, said again where it was lost.
 * What comes while something is on its way waits and goes out together.
 */
export class ServedCall {
	readonly id: string;
	readonly from: string;
	readonly controller = new AbortController();
	/** When its caller was last heard of, by `performance.now()`. */
	heardAt = performance.now();
	/** How often nobody listened there when it should have said something. */
	unheard = 0;
	readonly #tell: TellCaller;
	readonly #overrun: () => void;
	#unconfirmed: string[] = [];
	/** The number of the first of them. */
	#first = 0;
	/** The number of the next to be told. */
	#next = 0;
	#toldAt = 0;
	#characters = 0;
	#telling: Promise<void> | undefined;
	#over = false;

	/** `overrun` is called once when the caller takes less than is said. */
	constructor({
		id,
		from,
		tell,
		overrun,
	}: {
		readonly id: string;
		readonly from: string;
		readonly tell: TellCaller;
		readonly overrun: () => void;
	}) {
		this.id = id;
		this.from = from;
		this.#tell = tell;
		this.#overrun = overrun;
	}

	/** Everything was said, and the caller has it. */
	get isDone(): boolean {
		return this.#over && this.#unconfirmed.length === 0;
	}

	/** `word` is JSON text; after the last one nothing is said. */
	say(word: string, { last = false } = {}): void {
		if (this.#over) return;
		this.#over = last;
		this.#unconfirmed.push(word);
		this.#characters += word.length;
		void this.#tellOn();
		if (!last && (this.#characters > MAX_UNTAKEN || this.#unconfirmed.length > MAX_UNTAKEN_WORDS)) this.#overrun();
	}

	/** The caller has everything before this number. What it was told long ago and lacks is told again. */
	confirm(have: number): void {
		this.heardAt = performance.now();
		this.unheard = 0;
		const confirmed = Math.min(Math.max(have - this.#first, 0), this.#unconfirmed.length);
		for (const word of this.#unconfirmed.splice(0, confirmed)) this.#characters -= word.length;
		this.#first += confirmed;
		this.#next = Math.max(this.#next, this.#first);
		if (this.#next > this.#first && this.heardAt - this.#toldAt > ON_ITS_WAY_MS) this.#next = this.#first;
		void this.#tellOn();
	}

	/** Resolves once what was said has been told, as far as that went. */
	async told(): Promise<void> {
		await this.#telling;
	}

	#tellOn(): Promise<void> {
		this.#telling ??= this.#tellAll().finally(() => {
			this.#telling = undefined;
		});
		return this.#telling;
	}

	async #tellAll(): Promise<void> {
		// What is said in the same breath goes along.
		await undefined;
		while (this.#next < this.#first + this.#unconfirmed.length) {
			const first = this.#next;
			const words = firstOf(this.#unconfirmed.slice(first - this.#first));
			this.#next = first + words.length;
			this.#toldAt = performance.now();
			const heardBy = await this.#tell(writeWords({ id: this.id, first, words })).catch(() => 0);
			// The caller will say what it lacks.
			if (heardBy === 0) return;
		}
	}
}

/** As many as go into one message, and at least one. */
function firstOf(words: readonly string[]): readonly string[] {
	let characters = 0;
	const fits = words.findIndex((word, index) => {
		characters += word.length;
		return index > 0 && characters > MAX_TOLD;
	});
	return fits === -1 ? words : words.slice(0, fits);
}

const MAX_TOLD = 1_000_000;
/** What a caller that is slow, or away for a moment, may leave untaken. */
const MAX_UNTAKEN = 16_000_000;
const MAX_UNTAKEN_WORDS = 100_000;
const ON_ITS_WAY_MS = 300;
