import { countArgument, textArgument } from '../../../domain/backlog/arguments.ts';
import { CoreError } from '../../../domain/errors.ts';
import { isJsonObject, type JsonObject } from '../../../domain/json.ts';
import { shortened } from '../../../domain/shortened.ts';
import { Assessment } from '../draft.ts';
import { givenItem } from '../given.ts';
import type { OperationRules, OperationSight } from '../operation.ts';
import { howDone, nothingCame, resultOf, withLeft } from '../outcome.ts';
import { MOST_STEPS, planStep, researchFirst } from '../plan-steps.ts';

/** How many items are judged beside each other; enough to compare, and short enough for a reply. */
const BATCH = 12;

/** analyzeComplexity says how hard items are. */
export const analyzeComplexity: OperationRules = {
	plan(sight, call) {
		// A wrong one is refused before anything runs.
		outputOf(call.args);
		const items = chosen(sight, call.args);
		if (items.length === 0) {
			throw new CoreError('not-possible', `No task in the tag "${sight.tag}" is open among those asked for.`, {
				hint: 'Name open tasks with ids, or leave ids, from and to out.',
			});
		}
		const look = researchFirst(
			call,
			`What makes such work hard: ${items
				.slice(0, 20)
				.map((one) => one.title)
				.join('; ')}`,
			'',
		);
		const batches = Array.from({ length: Math.ceil(items.length / BATCH) }, (_, at) =>
			items.slice(at * BATCH, (at + 1) * BATCH),
		).slice(0, MOST_STEPS);
		const steps = batches.map((batch, at) =>
			planStep({
				id: `batch-${at + 1}`,
				title: `Judge tasks ${batch[0]?.id ?? ''} to ${batch.at(-1)?.id ?? ''}`,
				capability: 'backlog.assess',
				input: { items: batch.map((item) => givenItem(item, 4_000)), ...look.findings },
			}),
		);
		return {
			goal: `Say how hard the tasks of ${shortened(sight.name, 100)} are`,
			steps: [...look.steps, ...steps],
			estimatedSeconds: 10 + 10 * steps.length + 20 * look.steps.length,
		};
	},

	read({ args, outputs, failures, sight }) {
		const judged = Object.entries(outputs).filter(([id]) => id.startsWith('batch-'));
		const analysis = judged.flatMap(([, output]) => {
			const parsed = Assessment.array().safeParse(isJsonObject(output) ? output['scores'] : undefined);
			return parsed.success ? parsed.data : [];
		});
		if (analysis.length === 0) return nothingCame(outputs, failures, 'Judging the tasks');
		const thresholdScore = countArgument(args, 'threshold', 10) ?? 5;
		const scores = analysis.map(({ complexityScore }) => complexityScore);
		const high = scores.filter((score) => score >= 8).length;
		const medium = scores.filter((score) => score >= 5 && score < 8).length;
		const meta = {
			generatedAt: new Date(sight.at).toISOString(),
			tasksAnalyzed: analysis.length,
			totalTasks: sight.items.length,
			analysisCount: analysis.length,
			thresholdScore,
			projectName: sight.name,
			usedResearch: outputs['research'] !== undefined,
		};
		const how = howDone(
			judged.map(([, output]) => output),
			failures,
		);
		const done = withLeft(how, leftOut(sight, args));
		const report = { meta, complexityAnalysis: analysis };
		const path = outputOf(args);
		return {
			changes: [{ kind: 'analysed', tag: sight.tag, report }],
			...(path === undefined ? {} : { files: [{ path, text: `${JSON.stringify(report, undefined, 2)}\n` }] }),
			result: resultOf(done, {
				message: `Judged ${analysis.length} task${analysis.length === 1 ? '' : 's'}: ${high} hard, ${medium} of medium difficulty.`,
				reportSummary: {
					taskCount: analysis.length,
					highComplexityTasks: high,
					mediumComplexityTasks: medium,
					lowComplexityTasks: analysis.length - high - medium,
				},
			}),
		};
	},
};

/** Where the report is wanted besides its own place; another file of the backlog's is none to write over. */
function outputOf(args: JsonObject): string | undefined {
	const path = textArgument(args, 'output')?.replaceAll('\\', '/');
	if (path === undefined || /\.taskmaster\/reports\/task-complexity-report[^/]*\.json$/.test(path)) return undefined;
	if (path.endsWith('.json') && !/(?:^|\/)(?:tasks|state|config|package)\.json$/.test(path)) return path;
	throw new CoreError('invalid-input', `"${shortened(path, 200)}" is no file for a complexity report.`, {
		hint: 'Name a .json file of its own, or leave "output" out.',
	});
}

/** What a second call would have to begin with, where one is too small for all. */
function leftOut(sight: Pick<OperationSight, 'items'>, args: JsonObject): string | undefined {
	const next = chosen(sight, args)[MOST_STEPS * BATCH];
	if (next === undefined) return undefined;
	return `At most ${MOST_STEPS * BATCH} tasks are judged at once; those from ${next.id} on were not: call again with from ${next.id}.`;
}

function chosen({ items }: Pick<OperationSight, 'items'>, args: JsonObject) {
	const ids = textArgument(args, 'ids')
		?.split(',')
		.map((id) => Number(id.trim()));
	const from = countArgument(args, 'from', Number.MAX_SAFE_INTEGER) ?? 1;
	const to = countArgument(args, 'to', Number.MAX_SAFE_INTEGER) ?? Number.POSITIVE_INFINITY;
	return items.filter(({ id, status }) => {
		if (status === 'done' || status === 'cancelled') return false;
		return ids === undefined ? id >= from && id <= to : ids.includes(id);
	});
}
