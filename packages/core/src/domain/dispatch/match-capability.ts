import type { Effects } from '../capability.ts';
import { meaningfulWords, nameWords, wordsFor } from './name-words.ts';

/** DescribedCapability is what a capability says of itself, for matching by meaning. */
export interface DescribedCapability {
	readonly name: string;
	readonly summary: string;
	/** Names and descriptions of the fields of its input. */
	readonly fields: string;
	/** The most that any input does. */
	readonly effects: Effects;
}

/** CapabilityMatch is the capability that a loose name most likely means; scores are between 0 and 1. */
export interface CapabilityMatch {
	readonly name: string;
	readonly score: number;
	readonly runnersUp: readonly { readonly name: string; readonly score: number }[];
}

/** What scores less is no match; and the best must be this many times better than the second. */
const THRESHOLD = 0.35;
const MARGIN = 1.2;
/** BM25 as in Robertson and Zaragoza 2009 (its simple form for several fields): saturation, and how much long texts count less. */
const K1 = 1.2;
const B = 0.5;
const WEIGHTS = { name: 3, summary: 1, fields: 0.3 };
/** What a word that stands for another is worth beside the word itself. */
const ALIKE = 0.8;
const MAX_RUNNERS_UP = 3;

interface Entry {
	readonly capability: DescribedCapability;
	/** Weighted frequency of each stem, already damped by the text's length. */
	readonly words: ReadonlyMap<string, number>;
	readonly literal: string;
	readonly verb: ReadonlySet<string>;
}

/**
 * CapabilityIndex finds the capability meant by a name that no capability has: `website.read`, "read a web page".
 *
 * A name that differs from a capability's own only in case, punctuation, order and grammatical endings is that capability.
 * Otherwise those come into question that account for every word of meaning in the wanted name (a word that is not known to
 * the capability, such as "delete" or "not", may turn the wish round) and whose verb is among them; the best of them by BM25
 * is chosen if it is good enough and clearly better than the second. A capability that leaves anything behind in the world
 * is only ever taken literally; where one fits better by meaning than those that leave nothing, nothing is chosen.
 */
export class CapabilityIndex {
	readonly #entries: readonly Entry[];
	readonly #rarity: ReadonlyMap<string, number>;

	constructor(catalogue: readonly DescribedCapability[]) {
		const names = catalogue.map(({ name }) => name);
		const texts = catalogue.map((capability) => weightedWords(capability, names));
		const lengths = texts.map((words) => [...words.values()].reduce((sum, weight) => sum + weight, 0));
		const usual = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
		this.#entries = catalogue.map((capability, index) => {
			const damping = 1 - B + (B * (lengths[index] ?? usual)) / usual;
			const words = [...(texts[index] ?? [])].map(([word, weight]) => [word, weight / damping] as const);
			const verb = capability.name.split('.').at(-1) ?? '';
			return { capability, words: new Map(words), literal: literalOf(capability.name), verb: new Set(nameWords(verb)) };
		});
		const counts = new Map<string, number>();
		for (const { words } of this.#entries)
			for (const word of words.keys()) counts.set(word, (counts.get(word) ?? 0) + 1);
		const total = this.#entries.length;
		this.#rarity = new Map(
			[...counts].map(([word, count]) => [word, Math.log(1 + (total - count + 0.5) / (count + 0.5))]),
		);
	}

	/** The capability meant, if there is no doubt which. */
	match(wanted: string): CapabilityMatch | undefined {
		const literal = this.#entries.filter((entry) => entry.literal === literalOf(wanted));
		const [same] = literal;
		if (same !== undefined && same.literal !== '') {
			return literal.length === 1 ? { name: same.capability.name, score: 1, runnersUp: [] } : undefined;
		}
		const words = meaningfulWords(wanted);
		const ranked = this.#entries
			.map((entry) => ({ entry, score: this.#score(entry, words) }))
			.filter(({ score }) => score > 0)
			.sort((one, other) => other.score - one.score);
		const fit = ranked.filter(({ entry }) => accountsForAll(entry, words));
		const [best, second] = fit;
		const stronger = ranked.find(({ entry }) => entry.capability.effects !== 'none');
		if (best === undefined || best === stronger || best.score < THRESHOLD) return undefined;
		if (best.score < MARGIN * (second?.score ?? 0) || best.score < (stronger?.score ?? 0)) return undefined;
		const rivals = ranked.filter((one) => one !== best).slice(0, MAX_RUNNERS_UP);
		const [chosen, ...runnersUp] = [best, ...rivals].map(({ entry, score }) => {
			return { name: entry.capability.name, score: Math.round(score * 100) / 100 };
		});
		return chosen === undefined ? undefined : { ...chosen, runnersUp };
	}

	/** The capabilities that a text may be about, the likeliest first; those left out have no word in common with it. */
	rank(text: string): readonly string[] {
		const words = meaningfulWords(text);
		return this.#entries
			.map((entry) => ({ name: entry.capability.name, score: this.#score(entry, words) }))
			.filter(({ score }) => score > 0)
			.sort((one, other) => other.score - one.score)
			.map(({ name }) => name);
	}

	/** BM25 as a share of what a text made of nothing but these words would score. */
	#score({ words }: Entry, wanted: readonly string[]): number {
		let [score, most] = [0, 0];
		const unknown = Math.log(1 + (this.#entries.length + 0.5) / 0.5);
		for (const word of wanted) {
			let best = 0;
			for (const [index, meant] of wordsFor(word).entries()) {
				const frequency = words.get(meant) ?? 0;
				const saturated = (frequency * (K1 + 1)) / (frequency + K1);
				best = Math.max(best, (index === 0 ? 1 : ALIKE) * (this.#rarity.get(meant) ?? 0) * saturated);
			}
			const rarest = wordsFor(word).map((meant) => this.#rarity.get(meant) ?? 0);
			score += best;
			most += (Math.max(...rarest) || unknown) * (K1 + 1);
		}
		return most === 0 ? 0 : score / most;
	}
}

function accountsForAll({ words, verb }: Entry, wanted: readonly string[]): boolean {
	const known = wanted.every((word) => wordsFor(word).some((meant) => words.has(meant)));
	return known && wanted.some((word) => wordsFor(word).some((meant) => verb.has(meant)));
}

/** A summary may send the reader on to another capability ("read them with web.read"): that name says nothing of this one. */
function weightedWords({ name, summary, fields }: DescribedCapability, names: readonly string[]): Map<string, number> {
	const words = new Map<string, number>();
	const own = names.filter((other) => other !== name).reduce((text, other) => text.replaceAll(other, ' '), summary);
	for (const [text, weight] of [
		[name, WEIGHTS.name],
		[own, WEIGHTS.summary],
		[fields, WEIGHTS.fields],
	] as const) {
		for (const word of meaningfulWords(text)) words.set(word, (words.get(word) ?? 0) + weight);
	}
	return words;
}

function literalOf(name: string): string {
	return nameWords(name).sort().join(' ');
}
