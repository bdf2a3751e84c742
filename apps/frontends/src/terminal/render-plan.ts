import { formatDuration } from '@errand/core/domain/amounts.ts';
import { type PlanNode, planTree } from '@errand/core/domain/task/plan-tree.ts';
import { elapsedMs, roundWords, STEP_WORDS, taskWords, waitWords } from '@errand/core/domain/task/status-words.ts';
import type { StepStatus, StepView, TaskView } from '@errand/core/domain/task/view.ts';
import { cleanLine } from './clean-text.ts';
import { cut, pad, widthOf } from './fit.ts';
import type { Paint } from './paint.ts';

/** StepWords is a passing word about a running step. */
export interface StepWords {
	readonly percent?: number | undefined;
	readonly text?: string | undefined;
	readonly partial?: string | undefined;
}

/** PlanLook is how a plan is to be drawn. */
export interface PlanLook {
	readonly paint: Paint;
	readonly width: number;
	readonly height: number;
	readonly now: number;
	/** Counts up to turn the spinner. */
	readonly frame: number;
}

/** planLines draws a task's plan as it stands. What does not fit the height is left out from what has ended, then said. */
export function planLines(task: TaskView, words: ReadonlyMap<string, StepWords>, look: PlanLook): string[] {
	const { paint } = look;
	if (task.plan.steps.length === 0) {
		return task.status === 'planning' ? [`${paint.live(spinner(look.frame))} Planning…`] : [];
	}
	const { note } = task.plan;
	const head = note === undefined ? [] : [paint.dim(cut(cleanLine(note), look.width))];
	return [...head, ...stepTree(task, words, { ...look, height: look.height - head.length })];
}

function stepTree(task: TaskView, words: ReadonlyMap<string, StepWords>, look: PlanLook): string[] {
	const { paint } = look;
	const nodes = planTree(task.plan.steps);
	const all = nodes.flatMap((node) => nodeLines(node, node.nodes, words, look));
	const room = Math.max(3, look.height);
	if (all.length <= room) return all;
	const short = nodes.flatMap((node) => nodeLines(node, activeIn(node.nodes).slice(0, 6), words, look));
	if (short.length <= room) return short;
	return [...short.slice(0, room - 1), paint.dim(`… ${short.length - room + 1} more`)];
}

/** planNews says in plain lines what changed between two views of a task, for output that cannot be redrawn. */
export function planNews(before: TaskView | undefined, after: TaskView): string[] {
	const lines: string[] = [];
	if (after.plan.steps.length > 0 && (before?.plan.steps.length ?? 0) === 0) {
		const planned = after.plan.steps.filter((step) => step.parent === undefined);
		lines.push(`plan: ${planned.map((step) => cleanLine(step.title)).join('; ')}`);
	}
	const known = new Map(before?.plan.steps.map((step) => [step.id, step]));
	for (const step of after.plan.steps) {
		const last = known.get(step.id);
		if (isWaited(step) && !(last !== undefined && isWaited(last))) {
			lines.push(`waiting: ${cleanLine(step.title)}${step.event === undefined ? '' : ` for the event ${step.event}`}`);
		}
		if (last?.status === step.status || QUIET.has(step.status)) continue;
		const took = step.endedAt === undefined ? undefined : elapsedMs(step, step.endedAt);
		const time = took === undefined ? '' : ` (${formatDuration(took)})`;
		const error = step.error === undefined ? '' : `: ${cleanLine(step.error.message)}`;
		lines.push(`${STEP_WORDS[step.status]}: ${cleanLine(step.title)}${time}${error}`);
	}
	if (before !== undefined && before.status !== after.status && after.plan.steps.length > 0)
		lines.push(`task: ${taskWords(after)}`);
	return lines;
}

const ACTIVE: ReadonlySet<StepStatus> = new Set(['running', 'asking', 'retrying', 'failed', 'dead-lettered']);
const QUIET: ReadonlySet<StepStatus> = new Set(['waiting', 'ready']);

/** It waits for a time or an event, which other steps have nothing to do with. */
function isWaited(step: StepView): boolean {
	return step.status === 'waiting' && (step.until !== undefined || step.event !== undefined);
}

/** What goes on inside a step, at any depth: each with nothing under it, because all of it is listed. */
function activeIn(nodes: readonly PlanNode[]): PlanNode[] {
	return nodes.flatMap((node) => [
		...(ACTIVE.has(node.step.status) || isWaited(node.step) ? [{ ...node, nodes: [] }] : []),
		...activeIn(node.nodes),
	]);
}

function nodeLines(
	node: PlanNode,
	nodes: readonly PlanNode[],
	words: ReadonlyMap<string, StepWords>,
	look: PlanLook,
	indent = 0,
): string[] {
	const count = node.children.length === 0 ? undefined : `${node.ended} of ${node.children.length}`;
	return [
		...stepLines(node.step, words.get(node.step.id), look, { indent, count }),
		...nodes.flatMap((child) => nodeLines(child, child.nodes, words, look, indent + 2)),
	];
}

function stepLines(
	step: StepView,
	said: StepWords | undefined,
	look: PlanLook,
	place: { readonly indent: number; readonly count: string | undefined },
): string[] {
	const { paint } = look;
	const running = step.status === 'running';
	const ms = elapsedMs(step, look.now);
	const waits = waitWords(step, look.now);
	const meta = [
		place.count,
		roundWords(step),
		waits,
		SAID.has(step.status) ? STEP_WORDS[step.status] : undefined,
		step.attempts > 1 ? `attempt ${step.attempts}` : undefined,
		ms === undefined ? undefined : formatDuration(ms),
		running && said?.percent !== undefined ? `${bar(said.percent)} ${Math.round(said.percent)} %` : undefined,
		running && said?.text !== undefined ? cleanLine(said.text) : undefined,
	].filter((part) => part !== undefined);
	const lead = place.indent + 2;
	const line = look.width - lead;
	const tail = cut(meta.join('  '), Math.min(line - 10, Math.max(12, Math.floor(look.width * 0.55))));
	const room = line - widthOf(tail) - 2;
	const title = cut(cleanLine(step.title), room);
	const dull = (QUIET.has(step.status) && waits === undefined) || step.status === 'skipped';
	const shown = pad(title, tail === '' ? 0 : Math.min(44 - place.indent, room));
	const first = `${' '.repeat(place.indent)}${sign(step.status, look)} ${dull ? paint.dim(shown) : shown}`;
	const lines = [tail === '' ? first : `${first}  ${paint.dim(tail)}`];
	if (step.error !== undefined && step.status !== 'skipped') {
		lines.push(`${' '.repeat(lead)}${paint.bad(cut(cleanLine(step.error.message), look.width - lead - 1))}`);
	}
	return lines;
}

const SAID: ReadonlySet<StepStatus> = new Set([
	'asking',
	'retrying',
	'failed',
	'dead-lettered',
	'skipped',
	'cancelled',
]);

function sign(status: StepStatus, { paint, frame }: PlanLook): string {
	switch (status) {
		case 'running':
			return paint.live(spinner(frame));
		case 'done':
			return paint.good('✔');
		case 'failed':
		case 'dead-lettered':
			return paint.bad('✖');
		case 'asking':
			return paint.ask('?');
		case 'retrying':
			return paint.ask('↻');
		case 'skipped':
			return paint.dim('»');
		case 'cancelled':
			return paint.dim('⊘');
		case 'waiting':
		case 'ready':
			return paint.dim('○');
	}
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const spinner = (frame: number): string => FRAMES[frame % FRAMES.length] ?? '·';

function bar(percent: number): string {
	const full = Math.round(Math.max(0, Math.min(100, percent)) / 10);
	return '█'.repeat(full) + '░'.repeat(10 - full);
}
