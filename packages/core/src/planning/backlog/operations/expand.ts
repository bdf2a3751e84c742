import { countArgument, flagArgument, textArgument } from '../../../domain/backlog/arguments.ts';
import type { Item } from '../../../domain/backlog/item.ts';
import { CoreError } from '../../../domain/errors.ts';
import { isJsonObject, type JsonObject } from '../../../domain/json.ts';
import { shortened } from '../../../domain/shortened.ts';
import type { PlanStep } from '../../../domain/task/plan.ts';
import type { WorkCall } from '../../../ports/backlog-work.ts';
import { DRAFT_LIMITS, DraftSubitem } from '../draft.ts';
import { findItem, idsIn } from '../find-item.ts';
import { givenItem, neighboursOf, recommendationFor } from '../given.ts';
import type { OperationRules, OperationSight, StepOutputs } from '../operation.ts';
import { howDone, nothingCame, resultOf, withLeft } from '../outcome.ts';
import { MOST_STEPS, planStep, researchFirst } from '../plan-steps.ts';

/** expandTask splits one item into parts. */
export const expandTask: OperationRules = {
	plan(sight, call) {
		const [id = ''] = idsIn(call.args, 'id');
		const { item, subitem } = findItem(sight, id);
		if (subitem !== undefined) {
			throw new CoreError('not-possible', `${id} is a subtask, and subtasks have no parts.`, {
				hint: `Make it a task of its own with remove_subtask and convert, or expand task ${item.id}.`,
			});
		}
		if (isOver(item)) {
			throw new CoreError('not-possible', `Task ${id} is ${item.status}, so there is nothing left to split.`, {
				hint: 'Set its status to pending first.',
			});
		}
		const look = researchFirst(call, `How is this best done: ${item.title}`, `${item.description}\n\n${item.details}`);
		const step = expandStep(sight, call, item, look.findings);
		return {
			goal: `Split task ${item.id}: ${shortened(item.title, 120)}`,
			steps: [...look.steps, { ...step, essential: true }],
			estimatedSeconds: 15 + 20 * look.steps.length,
		};
	},

	read({ args, outputs, failures, sight }) {
		const changes = additions(outputs, sight.tag, flagArgument(args, 'force'));
		if (changes.length === 0) return nothingCame(outputs, failures, 'Splitting the task');
		const subtasksAdded = changes.reduce((sum, { subitems }) => sum + subitems.length, 0);
		const done = howDone(stepOutputs(outputs), failures);
		const message = `Added ${subtasksAdded} subtask${subtasksAdded === 1 ? '' : 's'}.`;
		return { changes, result: resultOf(done, { message, subtasksAdded }) };
	},
};

/** expandAll splits every item that is open and has no parts; each is a step of its own, so that one that fails takes no other with it. */
export const expandAll: OperationRules = {
	plan(sight, call) {
		const force = flagArgument(call.args, 'force');
		const open = toSplit(sight, force);
		if (open.length === 0) {
			throw new CoreError('not-possible', `No task in the tag "${sight.tag}" is open and without subtasks.`, {
				hint: 'Set force to split those again that have subtasks.',
			});
		}
		const chosen = open.slice(0, MOST_STEPS);
		const titles = chosen.slice(0, 30).map(({ title }) => title);
		const look = researchFirst(call, `How are these best done: ${titles.join('; ')}`, '');
		const steps = chosen.map((item) => expandStep(sight, call, item, look.findings, 10_000));
		return {
			goal: `Split ${chosen.length === 1 ? 'one task' : `${chosen.length} tasks`} of ${shortened(sight.name, 100)}`,
			steps: [...look.steps, ...steps],
			estimatedSeconds: 10 + 8 * chosen.length + 20 * look.steps.length,
		};
	},

	read({ args, outputs, failures, sight }) {
		const force = flagArgument(args, 'force');
		const changes = additions(outputs, sight.tag, force);
		if (changes.length === 0) return nothingCame(outputs, failures, 'Splitting the tasks');
		const failed = Object.keys(failures).filter((id) => id.startsWith(PREFIX));
		const tried = new Set([...Object.keys(outputs), ...Object.keys(failures)].filter((id) => id.startsWith(PREFIX)));
		const rest = tried.size < MOST_STEPS ? [] : toSplit(sight, force).filter(({ id }) => !tried.has(`${PREFIX}${id}`));
		const done = withLeft(howDone(stepOutputs(outputs), failures), leftOut(rest, force));
		const expandedCount = changes.length;
		const left = failed.map((id) => id.slice(PREFIX.length));
		const message = `Split ${expandedCount} task${expandedCount === 1 ? '' : 's'}${left.length === 0 ? '.' : `; not ${left.join(', ')}.`}`;
		return {
			changes,
			result: resultOf(done, {
				message,
				expandedCount,
				failedCount: left.length,
				skippedCount: rest.length,
				tasksToExpand: expandedCount + left.length + rest.length,
				...(left.length === 0 ? {} : { failedTasks: left }),
			}),
		};
	},
};

const PREFIX = 'item-';

/** Done and cancelled items have nothing left to split. */
function isOver({ status }: Item): boolean {
	return status === 'done' || status === 'cancelled';
}

function toSplit({ items }: Pick<OperationSight, 'items'>, force: boolean): Item[] {
	return items.filter((item) => !isOver(item) && (force || item.subtasks.length === 0));
}

/** One plan holds no more; those that are left are split by the same call again, or one by one where that would split all anew. */
function leftOut(rest: readonly Item[], force: boolean): string | undefined {
	if (rest.length === 0) return undefined;
	const next = force ? 'expand_task splits them one by one' : 'call expand_all again for them';
	return `At most ${MOST_STEPS} tasks are split at once: ${rest.length} more, from ${rest[0]?.id} on, were not; ${next}.`;
}

function expandStep(
	sight: OperationSight,
	{ args }: WorkCall,
	item: Item,
	findings: JsonObject,
	maxBytes = 32_000,
): PlanStep {
	const advice = recommendationFor(sight.report, item.id);
	const num = countArgument(args, 'num', DRAFT_LIMITS.subitems) ?? (advice?.recommendedSubtasks || undefined);
	const prompt = [textArgument(args, 'prompt'), advice?.expansionPrompt].filter((text) => text !== undefined);
	const input = {
		item: givenItem(item, maxBytes),
		neighbours: neighboursOf(sight.items, item.id, maxBytes < 32_000 ? 20 : 60),
		...(num === undefined ? {} : { num: Math.min(num, DRAFT_LIMITS.subitems) }),
		...(prompt.length === 0 ? {} : { prompt: shortened(prompt.join('\n\n'), 4_000) }),
		...(flagArgument(args, 'force') ? { anew: true } : {}),
		...findings,
	};
	const title = `Split task ${item.id}: ${item.title}`;
	return planStep({ id: `${PREFIX}${item.id}`, title, capability: 'backlog.expand', input });
}

function stepOutputs(outputs: StepOutputs) {
	return Object.entries(outputs).flatMap(([id, output]) => (id.startsWith(PREFIX) ? [output] : []));
}

function additions(outputs: StepOutputs, tag: string, force: boolean) {
	return Object.entries(outputs).flatMap(([stepId, output]) => {
		if (!stepId.startsWith(PREFIX)) return [];
		const parsed = DraftSubitem.array().safeParse(isJsonObject(output) ? output['subtasks'] : undefined);
		if (!parsed.success || parsed.data.length === 0) return [];
		const id = Number(stepId.slice(PREFIX.length));
		return [{ kind: 'expanded' as const, tag, id, subitems: parsed.data, force }];
	});
}
