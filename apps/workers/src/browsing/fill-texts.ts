import { CoreError } from '@errand/core/domain/errors.ts';
import { REDACTED } from '@errand/core/domain/redact.ts';
import type { RunContext } from '@errand/core/ports/capability.ts';
import type { VisitInput, VisitStep } from './visit-input.ts';

type Fill = Extract<VisitStep, { do: 'fill' }>;

/** FillTexts is what goes into the fields of a visit, and which of it is confidential. */
export interface FillTexts {
	readonly textOf: (fill: Fill) => string;
	readonly secrets: readonly string[];
}

/** fillTexts collects what is filled in; what the person must say is asked for first, all at once, before anything is opened. */
export function fillTexts(input: VisitInput, context: Pick<RunContext, 'answers' | 'ask'>): FillTexts {
	const fills = (input.steps ?? []).filter((step) => step.do === 'fill');
	const asked = new Map(
		fills.flatMap(({ ask, secret }) => (ask === undefined ? [] : [[ask, secret ?? true] as const])),
	);
	const answers = new Map(context.answers.map(({ question, answer }) => [question, answer]));
	const open = [...asked].filter(([question]) => !answers.has(question));
	if (open.length > 0) {
		context.ask(open.map(([text, isSecret]) => ({ kind: isSecret ? ('secret' as const) : ('text' as const), text })));
	}
	const textOf = ({ ask, text = '' }: Fill): string => {
		const words = ask === undefined ? text : answers.get(ask);
		if (typeof words !== 'string') throw goneAnswer(ask ?? '');
		if (words.includes(REDACTED)) throw refusedSecret();
		return words;
	};
	for (const fill of fills) textOf(fill);
	const confidential = fills.filter(({ ask, secret }) => secret ?? ask !== undefined);
	return { textOf, secrets: confidential.map(textOf) };
}

function goneAnswer(question: string): CoreError {
	return new CoreError('not-possible', `The answer to "${question}" is not kept any more.`, {
		hint: 'Retry the step; it asks again.',
	});
}

function refusedSecret(): CoreError {
	return new CoreError(
		'invalid-input',
		`Cannot fill in "${REDACTED}": answers given in confidence go to the step that asked for them, and no further.`,
		{ hint: 'Let the fill ask by itself: {"do": "fill", "target": "…", "ask": "What is the password?"}.' },
	);
}
