import { structuredReply } from '@errand/core/models/structured-reply.ts';
import type { RunContext } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import type { Corpus } from '../../corpus.ts';
import type { BoundedModel } from '../asking/bounded-model.ts';
import { isModelFailure } from '../asking/by-model-or-rules.ts';
import { roomOf } from '../asking/model-room.ts';
import { estimateTokens } from '../asking/text-size.ts';
import type { Statement } from './statement.ts';
import {
	type Contradiction,
	contradictionsByRules,
	groupByRules,
	onSameSides,
	type Weighed,
} from './weigh-by-rules.ts';
import { listStatements, weighMessages } from './weigh-messages.ts';

/** WeighRequest says which statements to weigh against each other, and how many to keep at most. */
export interface WeighRequest {
	readonly model: BoundedModel;
	readonly corpus: Corpus;
	readonly statements: readonly Statement[];
	readonly most: number;
	readonly focus?: string | undefined;
	/** The words that all statements share, and that say nothing about whether two mean the same. */
	readonly topic?: string | undefined;
	readonly purpose: string;
	/** How many calls to leave for what comes after. */
	readonly reserve: number;
	readonly context: Pick<RunContext, 'signal' | 'progress'>;
}

const REPLY = z.object({
	groups: z.array(z.object({ numbers: z.array(z.int()) })),
	contradictions: z.array(z.object({ about: z.string(), numbers: z.array(z.int()) })),
});

/**
 * weighStatements puts together what says the same, drops what matters least, and finds contradictions. The model only names
 * numbers of statements, so nothing can be added here. What does not fit at once is weighed in several levels.
 */
export async function weighStatements(request: WeighRequest): Promise<Weighed> {
	const { model, corpus, statements, most, focus, reserve, context } = request;
	const room = roomOf(model.contextTokens, estimateTokens(focus ?? ''));
	let groups: Statement[][] = groupByRules(statements, corpus);
	const contradictions: Contradiction[] = [];
	const warnings = new Set<string>();
	for (let level = 1; level <= MOST_LEVELS; level++) {
		const shelves = shelve(groups, corpus, room.part);
		const last = shelves.length <= 1;
		if (shelves.length === 0 || shelves.length > model.callsLeft - reserve) break;
		const next: Statement[][] = [];
		for (const shelf of shelves) {
			context.signal.throwIfAborted();
			const keep = last ? most : Math.max(1, Math.ceil(shelf.length / 2));
			const weighed = await weighShelf(request, { shelf, keep, maxTokens: room.reply });
			if (weighed === undefined) {
				warnings.add('The model failed to weigh the statements against each other; fixed rules did.');
				next.push(...shelf.slice(0, keep));
			} else {
				next.push(...weighed.groups);
				contradictions.push(...weighed.contradictions);
			}
		}
		groups = next;
		if (last) break;
	}
	const all = [...contradictions, ...contradictionsByRules(statements, corpus, request.topic)];
	return {
		groups: fitting(groups.slice(0, most), corpus, room.part),
		contradictions: all.filter((one, at) => !all.slice(0, at).some((other) => onSameSides(one, other))),
		warnings: [...warnings],
	};
}

const MOST_LEVELS = 4;

/** As many statements as the model can hold in one request. */
function shelve(groups: readonly Statement[][], corpus: Corpus, tokens: number): Statement[][][] {
	const shelves: Statement[][][] = [];
	let used = 0;
	for (const group of groups) {
		const size = sizeOf(group, corpus);
		if (shelves.length === 0 || used + size > tokens) {
			shelves.push([]);
			used = 0;
		}
		shelves.at(-1)?.push(group);
		used += size;
	}
	return shelves;
}

function fitting(groups: readonly Statement[][], corpus: Corpus, tokens: number): Statement[][] {
	return shelve(groups, corpus, tokens)[0] ?? [];
}

function sizeOf(group: readonly Statement[], corpus: Corpus): number {
	return estimateTokens(listStatements([group], corpus.documents)) + 4;
}

async function weighShelf(
	{ model, corpus, focus, purpose, context }: WeighRequest,
	{ shelf, keep, maxTokens }: { shelf: Statement[][]; keep: number; maxTokens: number },
): Promise<{ groups: Statement[][]; contradictions: Contradiction[] } | undefined> {
	try {
		const { value } = await structuredReply(model, {
			purpose,
			messages: weighMessages({ groups: shelf, documents: corpus.documents, focus, keep }),
			maxTokens,
			name: 'weighed_statements',
			schema: REPLY,
		});
		return readWeighed(value, shelf, keep);
	} catch (error) {
		context.signal.throwIfAborted();
		if (!isModelFailure(error)) throw error;
		return undefined;
	}
}

/** Numbers that do not exist, or come twice, are passed over. */
function readWeighed({ groups, contradictions }: z.infer<typeof REPLY>, shelf: readonly Statement[][], keep: number) {
	const told = new Set<number>();
	const read = groups.flatMap(({ numbers }): Statement[][] => {
		const fresh = [...new Set(numbers)].filter((number) => shelf[number - 1] !== undefined && !told.has(number));
		for (const number of fresh) told.add(number);
		const joined = fresh.flatMap((number) => shelf[number - 1] ?? []);
		return joined.length === 0 ? [] : [joined];
	});
	return {
		groups: read.length === 0 ? shelf.slice(0, keep) : read.slice(0, keep),
		contradictions: contradictions.flatMap(({ about, numbers }): Contradiction[] => {
			const sides = [...new Set(numbers)].flatMap((number) => shelf[number - 1]?.[0] ?? []);
			const [one, ...others] = sides;
			const other = others.find((side) => side.document !== one?.document);
			return one === undefined || other === undefined ? [] : [{ about: about.trim(), sides: [one, other] }];
		}),
	};
}
