import type { Json } from '../../../domain/json.ts';
import { compileTemplate } from './compile-template.ts';
import { Computing } from './computing.ts';
import { beside, type Common, inOrder, type MadeStep, type StepTools, withoutTitle } from './made-step.ts';

/** compileValue is a step that gives a value made of others. */
export function compileValue(template: Json, tools: StepTools, common: Common, key = 'let'): readonly MadeStep[] {
	const { compilation, scope, id } = tools;
	const place = [...tools.place, key];
	const computing = new Computing(scope, () => compilation.ids.make(`${id}-in`));
	const input = compileTemplate({ compilation, scope, computing }, template, place) ?? null;
	const alone = computing.only(id, common.title, input, common);
	if (alone !== undefined) return [inOrder(alone)];
	const worked = computing.step('Work out values', withoutTitle(common));
	const value = { id, capability: 'flow.value', input, dependsOn: [], ...common };
	return [...(worked === undefined ? [] : [beside(worked)]), inOrder(value)];
}
