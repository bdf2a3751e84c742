import type { WorkflowStep } from '../../../domain/workflow/definition.ts';
import { compileTemplate } from './compile-template.ts';
import { Computing } from './computing.ts';
import { beside, type Common, inOrder, type MadeStep, type StepTools, withoutTitle } from './made-step.ts';

type Ask = Extract<WorkflowStep, { readonly ask: unknown }>['ask'];

/** compileAsk is a question to the person. */
export function compileAsk(ask: Ask, tools: StepTools, common: Common): readonly MadeStep[] {
	const { compilation, scope, id, place } = tools;
	const { question, kind, choices } =
		typeof ask === 'string' ? { question: ask } : { kind: undefined, choices: undefined, ...ask };
	const asked = kind ?? (choices === undefined ? 'text' : 'choice');
	if ((asked === 'choice') !== (choices !== undefined))
		compilation.problems.say([...place, 'ask'], 'A question of the kind `choice` has `choices`, and no other has.');
	const computing = new Computing(scope, () => compilation.ids.make(`${id}-in`));
	const at = typeof ask === 'string' ? [...place, 'ask'] : [...place, 'ask', 'question'];
	const text = compileTemplate({ compilation, scope, computing }, question, at) ?? '';
	const offered = choices?.map(
		(choice, index) =>
			compileTemplate({ compilation, scope, computing }, choice, [...place, 'ask', 'choices', index]) ?? '',
	);
	const input = { questions: [{ kind: asked, text, ...(offered === undefined ? {} : { choices: offered }) }] };
	const worked = computing.step('Work out what to ask', withoutTitle(common));
	const main = { id, capability: 'human.ask', input, dependsOn: [], ...common };
	return [...(worked === undefined ? [] : [beside(worked)]), inOrder(main)];
}
