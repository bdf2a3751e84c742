import { setTimeout as wait } from 'node:timers/promises';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import { expect } from 'vitest';
import type { ErrandCalls } from '../../harness/errand-calls.ts';
import { EVERYTHING_DOES, EVERYTHING_GIVES, EXTERNAL, UNDONE_DOES } from './boundary-workflows.ts';
import type { Deeds } from './deeds.ts';

export type BoundaryWorkflow = 'everything' | 'undone';

interface Parts {
	/** The API, whichever process answers now; calls fail while none does. */
	readonly errand: () => ErrandCalls;
	readonly deeds: Deeds;
}

const LIMIT_MS = 300_000;

/** BoundaryRun is one run of a workflow and the person whose it is: they answer, send what is waited for, and look after what nobody knows the outcome of. */
export class BoundaryRun {
	readonly name: string;
	readonly workflow: BoundaryWorkflow;
	readonly #parts: Parts;
	/** Whether the event is sent before anything waits for it. */
	readonly #early: boolean;
	#id: string | undefined;
	#sent = false;
	/** Steps that the person looked after, and how often they had acted by then. */
	readonly looked: { readonly step: string; readonly times: number }[] = [];

	constructor(workflow: BoundaryWorkflow, name: string, parts: Parts, early = false) {
		this.workflow = workflow;
		this.name = name;
		this.#parts = parts;
		this.#early = early;
	}

	get id(): string {
		return this.#id ?? '(not accepted)';
	}

	/** Resolves with the ended task, whatever happens to processes meanwhile. */
	async ended(): Promise<TaskView> {
		let last: unknown;
		for (const until = Date.now() + LIMIT_MS; Date.now() < until; await wait(25)) {
			try {
				const view = await this.#look();
				if (view !== undefined) return view;
			} catch (error) {
				last = error;
			}
		}
		const view = await this.#parts
			.errand()
			.task(this.id)
			.catch(() => undefined);
		const open = view?.plan.steps.filter(({ status }) => !['done', 'skipped'].includes(status));
		throw new Error(`${this.name} (${this.id}) did not end: ${JSON.stringify({ status: view?.status, open })}`, {
			cause: last,
		});
	}

	async #look(): Promise<TaskView | undefined> {
		const { call, task } = this.#parts.errand();
		this.#id ??= await this.#begin();
		const id = this.#id;
		const view = await task(id);
		const steps = new Map(view.plan.steps.map((step) => [step.id as string, step]));
		// A task that has ended takes no event: what ended it is looked after first.
		const listens = view.status !== 'failed' && (this.#early || steps.get('heard')?.event === 'go');
		if (this.workflow === 'everything' && !this.#sent && listens) {
			const event = { name: 'go', data: { number: 7 }, id: 'go' };
			await good(call('POST', `/v1/tasks/${id}/events`, event));
			this.#sent = true;
		}
		for (const question of view.questions) {
			await good(call('POST', `/v1/tasks/${id}/input`, { questionId: question.id, answer: 'green' }));
		}
		if (view.status === 'done') return view;
		if (view.status !== 'failed') return undefined;
		const unknown = view.plan.steps.find(({ id: step }) => EXTERNAL.includes(step) && isUnknown(steps.get(step)));
		if (unknown === undefined) return view;
		const times = this.#parts.deeds.of(this.name).get(unknown.id) ?? 0;
		await good(call('POST', `/v1/tasks/${id}/steps/${unknown.id}/${times === 0 ? 'retry' : 'skip'}`));
		this.looked.push({ step: unknown.id, times });
		return undefined;
	}

	async #begin(): Promise<string> {
		const { call } = this.#parts.errand();
		const input = { run: this.name, door: this.#parts.deeds.url };
		const response = await good(
			call('POST', `/v1/workflows/${this.workflow}/run`, { input }, { 'Idempotency-Key': this.name }),
		);
		return (JSON.parse(response) as { id: string }).id;
	}

	/** Throws where anything is not as if nothing had happened. */
	check(view: TaskView, facts: readonly RecordedTaskFact[]): void {
		const { name } = this;
		expect(
			facts.map(({ seq }) => seq),
			name,
		).toEqual(facts.map((_, index) => index + 1));
		const done = facts.flatMap(({ type, data }) => (type === 'StepCompleted' ? [data.stepId as string] : []));
		expect(done.toSorted(), name).toEqual([...new Set(done)].toSorted());
		const deeds = this.#parts.deeds.of(name);
		const does = this.workflow === 'everything' ? EVERYTHING_DOES : UNDONE_DOES;
		expect([...deeds.keys()].toSorted(), name).toEqual(does.toSorted());
		if (this.workflow === 'everything') {
			expect(view, `${name}: ${JSON.stringify(view.error)}`).toMatchObject({
				status: 'done',
				result: { output: EVERYTHING_GIVES },
			});
			expect(
				EXTERNAL.map((step) => [step, deeds.get(step)]),
				name,
			).toEqual(EXTERNAL.map((step) => [step, 1]));
		} else {
			expect(view, name).toMatchObject({ status: 'failed', error: { code: 'fetch-failed' } });
			const undone = done.filter((id) => id.endsWith('~undo'));
			expect(undone, name).toHaveLength(4);
			expect([undone[0], undone[3]], name).toEqual([expect.stringMatching(/pack~undo$/), 'book~undo']);
			expect(
				facts.filter(({ type }) => type === 'UndoBegun'),
				name,
			).toHaveLength(1);
		}
		const ends = facts.filter(({ type }) => ['TaskCompleted', 'TaskFailed', 'TaskCancelled'].includes(type));
		expect(ends.length, name).toBe(1 + facts.filter(({ type }) => type === 'TaskReopened').length);
		expect(facts.at(-1)?.type === ends.at(-1)?.type || facts.slice(-3).includes(ends.at(-1) as RecordedTaskFact)).toBe(
			true,
		);
	}
}

function isUnknown(step: TaskView['plan']['steps'][number] | undefined): boolean {
	return step?.status === 'dead-lettered' && step.error?.code === 'unknown-outcome';
}

async function good(calling: Promise<Response>): Promise<string> {
	const response = await calling;
	const text = await response.text();
	if (response.ok) return text;
	throw new Error(`${response.url} answered ${response.status}: ${text}`);
}
