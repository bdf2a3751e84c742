import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openHistorySigner } from '@errand/core/adapters/files/history-signer.ts';
import { openSqliteStore } from '@errand/core/adapters/sqlite/open-sqlite-store.ts';
import { seeded } from '@errand/core/domain/dispatch/fixture/seeded.ts';
import { expect, it } from 'vitest';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';

const TASKS = 50;
const KILLS = 20;
const entry = join(import.meta.dirname, '../harness/test-gateway.ts');

/** A fan of four steps of 50–500 ms, some in children, and one that needs them all. */
function plan(task: number) {
	const waits = Array.from({ length: 4 }, (_, step) => ({
		id: `wait-${step}`,
		title: `Wait ${step}`,
		capability: step === 3 && task % 5 === 0 ? 'test.wait-in-child' : 'test.wait',
		input: { ms: 50 + ((task * 97 + step * 131) % 450), say: `${task}.${step}` },
	}));
	const after = waits.map(({ id }) => ({ $from: id }));
	const last = {
		id: 'answer',
		title: 'Answer',
		capability: 'test.wait',
		input: { ms: 50, say: `answer ${task}`, after },
	};
	return [...waits, last];
}

it('survives 20 kills of the whole process tree at random moments: every task ends once, with its answer', async () => {
	const dataDir = await mkdtemp(join(tmpdir(), 'errand-chaos-'));
	const seed = Date.now() % 1_000_000;
	const chance = seeded(seed);
	const start = () => startErrand({ dataDir, entry });
	let errand: ErrandProcess = await start();
	try {
		const ids = await Promise.all(
			Array.from({ length: TASKS }, (_, task) => errand.submit({ goal: `Task ${task}`, plan: plan(task) })),
		);
		for (let kill = 0; kill < KILLS; kill++) {
			await wait(20 + chance() * 600);
			await errand.kill();
			errand = await start();
		}
		const views = await Promise.all(ids.map((id) => errand.settled(id, 400_000)));
		const wrong = views.filter(({ status, result }, task) => status !== 'done' || result?.text !== `answer ${task}`);
		expect(wrong, `seed ${seed}`).toEqual([]);
		let lost = 0;
		for (const id of ids) {
			const facts = await errand.facts(id);
			expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, index) => index + 1));
			const completed = facts.flatMap(({ type, data }) => (type === 'StepCompleted' ? [data.stepId] : []));
			expect(new Set(completed).size, `seed ${seed}, task ${id}`).toBe(completed.length);
			lost += facts.filter(({ type }) => type === 'StepLost').length;
			expect(completed).toHaveLength(5);
			expect(facts.filter(({ type }) => type === 'TaskCompleted')).toHaveLength(1);
		}
		// Without runs cut short the kills would have proved nothing.
		expect(lost).toBeGreaterThan(KILLS / 2);
		expect(await errand.stop()).toBe(0);
		const history = openSqliteStore({
			path: join(dataDir, 'history.db'),
			signer: openHistorySigner(join(dataDir, 'history.key')),
		});
		expect(await history.audit.verify()).toMatchObject({ ok: true });
		history.close();
	} finally {
		await errand.kill();
		await rm(dataDir, { recursive: true, force: true });
	}
}, 600_000);
