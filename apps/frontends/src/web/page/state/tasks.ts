import { ANSWER_STEP } from '@errand/core/domain/ids.ts';
import { catchUp, type Followed, lastSeq, NOTHING_FOLLOWED } from '@errand/core/domain/task/catch-up.ts';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import { partialAnswer } from '@errand/core/domain/task/partial-answer.ts';
import { type StepStatus, type TaskView, viewTask } from '@errand/core/domain/task/view.ts';
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Connection, StepProgress } from './connection.ts';
import { isPassing, type Problem } from './problem.ts';

/** LiveTask is a task that is being followed. */
export interface LiveTask {
	readonly id: string;
	readonly followed: ReadonlySignal<Followed>;
	/** Undefined until the first facts are here. */
	readonly view: ReadonlySignal<TaskView | undefined>;
	/** Passing words by step id; a step that ends or fails loses its own. */
	readonly progress: ReadonlySignal<Readonly<Record<string, StepWords>>>;
	/** What running steps have written so far, by step id; apart from their words, because it changes far more often. */
	readonly partials: ReadonlySignal<Readonly<Record<string, string>>>;
	/** The answer as far as it is written, until the task has ended. */
	readonly draft: ReadonlySignal<string | undefined>;
	/** There is a draft. */
	readonly writing: ReadonlySignal<boolean>;
	/** Why it cannot be shown. */
	readonly problem: ReadonlySignal<Problem | undefined>;
}

/** StepWords is how far a running step says it is. */
export type StepWords = Pick<StepProgress, 'percent' | 'text'>;

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
	readonly progress: Signal<Readonly<Record<string, StepWords>>>;
	readonly partials: Signal<Readonly<Record<string, string>>>;
	readonly problem: Signal<Problem | undefined>;
	live: boolean;
	facts: RecordedTaskFact[];
	heard: StepProgress[];
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
			entry.heard.push(progress);
			foldSoon(entry);
		},
		catchUp: () => {
			for (const entry of entries.values()) if (entry.live) follow(entry);
		},
	};
}

function newEntry(id: string): Entry {
	const followed = signal(NOTHING_FOLLOWED);
	const partials = signal<Readonly<Record<string, string>>>({});
	const draft = computed(() => {
		const { state } = followed.value;
		return state === undefined ? undefined : partialAnswer(state, (step) => partials.value[step]);
	});
	return {
		id,
		followed,
		view: computed(() => (followed.value.state === undefined ? undefined : viewTask(followed.value.state))),
		progress: signal({}),
		partials,
		draft,
		writing: computed(() => draft.value !== undefined),
		problem: signal(undefined),
		live: false,
		facts: [],
		heard: [],
	};
}

function takeIn(entry: Entry, askAgain: () => void): void {
	const before = entry.followed.peek();
	const after = catchUp(before, entry.facts);
	entry.followed.value = after;
	const words = new Map(Object.entries(entry.progress.peek()));
	const partials = new Map(Object.entries(entry.partials.peek()));
	for (const { stepId, percent, text, partial } of entry.heard) {
		const earlier = words.get(stepId);
		// A later word may leave out what an earlier one said.
		words.set(stepId, { percent: percent ?? earlier?.percent, text: text ?? earlier?.text });
		if (partial !== undefined) partials.set(stepId, partial);
	}
	entry.facts = [];
	entry.heard = [];
	const speaks = speaking(entry.view.peek());
	replace(entry.progress, words, speaks, (one, other) => one.percent === other?.percent && one.text === other?.text);
	replace(entry.partials, partials, speaks, (one, other) => one === other);
	if (after.gap && !before.gap) askAgain();
}

/**
 * Whose words still count: running steps, those about to run, because a word may come before the fact of the start, and the
 * answer itself while there is no plan and no end.
 */
function speaking(view: TaskView | undefined): (stepId: string) => boolean {
	const speakers = new Set<string>();
	for (const step of view?.plan.steps ?? []) if (SPEAKING.has(step.status)) speakers.add(step.id);
	if (view === undefined || (view.plan.version === 0 && view.endedAt === undefined)) speakers.add(ANSWER_STEP);
	return (stepId) => speakers.has(stepId);
}

const SPEAKING: ReadonlySet<StepStatus> = new Set(['waiting', 'ready', 'running']);

/** What did not change keeps its identity, so that nothing is drawn again for it. */
function replace<T>(
	kept: Signal<Readonly<Record<string, T>>>,
	next: ReadonlyMap<string, T>,
	counts: (stepId: string) => boolean,
	same: (one: T, other: T | undefined) => boolean,
): void {
	const before = kept.peek();
	const entries = [...next].filter(([id]) => counts(id));
	const changed =
		entries.length !== Object.keys(before).length || entries.some(([id, value]) => !same(value, before[id]));
	if (changed) kept.value = Object.fromEntries(entries);
}

/** A hidden page draws no frames, but its tasks go on. */
function onNextFrame(run: () => void): void {
	if (document.hidden) setTimeout(run, 50);
	else requestAnimationFrame(run);
}
