import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openHistorySigner } from '@errand/core/adapters/files/history-signer.ts';
import { openSqliteStore } from '@errand/core/adapters/sqlite/open-sqlite-store.ts';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { ALL, sampleOf } from './boundaries/boundaries.ts';
import { BoundaryRun, type BoundaryWorkflow } from './boundaries/boundary-run.ts';
import { EVERYTHING, RULES, UNDONE } from './boundaries/boundary-workflows.ts';
import { type Deeds, openDeeds } from './boundaries/deeds.ts';
import { prepare, told } from './boundaries/others-told.ts';

const entry = join(import.meta.dirname, '../harness/test-gateway.ts');
const hook = join(import.meta.dirname, 'boundaries/die-at-append.ts');
const SAMPLE = { everything: 5, undone: 2 };
/** Runs that were killed go on beside the next. */
const BESIDE = 3;
/** Kills between two looks at what others were told. */
const OFTEN = 40;
const seed = Number(process.env['ERRAND_SEED'] ?? Date.now() % 1_000_000);

let deeds: Deeds;
let dataDir: string;
let errand: ErrandProcess;
const start = () => startErrand({ dataDir, entry, env: { NODE_OPTIONS: `--import ${hook}` } });

beforeAll(async () => {
	deeds = await openDeeds(RULES);
	dataDir = await mkdtemp(join(tmpdir(), 'errand-boundaries-'));
	errand = await start();
	await prepare(errand, { everything: EVERYTHING, undone: UNDONE });
});
afterAll(async () => {
	await errand?.kill();
	await deeds?.close();
	await rm(dataDir, { recursive: true, force: true });
});

/** The last facts of the commits of a task. */
function commitsOf(task: string): number[] {
	const history = new DatabaseSync(join(dataDir, 'history.db'), { readOnly: true });
	const rows = history
		.prepare('SELECT last_seq FROM appends JOIN streams ON streams.id = stream WHERE name = ? ORDER BY 1')
		.all(`task-${task}`);
	history.close();
	return rows.map((row) => Number(row['last_seq']));
}

it('gives the same, does the same and records each outcome once, killed right before or after any of its commits', async () => {
	onTestFailed(() => console.error(`seed ${seed}\n${errand.output()}`));
	const runs: BoundaryRun[] = [];
	const ended: ReturnType<BoundaryRun['ended']>[] = [];
	const begin = (workflow: BoundaryWorkflow, name: string) => {
		const run = new BoundaryRun(workflow, name, { errand: () => errand, deeds }, runs.length % 2 === 0);
		runs.push(run);
		const end = run.ended();
		end.catch(() => {});
		ended.push(end);
		return end;
	};
	const boundaries: { workflow: BoundaryWorkflow; when: string; seq: number }[] = [];
	for (const workflow of ['everything', 'undone'] as const) {
		await begin(workflow, `untouched-${workflow}`);
		const moments = commitsOf(runs.at(-1)?.id ?? '').flatMap((seq) => [
			{ workflow, when: 'before', seq },
			{ workflow, when: 'after', seq },
		]);
		boundaries.push(...(ALL ? moments : sampleOf(moments, SAMPLE[workflow], seed)));
	}

	const all: string[] = [];
	const take = async () => {
		await Promise.all(ended);
		const { messages, reminders } = await told(errand);
		expect(reminders.toSorted()).toEqual(messages.toSorted());
		all.push(...messages);
	};
	let kills = 0;
	for (const [n, { workflow, when, seq }] of boundaries.entries()) {
		// Those that were killed before go on beside it, but for a few they have ended.
		await ended.at(-BESIDE);
		if (n % OFTEN === OFTEN - 1) await take();
		const end = begin(workflow, `${when}-${seq}-${workflow}-${n}`);
		const died = await Promise.race([end.then(() => false), errand.exited.then(() => true)]);
		if (!died) continue;
		kills += 1;
		errand = await start();
	}
	// What the commits of a run are depends on what happens at once; that of nearly each is met, of a few less surely so.
	expect(kills).toBeGreaterThan((ALL ? 0.8 : 0.5) * boundaries.length);
	for (const [n, run] of runs.entries()) run.check((await ended[n]) as never, await errand.facts(run.id));

	// What other streams were told is there once.
	const once = runs.filter(({ workflow }) => workflow === 'everything').map(({ name }) => name);
	await take();
	expect(all.toSorted()).toEqual(once.toSorted());
	expect(await errand.stop()).toBe(0);
	const history = openSqliteStore({
		path: join(dataDir, 'history.db'),
		signer: openHistorySigner(join(dataDir, 'history.key')),
	});
	expect(await history.audit.verify()).toMatchObject({ ok: true });
	history.close();
}, 1_800_000);
