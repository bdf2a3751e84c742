import { describeError, isCoreError } from '@errand/core/domain/errors.ts';
import { catchUp, type Followed, lastSeq, NOTHING_FOLLOWED } from '@errand/core/domain/task/catch-up.ts';
import { partialAnswer } from '@errand/core/domain/task/partial-answer.ts';
import type { Question } from '@errand/core/domain/task/question.ts';
import { type TaskView, viewTask } from '@errand/core/domain/task/view.ts';
import { promptFor, questionLines, readAnswer } from './questions.ts';
import { draftLines } from './render-draft.ts';
import { planLines, planNews, type StepWords } from './render-plan.ts';
import type { Screen } from './screen.ts';
import type { ServerClient } from './server-client.ts';

const FRAME_MS = 100;

/**
 * watchTask shows a task until it ends, with its answer as it is written, asking what it asks on the way; then it prints what
 * `closing` says of it. It ends early, with the view so far, when a question is open and nobody can be asked.
 */
export async function watchTask(
	{ client, screen }: { readonly client: ServerClient; readonly screen: Screen },
	taskId: string,
	closing: (view: TaskView) => Promise<readonly string[]>,
): Promise<TaskView> {
	const watch = new TaskWatch(client, screen, taskId);
	try {
		const view = await watch.untilEnd();
		await watch.close(view, closing);
		return view;
	} finally {
		watch.stop();
	}
}

class TaskWatch {
	readonly #client: ServerClient;
	readonly #screen: Screen;
	readonly #taskId: string;
	readonly #words = new Map<string, StepWords>();
	readonly #unfollow: () => void;
	readonly #timer: ReturnType<typeof setInterval> | undefined;
	#followed: Followed = NOTHING_FOLLOWED;
	#view: TaskView | undefined;
	#said: TaskView | undefined;
	#frame = 0;
	#asking: { readonly question: Question; readonly gone: AbortController } | undefined;
	#changed: () => void = () => {};

	constructor(client: ServerClient, screen: Screen, taskId: string) {
		this.#client = client;
		this.#screen = screen;
		this.#taskId = taskId;
		this.#timer = screen.redraws ? setInterval(() => this.#draw(), FRAME_MS) : undefined;
		this.#unfollow = client.follow(taskId, {
			lastSeq: () => lastSeq(this.#followed),
			fact: (fact) => this.#take(fact),
			progress: ({ stepId, ...words }) => this.#words.set(stepId, { ...this.#words.get(stepId), ...given(words) }),
		});
	}

	async untilEnd(): Promise<TaskView> {
		for (;;) {
			const view = this.#view;
			if (view?.endedAt !== undefined) return view;
			const [question] = view?.questions ?? [];
			if (view !== undefined && question !== undefined) {
				if (!this.#screen.asks) return view;
				await this.#ask(question);
			} else {
				await new Promise<void>((resolve) => {
					this.#changed = resolve;
				});
			}
		}
	}

	/** What was written stays in sight until the whole answer takes its place. */
	async close(view: TaskView, closing: (view: TaskView) => Promise<readonly string[]>): Promise<void> {
		let lines: readonly string[] = [];
		try {
			lines = await closing(view);
		} finally {
			clearInterval(this.#timer);
			this.#draw({ draft: false });
			this.#screen.keep();
		}
		this.#screen.print(lines);
	}

	stop(): void {
		clearInterval(this.#timer);
		this.#unfollow();
	}

	#take(fact: Parameters<typeof catchUp>[1][number]): void {
		const before = this.#followed;
		this.#followed = catchUp(before, [fact]);
		if (this.#followed.gap && !before.gap) this.#client.refollow(this.#taskId);
		if (this.#followed.state === undefined) return;
		// What an attempt wrote that failed is not the beginning of what the next one writes.
		if (fact.type === 'StepFailed' || fact.type === 'StepLost') this.#words.delete(fact.data.stepId);
		const view = viewTask(this.#followed.state);
		this.#view = view;
		// A failure that is not tried again is followed by the step's end in the same append; only that is told.
		const passing = fact.type === 'StepFailed' && fact.data.retryAt === undefined;
		if (!this.#screen.redraws && !passing) {
			this.#screen.print(planNews(this.#said, view));
			this.#said = view;
		}
		const asked = this.#asking?.question.id;
		if (asked !== undefined && !view.questions.some((open) => open.id === asked)) this.#asking?.gone.abort();
		this.#changed();
	}

	#draw({ draft: drafted } = { draft: true }): void {
		const view = this.#view;
		if (view === undefined || this.#asking !== undefined || !this.#screen.redraws) return;
		const { paint } = this.#screen;
		const height = this.#screen.height();
		const look = { paint, width: this.#screen.width(), height };
		const draft = drafted ? this.#draft(view) : undefined;
		const room = draft === undefined ? height : Math.ceil(height / 3);
		const writing = draft !== undefined && view.plan.steps.length === 0;
		const frame = { ...look, height: room, now: Date.now(), frame: this.#frame++ };
		const plan = writing ? [] : planLines(view, this.#words, frame);
		if (draft === undefined) return this.#screen.draw(plan);
		const above = plan.length > 0 ? [...plan, ''] : [];
		this.#screen.draw([...above, ...draftLines(draft, { ...look, height: height - above.length })]);
	}

	#draft({ result }: TaskView): string | undefined {
		const { state } = this.#followed;
		if (result !== undefined) return result.text;
		return state === undefined ? undefined : partialAnswer(state, (step) => this.#words.get(step)?.partial);
	}

	/** The plan stands still while somebody types; it goes on below. */
	async #ask(question: Question): Promise<void> {
		const screen = this.#screen;
		const gone = new AbortController();
		this.#draw({ draft: false });
		screen.keep();
		this.#asking = { question, gone };
		try {
			screen.print(questionLines(question, { width: screen.width(), paint: screen.paint }));
			const secret = question.kind === 'secret';
			const typed = await screen.ask(promptFor(question), { secret, signal: gone.signal });
			if (gone.signal.aborted) screen.print([screen.paint.dim('This question is closed.')]);
			else if (typed === undefined) await this.#untilChanged(gone.signal);
			else await this.#answer(question, typed, gone.signal);
		} finally {
			this.#asking = undefined;
		}
	}

	async #answer(question: Question, typed: string, closed: AbortSignal): Promise<void> {
		const said = readAnswer(question, typed);
		const task = `/v1/tasks/${encodeURIComponent(this.#taskId)}`;
		const questionId = question.id;
		try {
			if (said.kind === 'unclear') return this.#screen.print([this.#screen.paint.ask(said.message)]);
			if (said.kind === 'decision') {
				await this.#client.call('POST', `${task}/approve`, { questionId, decision: said.decision });
			} else {
				await this.#client.call('POST', `${task}/input`, { questionId, answer: said.answer });
			}
		} catch (error) {
			const hint = isCoreError(error) ? ` ${error.hint}` : '';
			return this.#screen.print([this.#screen.paint.bad(`${describeError(error)}${hint}`)]);
		}
		await this.#untilChanged(closed);
	}

	/** The answer is here once the question is no longer open. */
	async #untilChanged(closed: AbortSignal): Promise<void> {
		if (closed.aborted || this.#view?.endedAt !== undefined) return;
		await new Promise<void>((resolve) => {
			const timer = setTimeout(resolve, 10_000);
			closed.addEventListener(
				'abort',
				() => {
					clearTimeout(timer);
					resolve();
				},
				{ once: true },
			);
		});
	}
}

function given(words: StepWords): StepWords {
	return Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
}
