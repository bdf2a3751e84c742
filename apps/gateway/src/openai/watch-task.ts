import type { StepId, TaskId } from '@errand/core/domain/ids.ts';
import { evolve } from '@errand/core/domain/task/evolve.ts';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import { partialAnswer } from '@errand/core/domain/task/partial-answer.ts';
import { openQuestions, type TaskState } from '@errand/core/domain/task/state.ts';
import type { ITaskDesk, Principal } from '@errand/core/orchestrator/desks/desk.ts';
import { thought, thoughtLine } from './thought-line.ts';

/** Glimpse is what may be shown of a task at work: a thought on the way, or how the answer reads so far. */
export type Glimpse =
	| { readonly kind: 'thought'; readonly text: string }
	| { readonly kind: 'draft'; readonly text: string };

/** Watch is which task is watched, for whom, and from which fact on it is told of. */
export interface Watch {
	readonly desk: Pick<ITaskDesk, 'facts' | 'follow'>;
	readonly principal: Principal;
	readonly task: TaskId;
	readonly from: number;
	readonly signal: AbortSignal;
}

/**
 * watchTask gives glimpses of a task until it has ended or asks something; it returns then, or when `signal` aborts. What is
 * not fetched in time is put together, so a slow reader costs no more than its latest draft and some lines.
 */
export async function* watchTask({ desk, principal, task, from, signal }: Watch): AsyncGenerator<Glimpse, void> {
	const seen = new Sight(from);
	let after = 0;
	let count: number;
	do {
		const page = await desk.facts(principal, task, after);
		for (const fact of page.events) seen.fact(fact);
		after = page.next;
		count = page.events.length;
	} while (count >= SHORT_PAGE);
	if (seen.settled || signal.aborted) return yield* seen.glimpses();
	const abort = () => seen.wake();
	signal.addEventListener('abort', abort, { once: true });
	const stop = await desk.follow(principal, task, after, {
		fact: (fact) => {
			seen.fact(fact);
			// The facts of one decision come one by one; what they lead to is seen once all are there.
			setImmediate(() => seen.wake());
		},
		progress: ({ stepId, text, partial }) => seen.progress(stepId, { text, partial }),
	});
	try {
		while (!signal.aborted) {
			yield* seen.glimpses();
			if (seen.settled) return;
			await seen.more();
		}
	} finally {
		stop();
		signal.removeEventListener('abort', abort);
	}
}

const MAX_LINES = 200;
/** Fewer facts than this are all there are; what comes meanwhile is left to `follow`. */
const SHORT_PAGE = 200;

/** Sight is a task as it is folded from its facts, and what of it has not been shown yet. */
class Sight {
	readonly #from: number;
	readonly #partials = new Map<StepId, string>();
	#state: TaskState;
	#thoughts: string[] = [];
	#word = '';
	#draft: string | undefined;
	#wake: (() => void) | undefined;
	#awake = false;

	constructor(from: number) {
		this.#from = from;
	}

	get settled(): boolean {
		return this.#state !== undefined && (this.#state.end !== undefined || openQuestions(this.#state).length > 0);
	}

	fact(fact: RecordedTaskFact): void {
		this.#state = evolve(this.#state, fact);
		if (fact.type === 'StepFailed' || fact.type === 'StepLost') this.#partials.delete(fact.data.stepId);
		const line = fact.seq > this.#from ? thoughtLine(fact, this.#state) : undefined;
		if (line !== undefined && this.#thoughts.length < MAX_LINES) this.#thoughts.push(line);
	}

	progress(step: StepId, { text, partial }: { text: string | undefined; partial: string | undefined }): void {
		if (partial !== undefined && this.#state !== undefined) {
			this.#partials.set(step, partial);
			this.#draft = partialAnswer(this.#state, (id) => this.#partials.get(id));
		}
		if (text !== undefined && text !== '' && text !== this.#word && this.#thoughts.length < MAX_LINES) {
			this.#word = text;
			this.#thoughts.push(thought(text));
		}
		this.wake();
	}

	*glimpses(): Generator<Glimpse, void> {
		const thoughts = this.#thoughts;
		this.#thoughts = [];
		if (thoughts.length > 0) yield { kind: 'thought', text: thoughts.join('') };
		const draft = this.#draft;
		this.#draft = undefined;
		if (draft !== undefined) yield { kind: 'draft', text: draft };
	}

	wake(): void {
		this.#awake = true;
		this.#wake?.();
	}

	async more(): Promise<void> {
		if (!this.#awake) {
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
		this.#awake = false;
		this.#wake = undefined;
	}
}
