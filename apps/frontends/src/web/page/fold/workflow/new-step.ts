import type { JsonObject } from '@errand/core/domain/json.ts';
import type { Draft, DraftStep } from './draft.ts';
import { freeId } from './free-id.ts';

/** Offer is a kind of step that can be added: a construct, a capability or another workflow. */
export interface Offer {
	readonly kind: 'flow' | 'capability' | 'workflow';
	readonly name: string;
	readonly words: string;
	readonly summary: string;
}

/** FLOW_OFFERS are the constructs. */
export const FLOW_OFFERS: readonly Offer[] = [
	flow('ask', 'Ask', 'Ask the person, and go on with the answer.'),
	flow('let', 'Value', 'Work out a value from others.'),
	flow('each', 'For each', 'Some steps for each element of a list.'),
	flow('choose', 'Choose', 'The first branch whose condition holds.'),
	flow('loop', 'Loop', 'Some steps again and again until a condition holds.'),
	flow('parallel', 'Side by side', 'Some steps at the same time.'),
	flow('group', 'Group', 'Some steps as one.'),
	flow('wait', 'Wait', 'Wait for a time.'),
	flow('event', 'Event', 'Wait for an event that somebody sends to the task.'),
];

function flow(name: string, words: string, summary: string): Offer {
	return { kind: 'flow', name, words, summary };
}

/** fittingOffers are those that all words of a search occur in, names first. */
export function fittingOffers(offers: readonly Offer[], search: string): readonly Offer[] {
	const words = search.toLowerCase().split(/\s+/).filter(Boolean);
	const inName = (offer: Offer) => words.every((word) => `${offer.name} ${offer.words}`.toLowerCase().includes(word));
	const fits = (offer: Offer) =>
		words.every((word) => `${offer.name} ${offer.words} ${offer.summary}`.toLowerCase().includes(word));
	const found = offers.filter(fits);
	return [...found.filter(inName), ...found.filter((offer) => !inName(offer))];
}

/** newStep is a step of an offered kind, with an id of its own and what it cannot be without. */
export function newStep(draft: Draft, offer: Offer): DraftStep {
	const id = freeId(draft, offer.name);
	if (offer.kind === 'capability') return { id, use: offer.name };
	if (offer.kind === 'workflow') return { id, workflow: offer.name };
	const inner = (value: string): JsonObject => ({ id: freeId(draft, 'part'), let: value });
	switch (offer.name) {
		case 'ask':
			return { id, ask: 'What should be done?' };
		case 'each':
			return { id, each: '[]', steps: [inner('${item}')] };
		case 'choose': {
			const first = inner('');
			const second = { ...first, id: `${String(first['id'])}_b` };
			return { id, choose: [{ when: 'true', steps: [first] }, { steps: [second] }] };
		}
		case 'loop':
			return { id, loop: { until: 'true', max: 10 }, steps: [inner('${previous}')] };
		case 'parallel':
			return { id, parallel: [inner('')] };
		case 'group':
			return { id, steps: [inner('')] };
		case 'wait':
			return { id, wait: '1m' };
		case 'event':
			return { id, wait: { event: 'go' } };
		default:
			return { id: freeId(draft, 'value'), let: '' };
	}
}
