import type { ItemPriority } from '@errand/core/domain/backlog/item.ts';

/** Demand is how firmly a sentence asks for something; undefined where it does not. */
export type Demand = 'must' | 'should' | 'may';

/** demandIn is how firmly a sentence asks, as RFC 2119 and product documents write it. */
export function demandIn(sentence: string): Demand | undefined {
	if (
		/\b(?:must|shall|required to|has to|have to|needs? to|is mandatory|are mandatory|will be able to)\b/i.test(sentence)
	) {
		return 'must';
	}
	if (/\b(?:should|recommended|ought to|is expected to|are expected to)\b/i.test(sentence)) return 'should';
	if (/\b(?:may|could|might|optional(?:ly)?|nice[- ]to[- ]have|if time allows|ideally)\b/i.test(sentence)) return 'may';
	return undefined;
}

/** namedPriority reads what a document writes under “Priority”; undefined where it means nothing. */
export function namedPriority(text: string): ItemPriority | undefined {
	const word = text
		.toLowerCase()
		.replace(/[^\p{L}\p{N} -]/gu, '')
		.trim();
	if (/^(?:p0|p1|1|high(?:est)?|critical|blocker|urgent|must(?:[- ]have)?|mvp|required|essential|m)\b/.test(word))
		return 'high';
	if (/^(?:p2|2|medium|normal|moderate|should(?:[- ]have)?|important|s)\b/.test(word)) return 'medium';
	if (
		/^(?:p3|p4|p5|3|4|5|low(?:est)?|minor|could(?:[- ]have)?|nice(?:[- ]to[- ]have)?|optional|wont(?:[- ]have)?|later|c|w)\b/.test(
			word,
		)
	) {
		return 'low';
	}
	return undefined;
}

/** Weighed is what is known of how much one thing matters. */
export interface Weighed {
	readonly named: ItemPriority | undefined;
	readonly sentences: readonly string[];
	readonly phase: number | undefined;
	/** The places of those that it waits for. */
	readonly needs: readonly number[];
}

/** So many things at least are weighed against each other. */
const MANY = 6;

/**
 * prioritiesOf weighs the things of one document: what is named counts first, then the phase, then how the sentences ask. Many
 * documents say “must” in every line. Where that makes more than half of all things high it tells nothing, so that of those only
 * the third stays high on which most others wait, directly or not; with as many waiting, those that ask most firmly.
 */
export function prioritiesOf(things: readonly Weighed[]): ItemPriority[] {
	const priorities = things.map(priorityOf);
	const isAsked = ({ named, phase }: Weighed) => named === undefined && phase === undefined;
	const high = things.flatMap((thing, at) => (priorities[at] === 'high' && isAsked(thing) ? [at] : []));
	if (things.length < MANY || high.length * 2 <= things.length) return priorities;
	const waiting = countWaiting(things);
	const weight = (at: number) => (waiting[at] ?? 0) + firmness(things[at]?.sentences ?? []);
	const ranked = high.toSorted((one, other) => weight(other) - weight(one) || one - other);
	const kept = new Set(ranked.slice(0, Math.ceil(high.length / 3)));
	return priorities.map((priority, at) => (high.includes(at) && !kept.has(at) ? 'medium' : priority));
}

/** priorityOf weighs what is known of one thing by itself. */
export function priorityOf(given: Omit<Weighed, 'needs'>): ItemPriority {
	if (given.named !== undefined) return given.named;
	const [must, should, may] = demandsOf(given.sentences);
	if (given.phase !== undefined && given.phase > 1) return given.phase > 2 || must === 0 ? 'low' : 'medium';
	if (must + should + may === 0) return given.phase === 1 ? 'high' : 'medium';
	if (must >= should && must >= may) return 'high';
	return may > should ? 'low' : 'medium';
}

/** The share of what must be, below 1. */
function firmness(sentences: readonly string[]): number {
	const [must, should, may] = demandsOf(sentences);
	return must / (must + should + may + 1);
}

function demandsOf(sentences: readonly string[]): [must: number, should: number, may: number] {
	const demands = sentences.map(demandIn);
	const count = (wanted: Demand) => demands.filter((demand) => demand === wanted).length;
	return [count('must'), count('should'), count('may')];
}

/** How many wait for each, also through others. */
function countWaiting(things: readonly Weighed[]): number[] {
	const waiting = things.map(() => 0);
	for (const at of things.keys()) {
		const seen = new Set<number>([at]);
		const open = [at];
		for (let next = open.pop(); next !== undefined; next = open.pop()) {
			for (const need of things[next]?.needs ?? []) {
				if (seen.has(need)) continue;
				seen.add(need);
				open.push(need);
				waiting[need] = (waiting[need] ?? 0) + 1;
			}
		}
	}
	return waiting;
}
