import { describeError } from '../domain/errors.ts';
import type { CapabilityDeclaration, ICapability } from '../ports/capability.ts';
import type { ICapabilitySource } from '../ports/capability-source.ts';
import type { ICatalogue } from '../ports/catalogue.ts';
import { ChangeListeners } from '../ports/change-listeners.ts';
import { declarationProblem } from './declaration-problem.ts';

interface Parts {
	/** Why a capability that ships with Errand is not offered here, by name. */
	readonly missing?: ReadonlyMap<string, string> | undefined;
	/** Hears, once, of each capability that a source brings and that is refused, with the reason. */
	readonly onRefused?: ((source: string, problem: string) => void) | undefined;
}

/** What there is now. The arrays and maps stay the same ones until something changes. */
interface Now<Shipped> {
	readonly list: readonly (Shipped | ICapability)[];
	readonly byName: ReadonlyMap<string, Shipped | ICapability>;
	readonly sources: ReadonlyMap<string, string>;
	readonly missing: ReadonlyMap<string, string>;
}

/**
 * LiveCatalogue is what ships with Errand and what sources bring. Shipped capabilities come first, as they are listed; the others
 * follow by name. A source brings no capability of a name that is taken: shipped ones are never replaced, whether they are offered
 * here or not, and of two sources the one that was added first has the name.
 */
export class LiveCatalogue<Shipped extends CapabilityDeclaration = CapabilityDeclaration> implements ICatalogue {
	readonly #shipped: readonly Shipped[];
	readonly #reserved: ReadonlySet<string>;
	readonly #parts: Parts;
	readonly #sources = new Set<ICapabilitySource>();
	readonly #listeners = new ChangeListeners();
	readonly #refused = new Set<string>();
	/** What was offered before and is not now, with its source. */
	readonly #gone = new Map<string, string>();
	#now: Now<Shipped>;

	constructor(shipped: readonly Shipped[], parts: Parts = {}) {
		this.#shipped = shipped;
		this.#parts = parts;
		const missing = parts.missing ?? new Map();
		this.#reserved = new Set([...shipped.map(({ name }) => name), ...missing.keys()]);
		this.#now = this.#read();
	}

	/** Offers what a source brings, from now until the returned function is called. */
	add(source: ICapabilitySource): () => void {
		this.#sources.add(source);
		const stop = source.onChange(() => this.#update());
		this.#update();
		return () => {
			stop();
			if (this.#sources.delete(source)) this.#update();
		};
	}

	list(): readonly (Shipped | ICapability)[] {
		return this.#now.list;
	}

	get(name: string): Shipped | ICapability | undefined {
		return this.#now.byName.get(name);
	}

	sourceOf(name: string): string | undefined {
		return this.#now.sources.get(name);
	}

	missing(): ReadonlyMap<string, string> {
		return this.#now.missing;
	}

	onChange(listener: () => void): () => void {
		return this.#listeners.add(listener);
	}

	#update(): void {
		const before = this.#now;
		this.#noteGone(before);
		const now = this.#read();
		const isSame =
			now.list.length === before.list.length &&
			now.list.every((one, index) => one === before.list[index]) &&
			[...now.sources].join('|') === [...before.sources].join('|') &&
			[...now.missing].join('|') === [...before.missing].join('|');
		if (isSame) return;
		this.#now = now;
		this.#listeners.tell();
	}

	/** Those that still are there are no longer among them once read. */
	#noteGone({ sources }: Now<Shipped>): void {
		for (const [name, source] of sources) {
			this.#gone.delete(name);
			this.#gone.set(name, source);
		}
		for (const name of this.#gone.keys()) {
			if (this.#gone.size <= MAX_GONE) break;
			this.#gone.delete(name);
		}
	}

	#read(): Now<Shipped> {
		const brought = new Map<string, ICapability>();
		const sources = new Map<string, string>();
		const missing = new Map(this.#parts.missing);
		for (const source of this.#sources) {
			for (const capability of this.#given(source)) {
				const problem = this.#problemOf(capability, sources);
				if (problem !== undefined) {
					this.#refuse(source.name, problem);
					continue;
				}
				brought.set(capability.name, capability);
				sources.set(capability.name, source.originOf?.(capability.name) ?? source.name);
			}
		}
		for (const source of this.#sources) {
			for (const [name, why] of source.missing()) {
				if (!this.#reserved.has(name) && !brought.has(name) && !missing.has(name)) missing.set(name, why);
			}
		}
		for (const [name, source] of this.#gone) {
			if (brought.has(name)) this.#gone.delete(name);
			else if (!missing.has(name)) missing.set(name, awayWords(name, source));
		}
		const others = [...brought.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
		const list = [...this.#shipped, ...others];
		return { list, byName: new Map(list.map((one) => [one.name, one])), sources, missing };
	}

	#given(source: ICapabilitySource): readonly ICapability[] {
		try {
			return source.capabilities();
		} catch (error) {
			this.#refuse(source.name, `It cannot tell what it brings: ${describeError(error)}`);
			return [];
		}
	}

	#problemOf(capability: ICapability, sources: ReadonlyMap<string, string>): string | undefined {
		const problem = declarationProblem(capability);
		if (problem !== undefined) return problem;
		const { name } = capability;
		if (this.#reserved.has(name)) return `"${name}" is the name of a capability that ships with Errand.`;
		const other = sources.get(name);
		return other === undefined ? undefined : `"${name}" is brought by "${other}" already.`;
	}

	/** The same refusal is told once, because it comes again with each change. */
	#refuse(source: string, problem: string): void {
		const key = `${source} ${problem}`;
		if (this.#refused.has(key) || this.#refused.size >= MAX_REFUSALS) return;
		this.#refused.add(key);
		this.#parts.onRefused?.(source, problem);
	}
}

function awayWords(name: string, source: string): string {
	return `"${name}" comes from "${source}", which is not here now or does not offer it any more; it is offered again once it is back.`;
}

const MAX_GONE = 2_000;
const MAX_REFUSALS = 1_000;
