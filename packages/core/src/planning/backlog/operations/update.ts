import { countArgument, flagArgument } from '../../../domain/backlog/arguments.ts';
import type { Item } from '../../../domain/backlog/item.ts';
import type { OperationChange } from '../../../domain/backlog/operation-change.ts';
import { CoreError } from '../../../domain/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../domain/json.ts';
import { shortened } from '../../../domain/shortened.ts';
import type { WorkCall, WorkOutcome } from '../../../ports/backlog-work.ts';
import { Rewrite } from '../draft.ts';
import { findItem, idsIn, promptIn } from '../find-item.ts';
import { givenItem, givenSubitem, neighboursOf } from '../given.ts';
import type { OperationEnd, OperationRules, OperationSight } from '../operation.ts';
import { howDone, nothingCame, resultOf } from '../outcome.ts';
import { MOST_STEPS, planStep, researchFirst } from '../plan-steps.ts';

/** Items that one step rewrites. */
const BATCH = 5;

/** update changes all items from one on that are not done. */
export const update: OperationRules = {
	plan(sight, call) {
		const prompt = promptIn(call.args);
		const from = countArgument(call.args, 'from', Number.MAX_SAFE_INTEGER) ?? 1;
		const items = openFrom(sight, call.args);
		if (items.length === 0) {
			throw new CoreError('not-possible', `No task from ${from} on in the tag "${sight.tag}" is open.`, {
				hint: 'Give a smaller "from".',
			});
		}
		const look = researchFirst(
			call,
			prompt,
			items
				.slice(0, 20)
				.map(({ title }) => title)
				.join('\n'),
		);
		const batches = Array.from({ length: Math.ceil(items.length / BATCH) }, (_, at) =>
			items.slice(at * BATCH, (at + 1) * BATCH),
		).slice(0, MOST_STEPS);
		const steps = batches.map((batch, at) =>
			planStep({
				id: `batch-${at + 1}`,
				title: `Change tasks ${batch.map(({ id }) => id).join(', ')}`,
				capability: 'backlog.rewrite',
				input: {
					mode: 'update',
					items: batch.map((item) => givenItem(item, 7_000)),
					prompt: shortened(prompt, 6_000),
					...look.findings,
				},
			}),
		);
		return {
			goal: `Change the open tasks from ${from} on: ${shortened(prompt, 120)}`,
			steps: [...look.steps, ...steps],
			estimatedSeconds: 10 + 15 * steps.length + 20 * look.steps.length,
		};
	},
	read(end) {
		const outcome = readRewrites(end);
		const steps = [...Object.keys(end.outputs), ...Object.keys(end.failures)].filter((id) => id.startsWith('batch-'));
		const next = steps.length < MOST_STEPS ? undefined : openFrom(end.sight, end.args)[MOST_STEPS * BATCH];
		if (next === undefined) return outcome;
		const sentence = `At most ${MOST_STEPS * BATCH} tasks are changed at once; those from ${next.id} on were not: call update again with from ${next.id}.`;
		const { warnings } = outcome.result;
		const others = Array.isArray(warnings) ? warnings : [];
		return { ...outcome, result: { ...outcome.result, warnings: [sentence, ...others] } };
	},
};

/** updateTask changes one item, or appends a note to it. */
export const updateTask: OperationRules = {
	plan: (sight, call) => planOne(sight, call, flagArgument(call.args, 'append')),
	read: readRewrites,
};

/** updateSubtask appends a note to a part of an item. */
export const updateSubtask: OperationRules = {
	plan(sight, call) {
		const [id = ''] = idsIn(call.args, 'id');
		if (!id.includes('.')) {
			throw new CoreError('invalid-input', `"${id}" names a task, not a subtask.`, {
				hint: 'Write it as 5.2: subtask 2 of task 5. Tasks are changed with update_task.',
			});
		}
		return planOne(sight, call, true);
	},
	read: readRewrites,
};

/** readRewrites applies what became of the words of items. */
export function readRewrites({ outputs, failures, sight }: OperationEnd): WorkOutcome {
	const done = Object.entries(outputs).filter(([id]) => id !== 'research');
	const rewrites = done.flatMap(([, output]) => rewritesIn(output));
	if (rewrites.length === 0) {
		if (done.length === 0) return nothingCame(outputs, failures, 'Changing the tasks');
		const how = howDone(
			done.map(([, output]) => output),
			failures,
		);
		return { changes: [], result: resultOf(how, { message: 'Nothing had to change.', updatedTasks: [] }) };
	}
	const changes = rewrites.map((rewrite) => changeOf(rewrite, sight.tag));
	const ids = rewrites.map(({ id }) => id);
	return {
		changes,
		result: resultOf(
			howDone(
				done.map(([, output]) => output),
				failures,
			),
			{
				message: `Changed ${ids.length === 1 ? `task ${ids[0]}` : `${ids.length} tasks`}.`,
				updatedTasks: ids,
			},
		),
	};
}

function openFrom({ items }: Pick<OperationSight, 'items'>, args: JsonObject): readonly Item[] {
	const from = countArgument(args, 'from', Number.MAX_SAFE_INTEGER) ?? 1;
	return items.filter(({ id, status }) => id >= from && status !== 'done' && status !== 'cancelled');
}

function planOne(sight: OperationSight, call: WorkCall, append: boolean) {
	const prompt = promptIn(call.args);
	const [id = ''] = idsIn(call.args, 'id');
	const { item, subitem } = findItem(sight, id);
	if (!append && (subitem ?? item).status === 'done') {
		throw new CoreError('not-possible', `Task ${id} is done, so its words stay as they are.`, {
			hint: 'Set append to add a note, or set its status to pending first.',
		});
	}
	const look = researchFirst(call, prompt, `${item.title}\n\n${item.description}`);
	const input = {
		mode: append ? 'append' : 'update',
		items: [subitem === undefined ? givenItem(item) : givenSubitem(item, subitem)],
		neighbours: neighboursOf(sight.items, item.id, 30),
		prompt: shortened(prompt, 6_000),
		...look.findings,
	};
	const title = `${append ? 'Add to' : 'Change'} ${id}: ${(subitem ?? item).title}`;
	const step = planStep({ id: 'rewrite', title, capability: 'backlog.rewrite', input, essential: true });
	return { goal: shortened(title, 200), steps: [...look.steps, step], estimatedSeconds: 15 + 20 * look.steps.length };
}

function changeOf({ id, note, ...fields }: Rewrite, tag: string): OperationChange {
	return note === undefined ? { kind: 'updated', tag, id, fields } : { kind: 'noted', tag, id, text: note };
}

function rewritesIn(output: Json): Rewrite[] {
	const parsed = Rewrite.array().safeParse(isJsonObject(output) ? output['rewrites'] : undefined);
	return parsed.success ? parsed.data : [];
}
