import { CoreError } from '../../domain/errors.ts';
import type {
	Operation,
	OperationCall,
	OperationOutcome,
	OperationPlan,
	OperationSight,
	StepFailures,
	StepOutputs,
} from './operation.ts';
import { addTask } from './operations/add-task.ts';
import { analyzeComplexity } from './operations/analyze-complexity.ts';
import { expandAll, expandTask } from './operations/expand.ts';
import { parsePrd } from './operations/parse-prd.ts';
import { research } from './operations/research.ts';
import { scopeDown, scopeUp } from './operations/scope.ts';
import { update, updateSubtask, updateTask } from './operations/update.ts';

/** planOperation is the task that carries out a call. Throws CoreError where the call cannot be carried out on this backlog. */
export function planOperation(sight: OperationSight, call: OperationCall): OperationPlan {
	return operationOf(call).plan(sight, call);
}

/** readOperation says what the outputs of an operation's task mean, however many of its steps failed. */
export function readOperation(call: OperationCall, outputs: StepOutputs, failures: StepFailures): OperationOutcome {
	return operationOf(call).read(call, outputs, failures);
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
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

function operationOf({ tool }: OperationCall): Operation {
	const operation = Object.hasOwn(OPERATIONS, tool) ? OPERATIONS[tool] : undefined;
	if (operation !== undefined) return operation;
	throw new CoreError('not-possible', `The tool "${tool}" is no work that could be planned.`, {
		hint: `Such tools are ${Object.keys(OPERATIONS).join(', ')}.`,
	});
}
