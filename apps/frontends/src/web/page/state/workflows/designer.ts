import { asJson, type Json, type JsonObject } from '@errand/core/domain/json.ts';
import type { WorkflowProblem } from '@errand/core/domain/workflow/problem.ts';
import type { CheckedWorkflow } from '@errand/core/orchestrator/desks/workflows.ts';
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Draft, draftWith, isParallel, type Path, stepAt, stepsAt } from '../../fold/workflow/draft.ts';
import { type Link, withLink, withoutLink, withoutStep, withStep } from '../../fold/workflow/edit-list.ts';
import { type Edits, edited, editsOf, redone, undone } from '../../fold/workflow/edits.ts';
import { type ListGraph, listGraph } from '../../fold/workflow/list-graph.ts';
import { newStep, type Offer } from '../../fold/workflow/new-step.ts';
import { type Problem, ProblemError, problemOf } from '../problem.ts';
import type { WorkflowApi } from './workflow-api.ts';

/** Trial is a run of the text as it was when it began. */
export interface Trial {
	readonly task: string;
	readonly places: Readonly<Record<string, string>>;
}

/** Designer is one workflow that is worked on, as a graph and as text at once. */
export interface Designer {
	readonly draft: ReadonlySignal<Draft>;
	readonly text: ReadonlySignal<string>;
	readonly problems: ReadonlySignal<readonly WorkflowProblem[]>;
	/** The text says something that cannot be drawn; the graph shows what it said before. */
	readonly unreadable: ReadonlySignal<boolean>;
	/** What is shown is not looked at yet, or the text is not written yet. */
	readonly busy: ReadonlySignal<boolean>;
	/** A call that failed. */
	readonly trouble: ReadonlySignal<Problem | undefined>;
	/** The list that is drawn. */
	readonly list: ReadonlySignal<Path>;
	readonly graph: ReadonlySignal<ListGraph>;
	/** The step that is chosen in it. */
	readonly chosen: Signal<number | undefined>;
	readonly canUndo: ReadonlySignal<boolean>;
	readonly canRedo: ReadonlySignal<boolean>;
	readonly trial: Signal<Trial | undefined>;
	/** It differs from what was saved or opened. */
	readonly changed: ReadonlySignal<boolean>;
	readonly baseVersion: ReadonlySignal<number | undefined>;
	/** Shows another list; `chosen` is chosen in it. */
	open(list: Path, chosen?: number): void;
	add(offer: Offer): void;
	remove(index: number): void;
	connect(link: Link): void;
	disconnect(link: Link): void;
	set(path: Path, value: Json | undefined): void;
	write(text: string): void;
	undo(): void;
	redo(): void;
	save(baseVersion?: number): Promise<{ readonly name: string; readonly version: number }>;
	tryOut(input: Json): Promise<void>;
	stop(): void;
}

/** What it begins with: one that is there, or a new one. */
export interface DesignerStart {
	readonly draft: Draft;
	readonly text: string;
	/** Undefined: it is not one that was saved here, so that saving makes a new one. */
	readonly version: number | undefined;
}

interface Both {
	readonly draft: Draft;
	readonly text: string;
	/** The text says what the graph shows, or is to be drawn; else it is yet to be written. */
	readonly written: boolean;
}

/** Somebody who types is not answered at each letter. */
const SETTLE_MS = 180;
const TOP: Path = ['steps'];
const NOTHING: CheckedWorkflow = { ok: false, problems: [{ message: 'The text is empty.' }] };

/** createDesigner keeps both sides in step: an edit of the graph is written into the text, one of the text is drawn, and both are checked. */
export function createDesigner(
	api: Pick<WorkflowApi, 'check' | 'merge' | 'save' | 'runText'>,
	start: DesignerStart,
	{ now = Date.now, settleMs = SETTLE_MS }: { readonly now?: () => number; readonly settleMs?: number } = {},
): Designer {
	const edits = signal<Edits<Both>>(editsOf({ ...start, written: start.text !== '' }));
	const saved = signal(start.text);
	const baseVersion = signal(start.version);
	const problems = signal<readonly WorkflowProblem[]>([]);
	const unreadable = signal(false);
	const busy = signal(false);
	const trouble = signal<Problem | undefined>(undefined);
	const list = signal<Path>(TOP);
	const chosen = signal<number | undefined>(undefined);
	const trial = signal<Trial | undefined>(undefined);
	const draft = computed(() => edits.value.now.draft);
	const text = computed(() => edits.value.now.text);
	const drawn = computed(() => ({ steps: stepsAt(draft.value, list.value), parallel: isParallel(list.value) }));
	let turn = 0;
	let timer: ReturnType<typeof setTimeout> | undefined;

	/** Writes and checks what stands there now; what was overtaken meanwhile is dropped. */
	const settle = async (mine: number) => {
		const { draft: wanted, text: before, written } = edits.peek().now;
		try {
			const said = written ? before : await api.merge(before, wanted);
			if (mine !== turn) return;
			edits.value = { ...edits.peek(), now: { draft: wanted, text: said, written: true } };
			const checked = said.trim() === '' ? NOTHING : await api.check(said);
			if (mine !== turn) return;
			const { definition } = checked;
			batch(() => {
				// Text that was looked at is an edit of its own.
				if (written) edits.value = { ...edits.peek(), same: undefined };
				problems.value = checked.ok ? [] : checked.problems;
				unreadable.value = written && definition === undefined;
				if (written && definition !== undefined) {
					edits.value = { ...edits.peek(), now: { draft: asJson(definition), text: said, written: true } };
					stayInside();
				}
				trouble.value = undefined;
			});
		} catch (error) {
			if (mine === turn) trouble.value = problemOf(error);
		} finally {
			if (mine === turn) busy.value = false;
		}
	};
	const settleSoon = () => {
		const mine = ++turn;
		busy.value = true;
		clearTimeout(timer);
		timer = setTimeout(() => void settle(mine), settleMs);
	};
	/** A list or a step that is not there any more cannot be shown. */
	const stayInside = () => {
		const { draft: shown } = edits.peek().now;
		while (list.peek().length > 1 && stepsAt(shown, list.peek()).length === 0) list.value = above(list.peek());
		const count = stepsAt(shown, list.peek()).length;
		const at = chosen.peek();
		if (at !== undefined && at >= count) chosen.value = count === 0 ? undefined : count - 1;
	};
	const change = (next: Draft, same?: string) => {
		if (next === edits.peek().now.draft) return;
		batch(() => {
			const both = { draft: next, text: edits.peek().now.text, written: false };
			edits.value = edited(edits.peek(), both, { same, at: now() });
			stayInside();
		});
		settleSoon();
	};
	const turnTo = (next: Edits<Both>) => {
		if (next === edits.peek()) return;
		batch(() => {
			edits.value = next;
			stayInside();
		});
		settleSoon();
	};
	/** Resolves with the text once it says what the graph shows. */
	const whole = async () => {
		await new Promise<void>((done) => {
			const stop = busy.subscribe((still) => {
				if (still) return;
				done();
				queueMicrotask(() => stop());
			});
		});
		const failed = trouble.peek();
		if (failed !== undefined) throw new ProblemError(failed);
		return text.peek();
	};
	settleSoon();

	return {
		...{ draft, text, problems, unreadable, busy, trouble, list, chosen, trial, baseVersion },
		graph: computed(() => listGraph(drawn.value.steps, drawn.value.parallel)),
		canUndo: computed(() => edits.value.past.length > 0),
		canRedo: computed(() => edits.value.future.length > 0),
		changed: computed(() => text.value !== saved.value || busy.value),
		open: (path, at) =>
			batch(() => {
				list.value = path;
				chosen.value = at;
			}),
		add: (offer) => {
			const shown = draft.peek();
			const count = stepsAt(shown, list.peek()).length;
			const after = chosen.peek() ?? count - 1;
			const step = newStep(shown, offer);
			batch(() => {
				change(withStep(shown, list.peek(), { step, after }));
				chosen.value = after + 1;
			});
		},
		remove: (index) => {
			// A list inside a step has at least one.
			if (list.peek().length > 1 && stepsAt(draft.peek(), list.peek()).length <= 1) return;
			change(withoutStep(draft.peek(), list.peek(), index));
		},
		connect: (link) => change(withLink(draft.peek(), list.peek(), link)),
		disconnect: (link) => change(withoutLink(draft.peek(), list.peek(), link)),
		set: (path, value) => change(draftWith(draft.peek(), path, value), path.join('.')),
		write: (wanted) => {
			if (wanted === text.peek()) return;
			const both = { draft: draft.peek(), text: wanted, written: true };
			edits.value = edited(edits.peek(), both, { same: 'text', at: now() });
			settleSoon();
		},
		undo: () => turnTo(undone(edits.peek())),
		redo: () => turnTo(redone(edits.peek())),
		save: async (wanted = baseVersion.peek()) => {
			const sent = await whole();
			const { name } = draft.peek();
			const made = await api.save(typeof name === 'string' ? name : '', sent, wanted);
			batch(() => {
				saved.value = sent;
				baseVersion.value = made.version;
			});
			return made;
		},
		tryOut: async (input) => {
			const { id, places } = await api.runText(await whole(), input);
			trial.value = { task: id, places };
		},
		stop: () => {
			turn += 1;
			clearTimeout(timer);
		},
	};
}

/** above is the list that a list's own step is in. */
export function above(list: Path): Path {
	return list.slice(0, list.at(-3) === 'choose' ? -4 : -2);
}

/** ownerOf is the step that a list is in; undefined for the list of the workflow itself. */
export function ownerOf(draft: Draft, list: Path): { readonly path: Path; readonly step: JsonObject } | undefined {
	if (list.length <= 1) return undefined;
	const path = list.slice(0, list.at(-3) === 'choose' ? -3 : -1);
	const step = stepAt(draft, path);
	return step === undefined ? undefined : { path, step };
}
