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

/** priorityOf weighs what is known of one thing: what is named, how its sentences ask, and the phase it stands in. */
export function priorityOf(given: {
	readonly named: ItemPriority | undefined;
	readonly sentences: readonly string[];
	readonly phase: number | undefined;
}): ItemPriority {
	if (given.named !== undefined) return given.named;
	const demands = given.sentences.map(demandIn).filter((demand) => demand !== undefined);
	const count = (wanted: Demand) => demands.filter((demand) => demand === wanted).length;
	const [must, should, may] = [count('must'), count('should'), count('may')];
	if (given.phase !== undefined && given.phase > 1) return given.phase > 2 || must === 0 ? 'low' : 'medium';
	if (demands.length === 0) return given.phase === 1 ? 'high' : 'medium';
	if (must >= should && must >= may) return 'high';
	return may > should ? 'low' : 'medium';
}
