import type { WorkflowStep } from '../../../domain/workflow/definition.ts';
import { kindOf, titleOf } from '../step-kind.ts';
import { compileAsk } from './compile-ask.ts';
import { compileCall, compileEachCall } from './compile-call.ts';
import { compileCondition } from './compile-condition.ts';
import { compileChoose, compileEach, compileGroup, compileLoop } from './compile-flow.ts';
import { compileWorkflowStep } from './compile-sub-workflow.ts';
import { compileTemplate } from './compile-template.ts';
import { compileValue } from './compile-value.ts';
import { compileWait } from './compile-wait.ts';
import { beside, type Common, type MadeStep, type StepTools } from './made-step.ts';

/** compileStep makes the steps of a plan that one step of a definition is; the last of them is the step itself. */
export function compileStep(step: WorkflowStep, tools: StepTools): readonly MadeStep[] {
	const { compilation, scope, place, id } = tools;
	const common = { title: knownTitle(step, tools), essential: step.optional !== true };
	if (step.when === undefined) return compileKind(step, tools, common);
	const condition = compileCondition(
		{ compilation, scope, makeId: () => compilation.ids.make(`${id}-if`) },
		step.when,
		[...place, 'when'],
	);
	if (condition === undefined) return compileKind(step, tools, common);
	const aux = condition.aux.map((made) => beside({ ...made, essential: common.essential }));
	return [...aux, ...compileKind(step, tools, { ...common, when: condition.when })];
}

function compileKind(step: WorkflowStep, tools: StepTools, common: Common): readonly MadeStep[] {
	const known = kindOf(step);
	switch (known.kind) {
		case 'use':
			return compileCall(known.step, tools, common);
		case 'each-use':
			return compileEachCall(known.step, tools, common);
		case 'each':
			return compileEach(known.step, tools, common);
		case 'group':
			return compileGroup(known.step, { list: known.step.steps, key: 'steps' }, tools, common);
		case 'parallel':
			return compileGroup(known.step, { list: known.step.parallel, key: 'parallel' }, tools, common);
		case 'choose':
			return compileChoose(known.step, tools, common);
		case 'loop':
			return compileLoop(known.step, tools, common);
		case 'workflow':
			return compileWorkflowStep(known.step, tools, common);
		case 'wait':
			return compileWait(known.step, tools, common);
		case 'ask':
			return compileAsk(known.step.ask, tools, common);
		case 'let':
			return compileValue(known.step.let, tools, common);
	}
}

/** Expressions in a title are put in where they are known before the run. */
function knownTitle(step: WorkflowStep, { compilation, scope, place }: StepTools): string {
	const title = titleOf(step);
	if (step.title === undefined || !title.includes('${')) return title;
	const known = 'A title can only use what is known before the run: `input` and `kept`.';
	const filled = compileTemplate({ compilation, scope, computing: undefined, known }, title, [...place, 'title']);
	return (
		(typeof filled === 'string' || typeof filled === 'number'
			? String(filled)
			: titleOf({ ...step, title: undefined })
		).slice(0, 200) || step.title
	);
}
