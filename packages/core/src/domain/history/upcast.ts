import type { JsonObject } from '../json.ts';

/** VersionedFact is the part of a fact that an upcaster may change. */
export interface VersionedFact {
	readonly type: string;
	readonly v: number;
	readonly data: JsonObject;
}

/** Upcast brings a fact of any age up to the form that today's code folds. */
export type Upcast = <Fact extends VersionedFact>(fact: Fact) => Fact;

/** UpcastStep turns the data of version `from` of a fact type into that of version `from + 1`; it may rename the type. */
export interface UpcastStep {
	readonly type: string;
	readonly from: number;
	readonly to?: { readonly type: string };
	readonly data: (old: JsonObject) => JsonObject;
}

/**
 * upcaster builds an Upcast from single steps, applied until none fits, so that each step is written once and never
 * touched again. One fact becomes one fact: sequence numbers keep their meaning.
 */
export function upcaster(steps: readonly UpcastStep[]): Upcast {
	const byVersion = new Map<string, UpcastStep>();
	for (const step of steps) {
		const key = `${step.type} ${step.from}`;
		if (byVersion.has(key)) throw new TypeError(`Two upcasters for ${step.type} version ${step.from}.`);
		byVersion.set(key, step);
	}
	if (byVersion.size === 0) return (fact) => fact;
	return (fact) => {
		let current = fact;
		for (;;) {
			const step = byVersion.get(`${current.type} ${current.v}`);
			if (step === undefined) return current;
			current = { ...current, type: step.to?.type ?? step.type, v: step.from + 1, data: step.data(current.data) };
		}
	};
}

/** upcast is the store's own: all facts are of version 1 today, so there is nothing to bring up yet. */
export const upcast: Upcast = upcaster([]);
