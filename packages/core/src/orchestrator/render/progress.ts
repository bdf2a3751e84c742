import { parentOf, plannedSteps, type Step, stepOf, type Task } from '../../domain/task/state.ts';
import { STEP_WORDS } from '../../domain/task/status-words.ts';
import { type StepView, viewTask } from '../../domain/task/view.ts';
import { planText } from './report.ts';

/** Lines of a progress message; a long plan shows the part around what is under way. */
const MAX_STEPS = 10;

/** LatestWords are the last words of running steps, by step. */
export type LatestWords = ReadonlyMap<string, string>;

/** progressText is a progress message as it is kept up to date: the plan, step by step (Markdown). */
export function progressText(task: Task, words: LatestWords): string {
	const views = new Map(viewTask(task).plan.steps.map((step) => [step.id, step]));
	const steps = plannedSteps(task).flatMap(({ spec }) => views.get(spec.id) ?? []);
	const { from, shown } = aroundTheRunning(steps);
	const lines = shown.map((step) => stepLine(task, step, words));
	const above = from > 0 ? [`… ${from} before`] : [];
	const after = steps.length - from - shown.length;
	const below = after > 0 ? [`… ${after} more`] : [];
	return [planText(task), '', ...above, ...lines, ...below].join('\n');
}

function aroundTheRunning(steps: readonly StepView[]): { from: number; shown: readonly StepView[] } {
	if (steps.length <= MAX_STEPS) return { from: 0, shown: steps };
	const current = steps.findIndex(({ status }) => status !== 'done' && status !== 'skipped');
	const from = Math.max(0, Math.min((current === -1 ? steps.length : current) - 2, steps.length - MAX_STEPS));
	return { from, shown: steps.slice(from, from + MAX_STEPS) };
}

const MARKS: Readonly<Partial<Record<StepView['status'], string>>> = {
	done: '✓',
	// A quick step in the host tells of its start only with its end.
	ready: '▸',
	running: '▸',
	asking: '?',
	retrying: '↻',
	skipped: '–',
	failed: '✗',
	'dead-lettered': '✗',
	cancelled: '✗',
};

function stepLine(task: Task, step: StepView, words: LatestWords): string {
	const mark = MARKS[step.status] ?? '·';
	const detail = detailOf(task, step, words);
	return `${mark} ${step.title}${detail === undefined ? '' : ` – ${detail}`}`;
}

function detailOf(task: Task, step: StepView, words: LatestWords): string | undefined {
	const children = Object.values(task.steps).filter(
		(one) => parentOf(one) === step.id && one.implicit !== true && one.within?.round === stepOf(task, step.id)?.round,
	);
	if (children.length > 0 && step.status === 'running')
		return `${children.filter(isOver).length} of ${children.length}`;
	switch (step.status) {
		case 'running':
			return words.get(step.id);
		case 'asking':
		case 'retrying':
		case 'dead-lettered':
		case 'skipped':
			return STEP_WORDS[step.status];
		default:
			return undefined;
	}
}

function isOver({ phase }: Step): boolean {
	return (
		phase.status === 'done' ||
		phase.status === 'joined' ||
		phase.status === 'skipped' ||
		phase.status === 'dead-lettered'
	);
}
