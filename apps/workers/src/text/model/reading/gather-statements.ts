import { describeError } from '@errand/core/domain/errors.ts';
import { structuredReply } from '@errand/core/models/structured-reply.ts';
import type { RunContext } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { standalone } from '../../clarity.ts';
import type { Corpus } from '../../corpus.ts';
import { indexTerms } from '../../ranking.ts';
import { pickSentences } from '../../summary/summarize-documents.ts';
import type { BoundedModel } from '../asking/bounded-model.ts';
import { isModelFailure } from '../asking/by-model-or-rules.ts';
import { roomOf } from '../asking/model-room.ts';
import { estimateTokens } from '../asking/text-size.ts';
import { cutParts, type Part, partDocuments } from './cut-parts.ts';
import { partMessages } from './part-messages.ts';
import { RAW_STATEMENT, type RawStatement, type Statement, StatementCheck } from './statement.ts';

/** ReadingRequest says what to look for in documents. */
export interface ReadingRequest {
	readonly model: BoundedModel;
	readonly corpus: Corpus;
	/** What the statements are for, as the model is told: one line. */
	readonly task: string;
	/** The person's words; what is near them is read first. */
	readonly focus?: string | undefined;
	/** Logged with each call, e.g. `text.write`. */
	readonly purpose: string;
	/** How many calls to leave for what comes after. */
	readonly reserve: number;
	readonly context: Pick<RunContext, 'signal' | 'progress'>;
}

/** Reading is what the documents say, proved, with what went less than well. */
export interface Reading {
	readonly statements: readonly Statement[];
	readonly warnings: readonly string[];
}

const AT_ONCE = 3;
const MOST_PARTS = 30;
const REPLY = z.object({ statements: z.array(RAW_STATEMENT) });

/**
 * gatherStatements reads documents in parts, three at a time, and gives what they say as statements with words that stand in
 * them. A part that the model fails on is read by rules; where it fails on all, its first error is thrown.
 */
export async function gatherStatements(request: ReadingRequest): Promise<Reading> {
	const { model, corpus, focus, reserve, context } = request;
	const room = roomOf(model.contextTokens, estimateTokens(focus ?? ''));
	const mostParts = Math.max(1, Math.min(MOST_PARTS, model.callsLeft - reserve));
	const { parts, leftOut } = cutParts(corpus, { partTokens: room.part, mostParts, focus });
	const check = new StatementCheck(corpus.documents, corpus.passages);
	const outcomes = await readParts(request, parts, room.reply);
	context.signal.throwIfAborted();
	const failed = outcomes.filter((outcome) => 'error' in outcome);
	if (failed.length > 0 && failed.length === parts.length) throw failed[0]?.error;
	const statements = outcomes.flatMap((outcome, at): Statement[] => {
		const part = parts[at];
		if (part === undefined) return [];
		if ('error' in outcome) return readByRules(corpus, part, focus);
		const among = partDocuments(part, corpus.documents).map(({ index }) => index);
		return outcome.raw.flatMap((raw) => check.accept(raw, among) ?? []);
	});
	return { statements: onlyOnce(statements), warnings: warningsOf({ corpus, parts, leftOut, failed, check }) };
}

type Outcome = { readonly raw: readonly RawStatement[] } | { readonly error: unknown };

async function readParts(request: ReadingRequest, parts: readonly Part[], maxTokens: number): Promise<Outcome[]> {
	const { signal, progress } = request.context;
	const outcomes: Outcome[] = parts.map(() => ({ error: undefined }));
	let next = 0;
	let done = 0;
	const giveUp = () => outcomes.slice(0, next).filter((outcome) => 'raw' in outcome).length === 0 && done >= AT_ONCE;
	const worker = async () => {
		while (next < parts.length && !giveUp()) {
			signal.throwIfAborted();
			const at = next++;
			const part = parts[at];
			if (part !== undefined) outcomes[at] = await readPart(request, part, maxTokens);
			done += 1;
			progress({ percent: (70 * done) / parts.length, text: `Read part ${done} of ${parts.length}` });
		}
	};
	await Promise.all(Array.from({ length: Math.min(AT_ONCE, parts.length) }, worker));
	const first = outcomes.find((outcome) => 'error' in outcome && outcome.error !== undefined);
	// Parts that were not tried any more share the error that ended the reading.
	return first === undefined
		? outcomes
		: outcomes.map((outcome) => ('error' in outcome && outcome.error === undefined ? first : outcome));
}

async function readPart(request: ReadingRequest, part: Part, maxTokens: number): Promise<Outcome> {
	const { model, corpus, task, focus, purpose, context } = request;
	try {
		const { value } = await structuredReply(model, {
			purpose,
			messages: partMessages({
				documents: partDocuments(part, corpus.documents),
				task,
				focus,
				most: Math.max(4, Math.min(24, Math.floor(maxTokens / 100))),
			}),
			maxTokens,
			name: 'statements',
			schema: REPLY,
		});
		return { raw: value.statements };
	} catch (error) {
		context.signal.throwIfAborted();
		if (!isModelFailure(error)) throw error;
		return { error };
	}
}

const MOST_BY_RULES = 5;

function readByRules(corpus: Corpus, { passages }: Part, focus: string | undefined): Statement[] {
	const own = { ...corpus, passages, index: indexTerms(passages) };
	return pickSentences(own, MOST_BY_RULES, focus).map(({ document, raw, plain, kind }) => ({
		text: kind === 'sentence' ? standalone(plain) : plain,
		kind: 'topic',
		document,
		quote: raw,
	}));
}

function onlyOnce(statements: readonly Statement[]): Statement[] {
	const seen = new Set<string>();
	return statements.filter(({ document, quote, text }) => {
		const key = `${document}\n${quote}\n${text}`;
		return !seen.has(key) && seen.add(key);
	});
}

function warningsOf(reading: {
	corpus: Corpus;
	parts: readonly Part[];
	leftOut: number;
	failed: readonly { error: unknown }[];
	check: StatementCheck;
}): string[] {
	const { corpus, parts, leftOut, failed, check } = reading;
	const warnings: string[] = [];
	if (leftOut > 0) {
		const all = corpus.passages.length;
		warnings.push(
			`This is more text than the model reads at once: ${leftOut} of ${all} sentences, those furthest from the request, were left out.`,
		);
	}
	if (failed.length > 0) {
		const reason = describeError(failed[0]?.error).slice(0, 200);
		warnings.push(
			`The model failed on ${failed.length} of ${parts.length} parts, which were read by fixed rules: ${reason}`,
		);
	}
	if (check.unproved > 0) {
		warnings.push(
			`${counted(check.unproved)} left out, because the words quoted for it do not stand in the documents.`,
		);
	}
	if (check.reworded > 0) {
		warnings.push(`${counted(check.reworded)} replaced by the words it quotes, because it said more than those.`);
	}
	return warnings;
}

function counted(count: number): string {
	return count === 1 ? 'One statement of the model was' : `${count} statements of the model were each`;
}
