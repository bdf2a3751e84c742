import { setTimeout as wait } from 'node:timers/promises';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { ClusterErrand } from '../../cluster/support/cluster-errand.ts';
import type { CountingWorld } from './counting-world.ts';
import { EFFECT_TIMEOUT_MS, effectKey, stormPlan } from './storm-plan.ts';

/** StormRow is a task as lists show it. */
export interface StormRow {
	readonly id: string;
	readonly goal: string;
	readonly status: TaskView['status'];
}

/** StormPersonOptions say who is asked, and where the steps of the plans act. */
interface Options {
	readonly cluster: Pick<ClusterErrand, 'gateway' | 'members'>;
	readonly world: CountingWorld;
	readonly log: (line: string) => void;
}

const CALL_MS = 5_000;
const AGAIN_MS = 200;
const LOOK_MS = 400;
const PAGE = 200;

/**
 * StormPerson does what a patient client does: submits again under the same key through any gateway until one has acknowledged,
 * answers what is asked, and looks after effects that may or may not have happened.
 */
export class StormPerson {
	/** Ids by task, as acknowledged. */
	readonly ids = new Map<number, string>();
	/** Submissions that were refused or had no answer. */
	refusals = 0;
	/** Effects that the person had to look at: done already, or done again. */
	readonly lookedAt = { done: 0, again: 0 };
	/** What must not be. */
	readonly wrongs: string[] = [];
	readonly #options: Options;
	readonly #inHand = new Map<string, Promise<void>>();
	/** Tasks that failed for good. */
	readonly #lost = new Set<string>();
	#turn = 0;

	constructor(options: Options) {
		this.#options = options;
	}

	/** Resolves once a gateway has acknowledged the task. */
	async submit(task: number, limitMs: number): Promise<void> {
		const body = { goal: `Task ${task}`, plan: stormPlan(task, this.#options.world.origin) };
		for (const until = Date.now() + limitMs; ; await wait(AGAIN_MS)) {
			const answer = await this.#ask('POST', '/v1/tasks', body, { 'Idempotency-Key': `storm-${task}` });
			if (answer?.ok) {
				this.ids.set(task, (answer.json as { id: string }).id);
				return;
			}
			this.refusals++;
			if (answer !== undefined && answer.status < 500) throw new Error(`Refused: ${JSON.stringify(answer)}`);
			if (Date.now() > until) throw new Error(`Task ${task} was not taken in ${limitMs} ms.`);
		}
	}

	/** Attends to all tasks until so many are done; resolves with those that are not when the time is up. */
	async attend(tasks: number, limitMs: number): Promise<readonly StormRow[]> {
		for (const until = Date.now() + limitMs; ; await wait(LOOK_MS)) {
			const rows = await this.list();
			if (rows === undefined) continue;
			if (rows.length > tasks) this.wrongs.push(`${rows.length} tasks came of ${tasks} submissions`);
			const open = rows.filter(({ status }) => status !== 'done');
			if (rows.length >= tasks && open.every(({ id }) => this.#lost.has(id))) return open;
			if (Date.now() > until) return open;
			for (const row of open) this.#lookAfter(row);
		}
	}

	/** All tasks there are; undefined while nobody answers. */
	async list(): Promise<readonly StormRow[] | undefined> {
		const rows = new Map<string, StormRow>();
		for (let before: number | undefined; ; ) {
			const query = before === undefined ? '' : `&before=${before}`;
			const answer = await this.#ask('GET', `/v1/tasks?limit=${PAGE}${query}`);
			if (!answer?.ok) return undefined;
			const page = answer.json as { tasks: readonly StormRow[]; next?: number };
			for (const row of page.tasks) rows.set(row.id, row);
			if (page.next === undefined) return [...rows.values()];
			before = page.next;
		}
	}

	#lookAfter(row: StormRow): void {
		if (row.status !== 'waiting' && row.status !== 'failed') return;
		if (this.#inHand.has(row.id)) return;
		const doing = (row.status === 'waiting' ? this.#answer(row.id) : this.#mend(row)).finally(() =>
			this.#inHand.delete(row.id),
		);
		this.#inHand.set(row.id, doing);
	}

	async #answer(id: string): Promise<void> {
		const view = await this.#view(id);
		for (const { id: questionId, kind } of view?.questions ?? []) {
			if (kind !== 'text') this.wrongs.push(`task ${id} asked a question of kind ${kind}`);
			await this.#ask('POST', `/v1/tasks/${id}/input`, { questionId, answer: 'green' });
		}
	}

	/** A step that was cut off in the middle of its effect: retried where nothing had happened, left out where it had. */
	async #mend({ id, goal }: StormRow): Promise<void> {
		const view = await this.#view(id);
		if (view?.status !== 'failed') return;
		const gaveUp = view.plan.steps.filter(({ status }) => status === 'dead-lettered');
		const unknown = gaveUp.find(({ error }) => error?.code === 'unknown-outcome');
		if (unknown === undefined) {
			this.#lost.add(id);
			const wrong = `${goal} (${id}) failed: ${JSON.stringify([view.error, gaveUp.map(({ error }) => error)])}`;
			if (!this.wrongs.includes(wrong)) this.wrongs.push(wrong);
			return;
		}
		await wait(EFFECT_TIMEOUT_MS);
		const done = this.#options.world.times(effectKey(Number(/\d+$/.exec(goal)?.[0]))) > 0;
		const answer = await this.#ask('POST', `/v1/tasks/${id}/steps/${unknown.id}/${done ? 'skip' : 'retry'}`);
		if (answer?.ok) this.lookedAt[done ? 'done' : 'again']++;
		else this.#options.log(`${goal}: not mended yet: ${JSON.stringify(answer)}`);
	}

	async #view(id: string): Promise<TaskView | undefined> {
		const answer = await this.#ask('GET', `/v1/tasks/${id}`);
		return answer?.ok ? (answer.json as TaskView) : undefined;
	}

	/** Asks the gateways in turn, whether they live or not; undefined where nobody answers. */
	async #ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
		const gateways = this.#options.cluster.members('gateway').length;
		const gateway = this.#options.cluster.gateway(this.#turn++ % gateways);
		const late = new Promise<undefined>((done) => setTimeout(() => done(undefined), CALL_MS).unref());
		const asking = async () => {
			const response = await gateway.call(method, path, body, headers);
			return { ok: response.ok, status: response.status, json: (await response.json()) as unknown };
		};
		return Promise.race([asking().catch(() => undefined), late]);
	}
}
