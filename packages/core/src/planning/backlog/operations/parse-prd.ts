import { countArgument, flagArgument } from '../../../domain/backlog/arguments.ts';
import { CoreError } from '../../../domain/errors.ts';
import { isJsonObject } from '../../../domain/json.ts';
import { shortened } from '../../../domain/shortened.ts';
import { DRAFT_LIMITS, DraftItem } from '../draft.ts';
import { neighbour } from '../given.ts';
import type { OperationRules } from '../operation.ts';
import { howDone, nothingCame, resultOf } from '../outcome.ts';
import { planStep, readFiles, researchFirst } from '../plan-steps.ts';

/** parsePrd makes items of a document. */
export const parsePrd: OperationRules = {
	plan({ items, name, tag }, call) {
		const { args, files = [] } = call;
		const append = flagArgument(args, 'append');
		if (items.length > 0 && !append && !flagArgument(args, 'force')) {
			throw new CoreError('not-possible', `The tag "${tag}" has ${items.length} tasks already.`, {
				hint: 'Set append to add to them, force to replace them, or name another tag.',
			});
		}
		if (files.length === 0) {
			throw new CoreError('invalid-input', 'There is no document to read.', { hint: 'Name one with "input".' });
		}
		const { steps, documents } = readFiles(call);
		const [first] = files;
		const title = shortened(first?.name ?? 'the document', 100);
		const look = researchFirst(call, `How products such as “${name}” are best built: ${title}`, first?.text ?? '');
		const numTasks = countArgument(args, 'numTasks', DRAFT_LIMITS.items);
		const input = {
			documents,
			...(numTasks === undefined ? {} : { numTasks }),
			...(append ? { existing: items.slice(-200).map(neighbour) } : {}),
			...look.findings,
		};
		const parse = planStep({
			id: 'parse',
			title: `Make tasks of ${title}`,
			capability: 'backlog.parse',
			input,
			essential: true,
		});
		const kilobytes =
			files.reduce((sum, { text, artifact }) => sum + (artifact?.bytes ?? text?.length ?? 0), 0) / 1_000;
		return {
			goal: `Make tasks of ${title}`,
			steps: [...steps, ...look.steps, parse],
			estimatedSeconds: Math.min(600, Math.round(15 + kilobytes + 20 * look.steps.length)),
		};
	},

	read({ args, outputs, failures, sight }) {
		const output = outputs['parse'];
		const parsed = DraftItem.array().safeParse(isJsonObject(output) ? output['items'] : undefined);
		if (!parsed.success || parsed.data.length === 0) return nothingCame(outputs, failures, 'Reading the document');
		const items = parsed.data;
		const append = flagArgument(args, 'append');
		const force = flagArgument(args, 'force');
		const message = `Made ${items.length} task${items.length === 1 ? '' : 's'} of the document.`;
		const done = howDone([output ?? null], failures);
		return {
			changes: [{ kind: 'parsed', tag: sight.tag, items, append, force }],
			result: resultOf(done, { message, tasksAdded: items.length }),
		};
	},
};
