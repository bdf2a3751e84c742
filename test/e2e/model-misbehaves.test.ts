import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLUSTER_MODE, type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import {
	API_KEY,
	begin,
	chunk,
	finish,
	type MisbehavingModel,
	modelEnv,
	startMisbehavingModel,
} from '../harness/misbehaving-model.ts';
import { type CaseTasks, capitalGoal, runCase, runGoals, runSteps, saidOf } from '../harness/model-case-tasks.ts';
import { LASTING_MISDEEDS, PASSING_MISDEEDS } from '../harness/model-cases.ts';
import { eventually } from '../harness/process-tree.ts';
import { freePort } from '../support/server-process.ts';

/** What the person is told of the plan (or instead of it), and of the steps; nothing where Errand gets over it. */
interface Told {
	readonly planning?: RegExp;
	readonly steps?: RegExp;
}

const NO_USE = /gave no usable reply/;
const NEVER_MIND: Told = {};
const PASSING: Readonly<Record<keyof typeof PASSING_MISDEEDS, Told>> = {
	'busy-for-a-second': NEVER_MIND,
	'busy-until-a-date': NEVER_MIND,
	'error-then-good': NEVER_MIND,
	'overloaded-then-good': NEVER_MIND,
	'reset-then-good': NEVER_MIND,
	'cut-then-good': NEVER_MIND,
	'bad-json-then-good': NEVER_MIND,
	'plain-json': NEVER_MIND,
	'wrong-type': NEVER_MIND,
	'no-credit': { planning: /You exceeded your quota/, steps: /You exceeded your quota/ },
	'bad-key': { planning: /does not take the request: 401/, steps: /does not take the request: 401/ },
	'no-such-model': { planning: /The model rascal-1 does not exist/, steps: /The model rascal-1 does not exist/ },
	'html-page': { planning: /answers with a web page/, steps: /answers with a web page/ },
	'bad-json': { planning: /ends in the middle of its JSON/, steps: NO_USE },
	'wrong-schema': { planning: /list of steps.*expected array/, steps: NO_USE },
	refusal: { planning: /declined.*I would rather not/, steps: /would not reply.*I would rather not/ },
	'content-filter': { planning: /declined/, steps: /would not reply/ },
	endless: { planning: /did not use what it was given|reached the limit on its length/, steps: NO_USE },
	'endless-call': { planning: /cut off because it was too long/, steps: NO_USE },
	'ten-megabytes': { planning: /did not use what it was given|reached the limit on its length/, steps: NO_USE },
	'too-many-steps': { planning: /cut off because it was too long/, steps: NO_USE },
	'unknown-capability': { planning: /There is no capability "rocket\.launch"/, steps: NO_USE },
	'wrong-arguments': { planning: /does not fit at "text"/, steps: NO_USE },
	'no-json-arguments': { planning: /no JSON object/, steps: NO_USE },
	cycle: { planning: /wait for each other in a circle/, steps: NO_USE },
	'same-broken-plan': { planning: /there is no step "nowhere"/, steps: NO_USE },
	'invalid-utf8': { planning: /It is \uFFFD.* I think/, steps: NO_USE },
	'no-name': { planning: /called without its name/ },
};

const LASTING: Readonly<Record<keyof typeof LASTING_MISDEEDS, RegExp>> = {
	'busy-for-an-hour': /is busy \(429\)/,
	busy: /is busy \(429\)/,
	error: /answered with an error: 500/,
	overloaded: /answered with an error: 503/,
	reset: /broke off the connection/,
	hang: /sent nothing for 1\.5 s/,
	silence: /sent nothing for 1\.5 s/,
	cut: /broke off/,
	'malformed-events': /gave no usable answer/,
	empty: /sent an empty reply/,
	nothing: /broke off in the middle of its reply/,
	'malformed-body': /gave no usable answer/,
};
/** Other steps failed first, so this one was spared the wait. */
const SPARED = /failed several times in a row and is not asked for the next \d+ s/;

const MOST_TOKENS = 90_000;
const MOST_REQUESTS = 40;
const LANES = 3;
const PASSING_LANES = 4;
/** Each gateway finds out for itself that a server is up again, and which of them is asked next is chance. */
const lastingIt = it.skipIf(CLUSTER_MODE);
const LASTING_CASES = CLUSTER_MODE ? [] : Object.keys(LASTING);
const VERBOSE = { ERRAND_LOG_LEVEL: 'debug' };

describe('a model that misbehaves', () => {
	let model: MisbehavingModel;
	let late: MisbehavingModel | undefined;
	const errands: ErrandProcess[] = [];
	const passing = new Map<string, Promise<CaseTasks>>();
	const lasting = new Map<string, Promise<{ tasks: CaseTasks; next: string }>>();
	let refused: Promise<{ tasks: CaseTasks; spared: string; next: string }>;

	beforeAll(async () => {
		model = await startMisbehavingModel({ ...PASSING_MISDEEDS, ...LASTING_MISDEEDS });
		const port = await freePort();
		const impatient = { ...model.env, ...VERBOSE, OPENAI_SILENCE_MS: '1500' };
		const [down, calm, ...lanes] = await Promise.all([
			startErrand({ env: { ...modelEnv(port), ...VERBOSE } }),
			startErrand({ env: { ...model.env, ...VERBOSE } }),
			...Array.from({ length: CLUSTER_MODE ? 0 : LANES }, () => startErrand({ env: impatient })),
		]);
		errands.push(down, calm, ...lanes);
		refused = comesUpLate(down, port);
		// A few at a time: all at once would take longer than their steps may, on a machine that is busy.
		for (const [index, name] of Object.keys(PASSING).entries()) {
			const before = passing.get(Object.keys(PASSING)[index - PASSING_LANES] ?? '');
			const turn = Promise.resolve(before).catch(() => {});
			passing.set(
				name,
				turn.then(() => runCase(calm, name)),
			);
		}
		for (const [index, name] of LASTING_CASES.entries()) {
			const before = LASTING_CASES[index - LANES];
			const errand = lanes[index % LANES] ?? calm;
			const turn = Promise.resolve(before === undefined ? undefined : lasting.get(before));
			lasting.set(
				name,
				turn.catch(() => {}).then(() => spiteOfIt(errand, name)),
			);
		}
		// Each is awaited by its own test; until then none of them is nobody's.
		void Promise.allSettled([refused, ...passing.values(), ...lasting.values()]);
	});
	afterAll(async () => {
		await Promise.all(errands.map((errand) => errand.dispose()));
		await late?.stop();
		await model.stop();
	});

	async function spiteOfIt(errand: ErrandProcess, name: string) {
		const goals = await whileAnswering(errand, `${name}-1`, () => runGoals(errand, name));
		const steps = await whileAnswering(errand, `${name}-2`, () => runSteps(errand, name));
		const next = await errand.settled(await errand.submit({ goal: capitalGoal('well') }));
		return { tasks: { ...goals, steps }, next: next.result?.text ?? '' };
	}

	/** Once another reply that is being written is whole, the server is known to be up, whatever came before. */
	async function whileAnswering<T>(errand: ErrandProcess, name: string, work: () => Promise<T>): Promise<T> {
		const keeper = `keeper-${name}`;
		let isOver = false;
		model.turn(keeper, async ({ response }) => {
			begin(response);
			while (!isOver) {
				response.write(chunk({ content: 'Paris. ' }));
				await wait(100);
			}
			finish(response, 'stop');
		});
		let kept = await errand.submit({ goal: capitalGoal(keeper) });
		const isAsked = async () => {
			if (model.requests(keeper) > 0) return true;
			// What came before may have left the server alone for a while.
			if ((await errand.task(kept)).endedAt !== undefined) kept = await errand.submit({ goal: capitalGoal(keeper) });
			return await wait(500, false);
		};
		await eventually(isAsked, { limitMs: 90_000 });
		const done = await work().finally(() => {
			isOver = true;
		});
		const { result } = await errand.settled(kept);
		// On a machine that is too busy the model itself may have been silent for too long.
		if (!/^Paris\./.test(result?.text ?? '')) await isUp(errand);
		return done;
	}

	async function isUp(errand: ErrandProcess): Promise<void> {
		const ask = async () => saidOf(await errand.settled(await errand.submit({ goal: capitalGoal('well') })));
		expect(await askUntil(ask, (said) => said.includes('The capital of France is Paris.'))).not.toBe('');
	}

	async function comesUpLate(errand: ErrandProcess, port: number) {
		const tasks = await runCase(errand, 'refused');
		const ask = async () => saidOf(await errand.settled(await errand.submit({ goal: capitalGoal('late') })));
		// Rests end while a busy machine runs the case: whoever asks then is refused anew, and the one after is spared.
		const spared = await askUntil(ask, (said) => SPARED.test(said));
		late = await startMisbehavingModel({}, port);
		return { tasks, spared, next: await askUntil(ask, (said) => !SPARED.test(said)) };
	}

	async function askUntil(ask: () => Promise<string>, isIt: (said: string) => boolean): Promise<string> {
		let said = '';
		await eventually(
			async () => {
				said = await ask();
				return isIt(said) || (await wait(1_000, false));
			},
			{ limitMs: 90_000 },
		);
		return said;
	}

	function ended({ compare, france, steps }: CaseTasks): void {
		for (const task of [compare, france, steps]) {
			expect(task.error).toBeUndefined();
			expect(task.status).toBe('done');
			expect(task.result?.text).not.toBe('');
			expect(task.cost.tokens).toBeLessThan(MOST_TOKENS);
		}
	}

	it.each(Object.entries(PASSING))('ends every task: %s', async (name, { planning, steps: told }) => {
		const tasks = await (passing.get(name) ?? Promise.reject(new Error('not run')));
		ended(tasks);
		expect(model.requests(name)).toBeGreaterThan(2);
		expect(model.requests(name)).toBeLessThan(MOST_REQUESTS);
		const { compare, france, steps } = tasks;
		if (planning === undefined) {
			expect(compare.plan).toMatchObject({ by: 'model:rascal-1' });
			expect(france.result?.text).toBe('The capital of France is Paris.');
		} else {
			expect(saidOf(compare)).toMatch(planning);
			expect(saidOf(france)).toMatch(planning);
		}
		const warnings = steps.result?.warnings ?? [];
		if (told === undefined) {
			expect(warnings).toEqual([]);
			expect(steps.result?.method).toBe('model');
			expect(steps.result?.text).toContain('The Alder plan costs $120 per year');
		} else {
			expect(warnings.join('\n')).toMatch(told);
			expect(steps.result).toMatchObject({ method: 'rules', text: expect.stringContaining('$120 per year') });
		}
	});

	lastingIt.each(Object.entries(LASTING))('ends every task and is used again: %s', async (name, told) => {
		const { tasks, next } = await (lasting.get(name) ?? Promise.reject(new Error('not run')));
		ended(tasks);
		// Whoever asks to be left alone for an hour is, for a while: how many ask before they hear of it is up to the moment.
		expect(model.requests(name)).toBeGreaterThan(name === 'busy-for-an-hour' ? 0 : 2);
		expect(model.requests(name)).toBeLessThan(MOST_REQUESTS);
		expect(tasks.compare.plan.by).toBe('rules:compare');
		expect(saidOf(tasks.compare)).toMatch(told);
		expect(saidOf(tasks.france)).toMatch(told);
		const warnings = (tasks.steps.result?.warnings ?? []).join('\n');
		expect(told.test(warnings) || SPARED.test(warnings), warnings).toBe(true);
		expect(tasks.steps.result).toMatchObject({ method: 'rules', text: expect.stringContaining('$120 per year') });
		expect(next).toBe('The capital of France is Paris.');
	});

	lastingIt('counts what a reply cost that was cut off', async () => {
		expect((await lasting.get('cut'))?.tasks.compare.cost.tokens).toBeGreaterThan(0);
	});

	it('ends every task where nothing listens, and is used half a minute after it came up', async () => {
		const { tasks, spared, next } = await refused;
		ended(tasks);
		for (const task of Object.values(tasks)) expect(saidOf(task)).toMatch(/refused the connection|not asked for/);
		expect(saidOf(tasks.france)).toContain('refused the connection');
		expect(spared).toMatch(SPARED);
		expect(next).toContain('The capital of France is Paris.');
	});

	it('leaves no reply open, no server down, and no key in a log, a fact or a file', async () => {
		await Promise.allSettled([refused, ...passing.values(), ...lasting.values()]);
		await eventually(async () => model.open() === 0);
		for (const errand of errands) {
			expect((await errand.call('GET', '/readyz')).status).toBe(200);
			const { tasks } = (await (await errand.call('GET', '/v1/tasks?limit=100')).json()) as { tasks: { id: string }[] };
			expect(tasks.length).toBeGreaterThan(2);
			const facts = await Promise.all(tasks.map(({ id }) => errand.facts(id)));
			expect(JSON.stringify(facts).includes(API_KEY)).toBe(false);
			expect(await errand.stop()).toBe(0);
			expect(errand.output().includes(API_KEY)).toBe(false);
			expect(await filesWith(API_KEY, errand.dataDir)).toEqual([]);
		}
		await eventually(async () => (await model.connections()) === 0);
	});
});

async function filesWith(words: string, folder: string): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
	const found = await Promise.all(paths.map(async (path) => (await readFile(path, 'latin1')).includes(words)));
	return paths.filter((_, index) => found[index]);
}
