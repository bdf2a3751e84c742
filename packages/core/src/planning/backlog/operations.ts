import { textArgument } from '../../domain/backlog/arguments.ts';
import { type Backlog, tagNamed } from '../../domain/backlog/state.ts';
import { CoreError } from '../../domain/errors.ts';
import type { IBacklogWork, WorkCall, WorkOutcome, WorkPlan } from '../../ports/backlog-work.ts';
import type { OperationRules, OperationSight } from './operation.ts';
import { addTask } from './operations/add-task.ts';
import { analyzeComplexity } from './operations/analyze-complexity.ts';
import { expandAll, expandTask } from './operations/expand.ts';
import { parsePrd } from './operations/parse-prd.ts';
import { research } from './operations/research.ts';
import { scopeDown, scopeUp } from './operations/scope.ts';
import { update, updateSubtask, updateTask } from './operations/update.ts';
import { withWishes } from './wishes.ts';

/** planOperation is the task that carries out a call. Throws CoreError where the call cannot be carried out on this backlog. */
export function planOperation(backlog: Backlog, call: WorkCall): WorkPlan {
	const tag = textArgument(call.args, 'tag') ?? backlog.currentTag;
	const planned = operationOf(call).plan(sightOf(backlog, tag), call);
	return { ...planned, steps: withWishes(planned.steps, backlog.settings) };
}

/**
 * readOperation says what the outputs of an operation's task mean, however many of its steps failed. The backlog is as it stands
 * now, `tag` the one that the operation began on, `at` when its task ended (ms since 1970).
 */
export function readOperation(...[call, outputs, failures, now]: Parameters<IBacklogWork['read']>): WorkOutcome {
	const sight = { ...sightOf(now.backlog, now.tag), at: now.at };
	return operationOf(call).read({ args: call.args, outputs, failures, sight });
}

const OPERATIONS: Readonly<Record<string, OperationRules>> = {
	parse_prd: parsePrd,
	analyze_project_complexity: analyzeComplexity,
	expand_task: expandTask,
	expand_all: expandAll,
	scope_up_task: scopeUp,
	scope_down_task: scopeDown,
	add_task: addTask,
	update,
	update_task: updateTask,
	update_subtask: updateSubtask,
	research,
};

function operationOf({ tool }: WorkCall): OperationRules {
	const operation = Object.hasOwn(OPERATIONS, tool) ? OPERATIONS[tool] : undefined;
	if (operation !== undefined) return operation;
	throw new CoreError('not-possible', `The tool "${tool}" is no work that could be planned.`, {
		hint: `Such tools are ${Object.keys(OPERATIONS).join(', ')}.`,
	});
}

/** A tag that is not there yet has no items. */
function sightOf(backlog: Backlog, tag: string): OperationSight {
	const found = tagNamed(backlog, tag);
	return { name: backlog.name, tag, items: found?.items.flat() ?? [], report: found?.report };
}
