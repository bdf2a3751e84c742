import { catchUp, type Followed, lastSeq, NOTHING_FOLLOWED } from '@errand/core/domain/task/catch-up.ts';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import { type TaskView, viewTask } from '@errand/core/domain/task/view.ts';
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Connection, StepProgress } from './connection.ts';
import { isPassing, type Problem } from './problem.ts';

/** LiveTask is a task that is being followed. */
export interface LiveTask {
	readonly id: string;
	readonly followed: ReadonlySignal<Followed>;
	/** Undefined until the first facts are here. */
	readonly view: ReadonlySignal<TaskView | undefined>;
	/** Passing words by step id; a step that stops running loses its own. */
	readonly progress: ReadonlySignal<Readonly<Record<string, StepProgress>>>;
	/** Why it cannot be shown. */
	readonly problem: ReadonlySignal<Problem | undefined>;
}

/** Tasks are the tasks that something on the page shows. */
export interface Tasks {
	/** Follows a task from now on, until it has ended and many others were opened since. */
	open(taskId: string): LiveTask;
	takeFact(taskId: string, fact: RecordedTaskFact): void;
	takeProgress(taskId: string, progress: StepProgress): void;
	/** Asks for whatever was missed. */
	catchUp(): void;
}

/** The server lets one connection follow fifty. */
const MAX_FOLLOWED = 40;

interface Entry extends LiveTask {
	readonly followed: Signal<Followed>;
	readonly progress: Signal<Readonly<Record<string, StepProgress>>>;
	readonly problem: Signal<Problem | undefined>;
	live: boolean;
	facts: RecordedTaskFact[];
	words: Map<string, StepProgress>;
}

/** createTasks folds facts as they come, one update a frame; `onChange` hears of every task that changed. */
export function createTasks(
	line: Pick<Connection, 'follow' | 'unfollow'>,
	onChange: (task: TaskView) => void,
	nextFrame: (run: () => void) => void = onNextFrame,
): Tasks {
	// In the order of last use.
	const entries = new Map<string, Entry>();
	const waiting = new Set<Entry>();

	const follow = (entry: Entry) => {
		entry.live = true;
		line.follow(entry.id, lastSeq(entry.followed.peek()), (problem) => {
			entry.live = false;
			if (isPassing(problem)) setTimeout(() => follow(entry), 1_000);
			else entry.problem.value = problem;
		});
	};
	const letOldOnesGo = () => {
		const live = [...entries.values()].filter((entry) => entry.live);
		const ended = live.filter((entry) => entry.view.peek()?.endedAt !== undefined);
		for (const entry of ended.slice(0, Math.max(0, live.length - MAX_FOLLOWED))) {
			entry.live = false;
			line.unfollow(entry.id);
		}
	};

	const fold = () => {
		const changed = [...waiting];
		waiting.clear();
		batch(() => {
			for (const entry of changed) takeIn(entry, () => follow(entry));
		});
		for (const entry of changed) {
			const view = entry.view.peek();
			if (view !== undefined) onChange(view);
		}
	};
	const foldSoon = (entry: Entry) => {
		if (waiting.size === 0) nextFrame(fold);
		waiting.add(entry);
	};

	return {
		open: (taskId) => {
			const entry = entries.get(taskId) ?? newEntry(taskId);
			entries.delete(taskId);
			entries.set(taskId, entry);
			if (!entry.live) {
				letOldOnesGo();
				follow(entry);
			}
			return entry;
		},
		takeFact: (taskId, fact) => {
			const entry = entries.get(taskId);
			if (entry === undefined) return;
			entry.facts.push(fact);
			foldSoon(entry);
		},
		takeProgress: (taskId, progress) => {
			const entry = entries.get(taskId);
			if (entry === undefined) return;
			const earlier = entry.words.get(progress.stepId) ?? entry.progress.peek()[progress.stepId];
			entry.words.set(progress.stepId, mergeProgress(earlier, progress));
			foldSoon(entry);
		},
		catchUp: () => {
			for (const entry of entries.values()) if (entry.live) follow(entry);
		},
	};
}

function newEntry(id: string): Entry {
	const followed = signal(NOTHING_FOLLOWED);
	return {
		id,
		followed,
		view: computed(() => (followed.value.state === undefined ? undefined : viewTask(followed.value.state))),
		progress: signal({}),
		problem: signal(undefined),
		live: false,
		facts: [],
		words: new Map(),
	};
}

function takeIn(entry: Entry, askAgain: () => void): void {
	const before = entry.followed.peek();
	const after = catchUp(before, entry.facts);
	const words = { ...entry.progress.peek(), ...Object.fromEntries(entry.words) };
	entry.facts = [];
	entry.words = new Map();
	entry.followed.value = after;
	entry.progress.value = stillRunning(words, entry.view.peek());
	if (after.gap && !before.gap) askAgain();
}

/** A later word may leave out what an earlier one said. */
function mergeProgress(earlier: StepProgress | undefined, later: StepProgress): StepProgress {
	return {
		stepId: later.stepId,
		percent: later.percent ?? earlier?.percent,
		text: later.text ?? earlier?.text,
		partial: later.partial ?? earlier?.partial,
	};
}

function stillRunning(
	words: Readonly<Record<string, StepProgress>>,
	view: TaskView | undefined,
): Readonly<Record<string, StepProgress>> {
	const running = new Set<string>();
	for (const step of view?.plan.steps ?? []) if (step.status === 'running') running.add(step.id);
	return Object.fromEntries(Object.entries(words).filter(([id]) => running.has(id)));
}

/** A hidden page draws no frames, but its tasks go on. */
function onNextFrame(run: () => void): void {
	if (document.hidden) setTimeout(run, 50);
	else requestAnimationFrame(run);
}
