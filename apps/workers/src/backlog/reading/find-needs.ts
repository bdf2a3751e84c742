import { termsOf } from '../../text/terms.ts';
import type { Unit } from './unit.ts';
import { textsOf } from './unit.ts';
import { refKey, sentencesOf } from './wording.ts';

/** NeedsIndex finds things by what they are called. */
export class NeedsIndex {
	readonly #byRef = new Map<string, number[]>();
	readonly #byTerm = new Map<string, number[]>();
	readonly #terms: readonly ReadonlySet<string>[];

	constructor(units: readonly Pick<Unit, 'title' | 'refs' | 'within'>[]) {
		this.#terms = units.map(({ title }) => new Set(termsOf(title)));
		for (const [at, { refs, within }] of units.entries()) {
			for (const ref of refs) add(this.#byRef, ref, at);
			// A section that is named means all that stands in it, unless a thing has that name itself.
			for (const ref of within) add(this.#byRef, `in ${ref}`, at);
			for (const term of this.#terms[at] ?? []) add(this.#byTerm, term, at);
		}
	}

	/** The things that a phrase names, by identifier or by title. `sure`: the phrase does nothing but name things. */
	named(phrase: string, sure: boolean): number[] {
		const found = new Set<number>();
		const left = phrase.slice(0, 2_000).replace(REFS, (ref: string) => {
			const key = refKey(ref.replace(/^(?:section|chapter|§)\s*/i, ''));
			const units = this.#byRef.get(key) ?? this.#byRef.get(`in ${key}`) ?? [];
			for (const at of units.slice(0, MOST_OF_SECTION)) found.add(at);
			return units.length > 0 ? ' , ' : ref;
		});
		for (const chunk of left.split(/[,;|()\n/]|\band\b|&/i)) {
			const at = this.#titled(chunk, sure);
			if (at !== undefined) found.add(at);
		}
		return [...found];
	}

	/** The thing whose title a few words mean. */
	#titled(chunk: string, sure: boolean): number | undefined {
		const words = new Set(termsOf(chunk));
		if (words.size === 0 || words.size > 30) return undefined;
		const shared = new Map<number, number>();
		for (const word of words) {
			for (const at of (this.#byTerm.get(word) ?? []).slice(0, 200)) shared.set(at, (shared.get(at) ?? 0) + 1);
		}
		let best: { at: number; score: number } | undefined;
		for (const [at, count] of shared) {
			const ofTitle = count / (this.#terms[at]?.size ?? 1);
			const ofWords = count / words.size;
			// Prose says more around a name than a field does; a single common word names nothing in prose.
			const fits = sure ? ofTitle >= 0.5 && ofWords >= 0.5 : ofTitle >= 0.7 && (count > 1 || ofWords >= 0.5);
			const score = ofTitle + ofWords;
			if (fits && (best === undefined || score > best.score || (score === best.score && at < best.at)))
				best = { at, score };
		}
		return best?.at;
	}
}

/** needsOf lists, for each thing, the others that the document says it waits for. */
export function needsOf(units: readonly Unit[]): number[][] {
	const index = new NeedsIndex(units);
	return units.map((unit, own) => {
		const named = unit.needs.flatMap((phrase) => index.named(phrase, true));
		const told = sentencesOf(textsOf(unit.content))
			.slice(0, 200)
			.flatMap(phrasesIn)
			.flatMap((phrase) => index.named(phrase, false));
		return [...new Set([...named, ...told])].filter((at) => at !== own).slice(0, MOST_NEEDS);
	});
}

/** phrasesIn are the parts of a sentence that say what it waits for. */
export function phrasesIn(sentence: string): string[] {
	return [...sentence.slice(0, 2_000).matchAll(WAITS)].map(([, phrase = '']) => phrase);
}

const MOST_NEEDS = 20;
const MOST_OF_SECTION = 10;

const REFS =
	/(?:section|chapter|§)\s*\d{1,2}(?:\.\d{1,2})*|\b(?:feature|epic|task|story|requirement|req|item|phase|milestone|step|use case|module|component)\s+#?\d{1,3}(?:\.\d{1,3})*\b|\b[A-Z][A-Za-z]{0,7}[-_ ]?\d{1,4}(?:\.\d{1,3})*\b|\b\d{1,2}(?:\.\d{1,2})+\b/gi;
const WAITS =
	/\b(?:depend(?:s|ent|ing)?\s+(?:up)?on|blocked by|builds? (?:up)?on|requires?|relies on|prerequisites?|(?:only |can (?:only )?(?:start|begin) |starts? |begins? )?after|once|needs):?\s+((?:[^.;!?]|\.(?=\d)){2,300})/gi;

function add(map: Map<string, number[]>, key: string, at: number): void {
	const known = map.get(key);
	if (known === undefined) map.set(key, [at]);
	else known.push(at);
}
