import { isJsonObject, type Json, type JsonObject } from '../json.ts';

/** RunFigures is what one ended run says about its worker. */
export interface RunFigures {
	readonly worker: string;
	readonly capability: string;
	readonly ok: boolean;
	readonly ms: number;
	readonly microUsd: number;
}

/** Tally sums up runs of one capability on one worker, each weighing half as much after each half-life. */
export interface Tally {
	/** Weight of the runs that succeeded, and of those that did not. */
	readonly ok: number;
	readonly failed: number;
	/** Weighted sums over all runs: their times, the squares of these, and their costs. */
	readonly ms: number;
	readonly squares: number;
	readonly microUsd: number;
}

export const NO_RUNS: Tally = { ok: 0, failed: 0, ms: 0, squares: 0, microUsd: 0 };

/** addTallies merges what two places saw: the sum, in whatever order. */
export function addTallies(one: Tally, other: Tally): Tally {
	return {
		ok: one.ok + other.ok,
		failed: one.failed + other.failed,
		ms: one.ms + other.ms,
		squares: one.squares + other.squares,
		microUsd: one.microUsd + other.microUsd,
	};
}

/** decayed is a tally as it weighs `ageMs` later; a clock that went back changes nothing. */
export function decayed(tally: Tally, ageMs: number, halfLifeMs: number): Tally {
	if (ageMs <= 0) return tally;
	const share = 0.5 ** (ageMs / halfLifeMs);
	return {
		ok: tally.ok * share,
		failed: tally.failed * share,
		ms: tally.ms * share,
		squares: tally.squares * share,
		microUsd: tally.microUsd * share,
	};
}

/** Below this weight a tally says nothing any more. */
const NEGLIGIBLE = 0.05;

type ByWorker = Map<string, { readonly tally: Tally; readonly at: number }>;
type ByCapability = Map<string, ByWorker>;

/**
 * WorkerStats remembers how workers do at their capabilities. What it recorded itself and what each other gateway published
 * are kept apart and added when read: a publication replaces the one before from the same source, so that hearing it twice,
 * late or not at all changes nothing but how fresh it is.
 */
export class WorkerStats {
	readonly halfLifeMs: number;
	readonly #own: ByCapability = new Map();
	#recorded = 0;
	readonly #others = new Map<string, ByCapability>();

	constructor({ halfLifeMs }: { halfLifeMs: number }) {
		this.halfLifeMs = halfLifeMs;
	}

	/** How many runs were recorded here: another number, and there is something new to publish. */
	get recorded(): number {
		return this.#recorded;
	}

	record({ worker, capability, ok, ms, microUsd }: RunFigures, at: number): void {
		this.#recorded++;
		const workers = this.#own.get(capability) ?? new Map();
		this.#own.set(capability, workers);
		const before = decayedEntry(workers.get(worker), at, this.halfLifeMs);
		const run = { ok: ok ? 1 : 0, failed: ok ? 0 : 1, ms, squares: ms * ms, microUsd };
		workers.set(worker, { tally: addTallies(before, run), at: Math.max(at, workers.get(worker)?.at ?? at) });
	}

	/** What is known of a worker, by all gateways together, as it weighs at a time. */
	tally(capability: string, worker: string, at: number): Tally {
		let sum = decayedEntry(this.#own.get(capability)?.get(worker), at, this.halfLifeMs);
		for (const source of this.#others.values()) {
			const entry = source.get(capability)?.get(worker);
			if (entry !== undefined) sum = addTallies(sum, decayedEntry(entry, at, this.halfLifeMs));
		}
		return sum;
	}

	/** What a run of a capability takes on average, over all workers and gateways; undefined where nothing weighs any longer. */
	meanMs(capability: string, at: number): number | undefined {
		const entries = [this.#own, ...this.#others.values()].flatMap((source) => [
			...(source.get(capability)?.values() ?? []),
		]);
		const { ok, failed, ms } = entries
			.map((entry) => decayedEntry(entry, at, this.halfLifeMs))
			.reduce(addTallies, NO_RUNS);
		return ok + failed < NEGLIGIBLE ? undefined : ms / (ok + failed);
	}

	/** What this gateway recorded itself, without what no longer weighs anything; that is forgotten here too. */
	publication(at: number): JsonObject {
		const capabilities: [string, JsonObject][] = [];
		for (const [capability, workers] of this.#own) {
			const lines: [string, Json][] = [];
			for (const [worker, entry] of workers) {
				const { ok, failed, ms, squares, microUsd } = decayedEntry(entry, at, this.halfLifeMs);
				if (ok + failed < NEGLIGIBLE) workers.delete(worker);
				else lines.push([worker, [ok, failed, ms, squares, microUsd].map(short)]);
			}
			if (workers.size === 0) this.#own.delete(capability);
			else capabilities.push([capability, Object.fromEntries(lines)]);
		}
		return { at, capabilities: Object.fromEntries(capabilities) };
	}

	/** Takes what another gateway published, in place of what it published before; what cannot be read is left out. */
	learn(source: string, publication: Json): void {
		const at = isJsonObject(publication) ? publication['at'] : undefined;
		const capabilities = isJsonObject(publication) ? publication['capabilities'] : undefined;
		if (typeof at !== 'number' || !isJsonObject(capabilities)) return;
		const known: ByCapability = new Map();
		for (const [capability, lines] of Object.entries(capabilities)) {
			if (!isJsonObject(lines)) continue;
			const read = Object.entries(lines).flatMap(([worker, line]) => {
				const tally = tallyOf(line);
				return tally === undefined ? [] : [[worker, { tally, at }] as const];
			});
			known.set(capability, new Map(read));
		}
		this.#others.set(source, known);
	}

	/** Keeps only these sources' publications. */
	keepSources(names: ReadonlySet<string>): void {
		for (const source of this.#others.keys()) if (!names.has(source)) this.#others.delete(source);
	}
}

function decayedEntry(entry: { tally: Tally; at: number } | undefined, at: number, halfLifeMs: number): Tally {
	return entry === undefined ? NO_RUNS : decayed(entry.tally, at - entry.at, halfLifeMs);
}

/** Four digits are more than such a figure means. */
function short(value: number): number {
	return Number(value.toPrecision(4));
}

function tallyOf(line: Json): Tally | undefined {
	if (!Array.isArray(line) || line.length !== 5) return undefined;
	const [ok, failed, ms, squares, microUsd] = line.map((value: Json) =>
		typeof value === 'number' && value >= 0 && Number.isFinite(value) ? value : undefined,
	);
	if (ok === undefined || failed === undefined || ms === undefined) return undefined;
	return squares === undefined || microUsd === undefined ? undefined : { ok, failed, ms, squares, microUsd };
}
