import type { Fact } from '../facts/fact.ts';
import type { Lexicon } from '../facts/lexicon.ts';
import type { Topic } from '../facts/vocabulary.ts';
import { factKey, type Offer, type Row } from './cell.ts';
import { areSimilar, isComparable, normalLabel } from './labels.ts';

/** What decides the rows besides the documents. */
export interface RowWishes {
	/** Named by the person; then only these are shown, and what the need adds. */
	readonly criteria: readonly string[];
	/** Row keys and topics that the need speaks of. */
	readonly needed: readonly string[];
	readonly topics: readonly Topic[];
}

const MAX_ROWS = 16;

/** chooseRows picks what to compare by: what was asked for, else the domain's criteria and labels most documents share. */
export function chooseRows(offers: readonly Offer[], lexicon: Lexicon, wishes: RowWishes): Row[] {
	const shared = sharedLabels(offers);
	const topics = wishes.topics.map(topicRow);
	if (wishes.criteria.length > 0) {
		const asked = wishes.criteria.map((name) => askedRow(name, lexicon, shared));
		const needed = vocabularyRows(offers, lexicon).filter((row) => wishes.needed.includes(row.key));
		return unique([...asked, ...needed, ...topics]);
	}
	const own = vocabularyRows(offers, lexicon);
	const enough = Math.max(2, Math.ceil(offers.length / 2));
	const others = shared.filter((row) => row.count >= enough).map((row) => row.row);
	return unique([...own, ...topics, ...others.slice(0, Math.max(0, MAX_ROWS - own.length - topics.length))]);
}

function vocabularyRows(offers: readonly Offer[], lexicon: Lexicon): Row[] {
	const counts = new Map<string, number>();
	for (const offer of offers) {
		const keys = new Set(offer.facts.filter(isStated).map((fact) => factKey(fact, normalLabel)));
		for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
	}
	const most = Math.max(2, Math.ceil(offers.length / 2));
	const half = Math.ceil(offers.length / 2);
	return lexicon.vocabulary.criteria
		.filter((criterion) => !criterion.hidden)
		.flatMap((criterion) => {
			const core = criterion.weight >= 0.5 || criterion.expects === 'list';
			const rows: Row[] = [];
			if ((counts.get(criterion.id) ?? 0) >= (core ? 1 : half)) {
				rows.push({ key: criterion.id, name: criterion.name, criterion, keys: new Set([criterion.id]) });
			}
			for (const scope of lexicon.vocabulary.scopes) {
				const key = `${criterion.id}/${scope.id}`;
				if ((counts.get(key) ?? 0) >= most) {
					rows.push({ key, name: `${criterion.name}: ${scope.name}`, criterion, keys: new Set([key]) });
				}
			}
			return rows;
		});
}

function isStated(fact: Fact): boolean {
	return (
		fact.standing !== 'example' &&
		(fact.amounts.length > 0 || fact.origin === 'list' || fact.origin === 'table' || fact.origin === 'pair')
	);
}

function topicRow(topic: Topic): Row {
	return { key: `topic:${topic.id}`, name: topic.name, topic, keys: new Set() };
}

/** A criterion in the person's words: the vocabulary's, else a topic, else a label like it, else any mention. */
function askedRow(name: string, lexicon: Lexicon, shared: readonly SharedLabel[]): Row {
	const meaning = lexicon.meaningOf(name.trim());
	if (meaning !== undefined) {
		const scoped = meaning.scope !== undefined && !meaning.base;
		const key = scoped ? `${meaning.criterion.id}/${meaning.scope}` : meaning.criterion.id;
		return { key, name: scoped ? name : meaning.criterion.name, criterion: meaning.criterion, keys: new Set([key]) };
	}
	const topic = lexicon.topicOf(name);
	if (topic !== undefined) return topicRow(topic);
	const folded = normalLabel(name);
	const alike = shared.filter((label) => label.labels.some((known) => areSimilar(known, folded)));
	if (alike.length > 0)
		return { key: `~${folded}`, name, keys: new Set(alike.flatMap((label) => [...label.row.keys])) };
	return topicRow({ id: folded, name, words: [name], needs: [] });
}

interface SharedLabel {
	readonly row: Row;
	readonly labels: readonly string[];
	readonly count: number;
}

const MAX_LABELS = 300;

/** sharedLabels groups labels outside the vocabulary by likeness; those of most documents come first. */
function sharedLabels(offers: readonly Offer[]): SharedLabel[] {
	const seen = new Map<string, { name: string; offers: Set<number>; order: number }>();
	offers.forEach((offer, index) => {
		for (const fact of offer.facts) {
			if (fact.meaning !== undefined || !isComparable(fact)) continue;
			const label = normalLabel(fact.label);
			const entry = seen.get(label) ?? { name: fact.label, offers: new Set(), order: seen.size };
			entry.offers.add(index);
			seen.set(label, entry);
		}
	});
	const labels = [...seen]
		.sort(([, one], [, other]) => other.offers.size - one.offers.size || one.order - other.order)
		.slice(0, MAX_LABELS);
	const groups: { name: string; labels: string[]; offers: Set<number> }[] = [];
	for (const [label, entry] of labels) {
		// Labels of one document name different things; only across documents may likeness join them.
		const group = groups.find(
			(one) =>
				one.labels.some((known) => areSimilar(known, label)) &&
				[...entry.offers].every((offer) => !one.offers.has(offer)),
		);
		if (group === undefined) groups.push({ name: entry.name, labels: [label], offers: entry.offers });
		else {
			group.labels.push(label);
			group.offers = new Set([...group.offers, ...entry.offers]);
		}
	}
	return groups
		.sort((one, other) => other.offers.size - one.offers.size)
		.map((group) => ({
			row: { key: `~${group.labels[0]}`, name: group.name, keys: new Set(group.labels.map((label) => `~${label}`)) },
			labels: group.labels,
			count: group.offers.size,
		}));
}

function unique(rows: readonly Row[]): Row[] {
	return [...new Map(rows.map((row) => [row.key, row])).values()];
}
