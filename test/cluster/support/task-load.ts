import { setTimeout as wait } from 'node:timers/promises';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { ErrandCalls } from '../../harness/errand-calls.ts';

/** TaskLoad is a number of tasks that are given to a cluster bit by bit, whatever happens to it meanwhile. */
export interface TaskLoad {
	/** Resolves with the ids once each task has been accepted. */
	readonly submitted: Promise<readonly string[]>;
	/** Resolves once every task has ended, with what is wrong with how they did, in words: nothing, if all went well. */
	wrong(limitMs: number): Promise<readonly string[]>;
}

/** Steps of each task: three side by side and one that needs them all. */
const STEPS = 4;
const NOT_NOW = new Set([429, 503, 507]);

/** startLoad submits tasks evenly over a time; each one takes about a second. Every submission is insisted on under its own key. */
export function startLoad(calls: ErrandCalls, load: { name: string; tasks: number; overMs: number }): TaskLoad {
	const { name, tasks, overMs } = load;
	const submitted = Promise.all(
		Array.from({ length: tasks }, async (_, task) => {
			await wait((task * overMs) / tasks);
			return insist(calls, `${name} ${task}`, planOf(`${name} ${task}`, task));
		}),
	);
	// Whoever waits for it hears of a failure.
	submitted.catch(() => undefined);
	return {
		submitted,
		wrong: async (limitMs) => {
			const until = Date.now() + limitMs;
			const ids = await submitted;
			const all = await Promise.all(
				ids.map(async (id, task) => {
					const view = await ended(calls, id, until);
					return wrongWith(view, `answer ${name} ${task}`, await patiently(until, () => calls.facts(id)));
				}),
			);
			const same = ids.length - new Set(ids).size;
			return [...all.flat(), ...(same > 0 ? [`${same} submissions share a task`] : [])];
		},
	};
}

/** patiently asks again while nobody can answer, until a time. */
export async function patiently<Result>(until: number, ask: () => Promise<Result>): Promise<Result> {
	for (;;) {
		try {
			return await ask();
		} catch (error) {
			if (Date.now() > until) throw error;
		}
		await wait(200);
	}
}

async function insist(calls: ErrandCalls, key: string, plan: unknown): Promise<string> {
	for (let attempt = 0; attempt < 200; attempt++) {
		try {
			const response = await calls.call('POST', '/v1/tasks', { goal: key, plan }, { 'Idempotency-Key': key });
			if (response.ok) return ((await response.json()) as { id: string }).id;
			const said = await response.text();
			if (!NOT_NOW.has(response.status)) throw new Error(`"${key}" was refused: ${response.status} ${said}`);
		} catch (error) {
			// The gateway was killed in mid call.
			if (!(error instanceof TypeError)) throw error;
		}
		await wait(150 + Math.random() * 100);
	}
	throw new Error(`"${key}" was accepted by nobody.`);
}

function planOf(words: string, task: number) {
	const sides = Array.from({ length: STEPS - 1 }, (_, step) => ({
		id: `wait-${step}`,
		title: `Wait ${step}`,
		capability: step === 2 && task % 4 === 0 ? 'test.wait-in-child' : 'test.wait',
		input: { ms: 100 + ((task * 97 + step * 131) % 500), say: `${words}.${step}` },
	}));
	const after = sides.map(({ id }) => ({ $from: id }));
	const answer = { ms: 50, say: `answer ${words}`, after };
	return [...sides, { id: 'answer', title: 'Answer', capability: 'test.wait', input: answer }];
}

async function ended(calls: ErrandCalls, id: string, until: number): Promise<TaskView> {
	for (;;) {
		const view = await patiently(until, () => calls.task(id));
		if (view.endedAt !== undefined || Date.now() > until) return view;
		await wait(100);
	}
}

function wrongWith({ id, status, result, plan }: TaskView, answer: string, facts: readonly RecordedTaskFact[]) {
	const wrong: string[] = [];
	const say = (words: string) => wrong.push(`${id}: ${words}`);
	if (status !== 'done' || result?.text !== answer) say(`${status}, ${result?.text}: ${JSON.stringify(plan.steps)}`);
	if (facts.some(({ seq }, index) => seq !== index + 1)) say('its facts have gaps');
	const completed = facts.flatMap(({ type, data }) => (type === 'StepCompleted' ? [data.stepId] : []));
	if (completed.length !== STEPS || new Set(completed).size !== STEPS) say(`completed ${completed.join(', ')}`);
	if (facts.filter(({ type }) => type === 'TaskCompleted').length !== 1) say('it did not end once');
	return wrong;
}
