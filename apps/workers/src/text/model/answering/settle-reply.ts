import { notFound, type Reply } from '../../answering/reply.ts';
import { quotedIn } from '../checking/model-words.ts';
import { coverageIn } from '../checking/said-coverage.ts';
import { unsupportedFigures } from '../checking/verify-figures.ts';
import type { CheckedAnswer } from './check-answer.ts';

/** SettledReply is the reply that is given to a question, and what is to be said about the other one. */
export interface SettledReply {
	readonly reply: Reply;
	readonly byModel: boolean;
	readonly warnings: readonly string[];
}

/**
 * settleReply decides between the rules' reply and the model's. The model's words are taken where they stood the checks,
 * except against a fact that the rules read from its label: they tell today's figure from old ones and examples.
 */
export function settleReply(rules: Reply, model: CheckedAnswer | undefined): SettledReply {
	const { question } = rules.answer;
	if (model === undefined) {
		// Sentences that share the question's words often do not answer it; a model that read them knows.
		const isOverruled = !rules.isFact && rules.answer.answer !== null;
		return { reply: isOverruled ? notFound(question) : rules, byModel: isOverruled, warnings: [] };
	}
	if ('dropped' in model) {
		return {
			reply: rules,
			byModel: false,
			warnings: [`The language model’s answer to ${quotedIn(question)} was dropped: ${model.dropped}.`],
		};
	}
	if (!rules.isFact || !contradicts(model.reply, rules)) return { reply: model.reply, byModel: true, warnings: [] };
	const [quote = ''] = model.quotes.map((one) => one.quote);
	return {
		reply: rules,
		byModel: false,
		warnings: [
			`To ${quotedIn(question)} the language model answers ${quotedIn(model.reply.answer.answer ?? '')} from ${quotedIn(quote)}; the rules read otherwise: check the document.`,
		],
	};
}

/** Another side, or no figure in common; one of them may say more of it, such as its period. */
function contradicts({ answer: theirs }: Reply, { answer: ours }: Reply): boolean {
	const [said, read] = [theirs.answer ?? '', ours.answer ?? ''];
	const [side, other] = [coverageIn(said), coverageIn(afterName(read))];
	if (ours.sources.length === 1 && side !== undefined && other !== undefined && side !== other) return true;
	const [figures, theirFigures] = [unsupportedFigures(read, []), unsupportedFigures(said, [])];
	const shared =
		unsupportedFigures(read, [said]).length < figures.length ||
		unsupportedFigures(said, [read]).length < theirFigures.length;
	return figures.length > 0 && !shared;
}

/** "Flood: Covered (up to $500)" says so behind its name. */
function afterName(text: string): string {
	return text.replace(/^[^:;]{1,80}:\s/, '');
}
