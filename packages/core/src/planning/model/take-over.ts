import type { PlanOutcome } from '../../ports/planner.ts';
import type { GivenUp } from './judge-reply.ts';

/** takenOver says in an outcome of the rules why the model's is not there: in the plan's note, or before the answer or the question. */
export function takenOver(outcome: PlanOutcome, { reason, refusal = '', hint = '' }: GivenUp): PlanOutcome {
	const why = refusal === '' ? reason : `${reason} (${shortLine(refusal, MAX_PROBLEM)})`;
	const advice = hint === '' ? '' : ` ${hint}`;
	switch (outcome.kind) {
		case 'plan': {
			const note = [`${why}, so this plan was made by rules.${advice}`, outcome.note ?? ''].join(' ').trim();
			return { ...outcome, note };
		}
		case 'answer':
			return { ...outcome, text: `${why}, so this was answered by rules.${advice}\n\n${outcome.text}` };
		case 'ask': {
			const [first, ...more] = outcome.questions;
			if (first === undefined) return outcome;
			const text = `${why}, so rules go on with this.${advice} ${first.text}`;
			return { ...outcome, questions: [{ ...first, text }, ...more] };
		}
	}
}

/** refusedOutright is the answer where the model would not and rules have no plan either. */
export function refusedOutright({ reason, refusal = '' }: GivenUp, model: string): PlanOutcome {
	const said = refusal === '' ? 'It gave no reason.' : `It said: ${refusal}`;
	return { kind: 'answer', by: `model:${model}`, method: 'model', text: `${reason} to do this. ${said}` };
}

const MAX_LISTED = 2;
const MAX_PROBLEM = 200;

/** listedProblems names the first problems of a plan for the person; what follows a semicolon in one is advice to the model. */
export function listedProblems(problems: readonly string[]): string {
	const shown = problems
		.slice(0, MAX_LISTED)
		.map((problem) => shortLine(problem.split('; ', 1)[0] ?? '', MAX_PROBLEM).replace(/[.;]$/, ''));
	const more = problems.length > MAX_LISTED ? [`and ${problems.length - MAX_LISTED} more`] : [];
	return [...shown, ...more].join('; ');
}

/** shortLine puts words on one line of bounded length. */
export function shortLine(text: string, maxLength: number): string {
	const line = text.replace(/\s+/g, ' ').trim();
	return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
