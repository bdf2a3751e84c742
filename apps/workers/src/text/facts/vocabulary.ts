import { z } from 'zod';
import cueData from './cues.json' with { type: 'json' };
import computers from './vocabularies/computers.json' with { type: 'json' };
import general from './vocabularies/general.json' with { type: 'json' };
import homes from './vocabularies/homes.json' with { type: 'json' };
import insurance from './vocabularies/insurance.json' with { type: 'json' };
import mobilePlans from './vocabularies/mobile-plans.json' with { type: 'json' };
import { wordPattern } from './words.ts';

const CriterionSchema = z.strictObject({
	id: z.string(),
	name: z.string(),
	/** What tables and headings call it. */
	labels: z.array(z.string()),
	/** What sentences say right before the figure or the list. */
	phrases: z.array(z.string()).default([]),
	expects: z.enum(['money', 'duration', 'quantity', 'percent', 'list', 'text']),
	unit: z.string().optional(),
	recurring: z.boolean().default(false),
	better: z.enum(['lower', 'higher']).optional(),
	/** How much it counts when the need says nothing about it. */
	weight: z.number().default(0),
	/** May differ by part of the cover (contents, flood …), each then a criterion of its own. */
	scoped: z.boolean().default(false),
	hidden: z.boolean().default(false),
	/** Words of a need that make it matter. */
	wants: z.array(z.string()).default([]),
});
/** Criterion is one thing that offers of a domain are compared by. */
export type Criterion = z.infer<typeof CriterionSchema>;

const TopicSchema = z.strictObject({
	id: z.string(),
	name: z.string(),
	words: z.array(z.string()),
	needs: z.array(z.string()),
});
/** Topic is something an offer covers or leaves out, such as flood or 5G. */
export type Topic = z.infer<typeof TopicSchema>;

const VocabularySchema = z.strictObject({
	domain: z.string(),
	detect: z.array(z.string()),
	criteria: z.array(CriterionSchema),
	scopes: z.array(
		z.strictObject({ id: z.string(), name: z.string(), words: z.array(z.string()), base: z.boolean().default(false) }),
	),
	topics: z.array(TopicSchema),
});
/** Vocabulary is what one domain calls things: a data file in `vocabularies/`. */
export type Vocabulary = z.infer<typeof VocabularySchema>;

/** CUES are the words that tell current figures from former, introductory, optional and invented ones. */
export const CUES = cueData;

// `general` applies where no domain does.
const GENERAL: Vocabulary = VocabularySchema.parse(general);
const VOCABULARIES: readonly Vocabulary[] = [insurance, mobilePlans, computers, homes].map((data) =>
	VocabularySchema.parse(data),
);

/** vocabularyFor picks the domain whose words the documents share most, `general` when none is clearly theirs. */
export function vocabularyFor(texts: readonly string[]): Vocabulary {
	const samples = texts.map((text) => text.slice(0, 40_000));
	let best: Vocabulary | undefined;
	let most = 2;
	for (const [index, vocabulary] of VOCABULARIES.entries()) {
		const words = signs(index, vocabulary);
		const count = samples.reduce((sum, text) => sum + words.filter((word) => word.test(text)).length, 0);
		const score = count / Math.max(1, samples.length);
		if (score > most) {
			best = vocabulary;
			most = score;
		}
	}
	return best ?? GENERAL;
}

const compiled = new Map<number, RegExp[]>();

/** A domain shows by words of its own and by the number of its criteria that are named. */
function signs(index: number, vocabulary: Vocabulary): RegExp[] {
	const known = compiled.get(index);
	if (known !== undefined) return known;
	const shared = new Set(GENERAL.criteria.flatMap((criterion) => criterion.labels));
	const patterns = [
		...vocabulary.detect.map((word) => wordPattern([word])),
		...vocabulary.criteria.map((criterion) => wordPattern(criterion.labels.filter((label) => !shared.has(label)))),
	];
	compiled.set(index, patterns);
	return patterns;
}
