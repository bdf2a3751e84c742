import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newHistorySigner } from '../../adapters/files/history-signer.ts';
import { InProcessEventBus } from '../../adapters/in-process/in-process-event-bus.ts';
import { OnlyHome } from '../../adapters/in-process/only-home.ts';
import { openSqliteStore, type SqliteStore } from '../../adapters/sqlite/open-sqlite-store.ts';
import { asPersonId, asTaskId, type TaskId } from '../../domain/ids.ts';
import type { Task } from '../../domain/task/state.ts';
import type { TaskView } from '../../domain/task/view.ts';
import { workflowLanguage } from '../../planning/workflow/workflow-language.ts';
import type { IWorkflowFiles, WorkflowFile } from '../../ports/workflow-files.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import type { Principal, TaskRequest, TaskSummary } from '../desks/desk.ts';
import { WorkflowStreams } from './workflow-streams.ts';

const ANN: Principal = { person: asPersonId('ann'), role: 'owner' };
const BOB: Principal = { person: asPersonId('bob'), role: 'member' };
const EVE: Principal = { person: asPersonId('eve'), role: 'guest' };
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A folder whose files the test writes. */
class Folder implements IWorkflowFiles {
	readonly files = new Map<string, WorkflowFile>();
	write(path: string, text: string) {
		this.files.set(path, { path, text });
	}
	list = async () => [...this.files.values()];
	onChange = () => () => {};
	stop = () => {};
}

function text(name: string, title: string, more = ''): string {
	return `name: ${name}\ntitle: ${title}\ninput:\n  type: object\n  properties:\n    url: { type: string }\n  required: [url]\nsteps:\n  - id: told\n    let: "\${input.url}"\n${more}`;
}

let store: SqliteStore;
let clock: FakeClock;
let files: Folder;
let shipped: Folder;
let submitted: { readonly who: Principal; readonly request: TaskRequest }[];
let opened: WorkflowStreams[];
let views: Map<TaskId, TaskView>;
let summaries: TaskSummary[];

beforeEach(() => {
	store = openSqliteStore({ path: ':memory:', signer: newHistorySigner() });
	clock = new FakeClock();
	[files, shipped, submitted, opened] = [new Folder(), new Folder(), [], []];
	[views, summaries] = [new Map(), []];
});
afterEach(() => {
	for (const streams of opened) streams.stop();
	store.close();
});

/** Another one over the same store is another process, or a start after a crash. */
function open({ signer = newHistorySigner(), alone = true, on = store } = {}): WorkflowStreams {
	const { events, index, snapshots } = on;
	const streams = new WorkflowStreams({
		...{ store: events, index, snapshots, clock, log: silent, signer, embedder: undefined },
		...{ bus: new InProcessEventBus(silent), homes: alone ? new OnlyHome('test', events) : { alone: false } },
		owners: async () => [ANN.person],
		language: async () => workflowLanguage,
		...{ files, shipped },
		code: async () => [{ name: 'in-code', version: 3, steps: [{ let: 1 }] }],
		catalogue: { list: () => [] },
		tasks: {
			submit: async (who, request) => {
				submitted.push({ who, request });
				return { id: asTaskId(`t${submitted.length}`), duplicate: false };
			},
			list: async () => ({ tasks: summaries }),
			view: async (_who, id) => views.get(id) as TaskView,
		},
	});
	opened.push(streams);
	return streams;
}

const refused = (promise: Promise<unknown>) =>
	promise.then(() => 'done').catch((error: { code: string }) => error.code);

describe('the library', () => {
	it('gives a person their own before what is shared, files, code and what ships', async () => {
		const { desk } = open();
		const seen = async (who: Principal) => (await desk.list(who)).map(({ name, title }) => `${name}: ${title}`);
		shipped.write('offers.yaml', text('offers', 'Shipped'));
		shipped.write('in-code.yaml', text('in-code', 'Shipped'));
		expect(await seen(BOB)).toEqual(['in-code: in-code', 'offers: Shipped']);
		files.write('offers.yaml', text('offers', 'File'));
		expect(await seen(BOB)).toContain('offers: File');
		await desk.save(ANN, text('offers', 'Shared'), { shared: true });
		expect(await seen(BOB)).toContain('offers: Shared');
		await desk.save(BOB, text('offers', 'Own'));
		expect(await seen(BOB)).toContain('offers: Own');
		expect(await seen(EVE)).toContain('offers: Shared');
		await desk.remove(BOB, 'offers');
		expect((await desk.get(BOB, 'offers')).title).toBe('Shared');
		await desk.setEnabled(ANN, 'offers', false);
		expect((await desk.get(BOB, 'offers')).title).toBe('File');
	});

	it('keeps the last good text of a file that was broken, and says where it is broken', async () => {
		const { desk } = open();
		files.write('offers.yaml', text('offers', 'Good'));
		expect((await desk.get(BOB, 'offers')).problems).toEqual([]);
		files.write('offers.yaml', 'name: offers\nsteps:\n  - id: [\n');
		const broken = await desk.get(BOB, 'offers');
		expect(broken.title).toBe('Good');
		expect(broken.problems[0]?.message).toContain('version 1 before it stays in use');
		expect(broken.problems[1]).toMatchObject({ line: expect.any(Number), column: expect.any(Number) });
		await desk.run(BOB, { name: 'offers', input: { url: 'x' } });
		expect(submitted).toHaveLength(1);
		files.write('offers.yaml', text('offers', 'Mended'));
		expect(await desk.get(BOB, 'offers')).toMatchObject({ title: 'Mended', problems: [] });
	});

	it('lists a file that was never good, with why, and runs it for nobody', async () => {
		const { desk } = open();
		files.write('draft.yaml', 'name: draft\nsteps: 7\n');
		const [first] = await desk.list(BOB);
		expect(first).toMatchObject({ name: 'draft', enabled: false });
		expect(first?.problems).not.toEqual([]);
		expect(await refused(desk.run(BOB, { name: 'draft', input: {} }))).toBe('invalid-workflow');
	});

	it('shows what another process saved', async () => {
		const one = open({ alone: false });
		const other = open({ alone: false });
		await one.desk.save(BOB, text('offers', 'One'));
		expect((await other.desk.get(BOB, 'offers')).version).toBe(1);
		await other.desk.save(BOB, text('offers', 'Two'), { baseVersion: 1 });
		expect(await one.desk.get(BOB, 'offers')).toMatchObject({ title: 'Two', version: 2 });
		expect((await one.desk.get(BOB, 'offers')).versions.map(({ version }) => version)).toEqual([2, 1]);
		expect(await one.desk.version(BOB, 'offers', 1)).toMatchObject({
			version: 1,
			by: 'bob',
			text: text('offers', 'One'),
		});
		expect(await refused(one.desk.version(BOB, 'offers', 3))).toBe('unknown-workflow');
		expect(await refused(one.desk.version(EVE, 'offers', 1))).toBe('unknown-workflow');
		expect(await refused(one.desk.save(BOB, text('offers', 'Three'), { baseVersion: 1 }))).toBe('version-conflict');
	});

	it('lets members save, the owner share and import, and guests only run', async () => {
		const { desk } = open();
		expect(await refused(desk.save(EVE, text('offers', 'x')))).toBe('forbidden');
		expect(await refused(desk.save(BOB, text('offers', 'x'), { shared: true }))).toBe('forbidden');
		expect(await refused(desk.importSigned(BOB, '{}'))).toBe('forbidden');
		expect(await refused(desk.remove(BOB, 'in-code'))).toBe('not-possible');
		await desk.save(ANN, text('offers', 'x'), { shared: true });
		await desk.run(EVE, { name: 'offers', input: { url: 'x' } });
		expect(submitted[0]?.who).toBe(EVE);
		expect((await desk.get(EVE, 'offers')).versions).toEqual([]);
		// A text of their own they may run, as they may submit a plan: nothing of it stays.
		await desk.runText(EVE, { text: text('mine', 'Mine'), input: { url: 'x' } });
		expect(submitted[1]?.who).toBe(EVE);
		expect((await desk.list(EVE)).map(({ name }) => name)).not.toContain('mine');
		expect(await refused(desk.exportSigned(EVE, ['offers']))).toBe('forbidden');
	});

	it('refuses a text with problems and names them', async () => {
		const { desk } = open();
		expect(await refused(desk.save(BOB, 'name: [', {}))).toBe('invalid-workflow');
		expect(await refused(desk.save(BOB, 'name: a\nsteps:\n  - use: no.such\n'))).toBe('invalid-workflow');
		const checked = await desk.check(BOB, 'name: a\nsteps:\n  - use: no.such\n');
		expect(checked).toMatchObject({ ok: false, definition: { name: 'a' }, problems: [{ path: 'steps.0.use' }] });
		expect((await desk.check(BOB, text('a', 'b'))).ok).toBe(true);
		expect(await desk.list(BOB)).toHaveLength(1);
	});
});

describe('a run', () => {
	it('is a task with the compiled plan, made by this version', async () => {
		const { desk } = open();
		await desk.save(BOB, text('offers', 'Compare offers'));
		await desk.save(BOB, text('offers', 'Compare offers', '  - let: 2\n'), { baseVersion: 1 });
		await desk.run(BOB, { name: 'offers', input: { url: 'https://a.example' }, idempotencyKey: 'k' });
		expect(submitted[0]?.request).toMatchObject({
			goal: 'Run "Compare offers" (url: https://a.example)',
			planBy: 'workflow:offers@2',
			idempotencyKey: 'k',
		});
		expect(submitted[0]?.request.plan?.length).toBeGreaterThan(0);
	});

	it('of a text that is not kept says where its steps come from, and counts nowhere', async () => {
		const { desk } = open();
		const tried = await desk.runText(BOB, { text: text('draft', 'A draft'), input: { url: 'https://a.example' } });
		expect(tried.places).toEqual({ told: 'steps.0' });
		expect(submitted[0]?.request).toMatchObject({
			goal: expect.stringMatching(/^Try "A draft"/),
			planBy: 'workflow:draft',
		});
		expect(await refused(desk.runText(BOB, { text: text('draft', 'A draft'), input: {} }))).toBe('invalid-input');
		expect(await refused(desk.runText(BOB, { text: 'name: a\nsteps:\n  - use: no.such\n', input: {} }))).toBe(
			'invalid-workflow',
		);
		expect(submitted).toHaveLength(1);
	});

	it('has its parts found by the same rule', async () => {
		const { desk } = open();
		const outer = 'name: outer\nsteps:\n  - id: part\n    workflow: offers\n    with: { url: here }\n';
		expect(await refused(desk.save(BOB, outer))).toBe('invalid-workflow');
		shipped.write('offers.yaml', text('offers', 'Shipped'));
		await desk.save(BOB, outer);
		await desk.run(BOB, { name: 'outer', input: {} });
		const planned = () => JSON.stringify(submitted.at(-1)?.request.plan);
		expect(planned()).toContain('here');
		await desk.save(BOB, text('offers', 'Own', '  - id: more\n    let: own-part\n'));
		await desk.run(BOB, { name: 'outer', input: {} });
		expect(planned()).toContain('own-part');
	});

	it('is refused where its input is wrong, it is unknown, or switched off', async () => {
		const { desk } = open();
		await desk.save(BOB, text('offers', 'x'));
		expect(await refused(desk.run(BOB, { name: 'offers', input: {} }))).toBe('invalid-input');
		expect(await refused(desk.run(BOB, { name: 'offerz', input: {} }))).toBe('unknown-workflow');
		expect(await refused(desk.run(BOB, { name: '../../x', input: {} }))).toBe('unknown-workflow');
		await desk.setEnabled(BOB, 'offers', false);
		expect(await refused(desk.run(BOB, { name: 'offers', input: { url: 'x' } }))).toBe('not-possible');
	});
});

describe('a file between installations', () => {
	it('is taken in where its key is trusted, which is remembered', async () => {
		const signer = newHistorySigner();
		const { desk } = open({ signer });
		await desk.save(ANN, 'name: part\nsteps:\n  - let: 1\n');
		await desk.save(ANN, 'name: offers\nsteps:\n  - workflow: part\n');
		const file = await desk.exportSigned(ANN, ['offers']);
		const elsewhere = openSqliteStore({ path: ':memory:', signer: newHistorySigner() });
		try {
			const { desk: other } = open({ on: elsewhere });
			const unknown = await other.importSigned(ANN, file);
			expect(unknown).toMatchObject({ names: [], offered: ['offers', 'part'], trusted: false, key: signer.publicKey });
			expect(unknown.fingerprint).toMatch(/^[0-9a-f]{4}( [0-9a-f]{4}){7}$/);
			const taken = await other.importSigned(ANN, file, { trust: true });
			expect(taken).toMatchObject({ names: ['offers', 'part'], trusted: true, missing: [] });
			expect((await other.get(ANN, 'offers')).origin).toBe('saved');
			expect(await other.importSigned(ANN, file)).toMatchObject({ names: ['offers', 'part'], trusted: true });
			expect((await other.get(ANN, 'offers')).versions).toHaveLength(1);
		} finally {
			elsewhere.close();
		}
	});

	it('replaces nothing of one’s own unless that is chosen, and what came from the same key without asking', async () => {
		const signer = newHistorySigner();
		const { desk } = open({ signer });
		await desk.save(ANN, 'name: part\nsteps:\n  - let: 1\n');
		const first = await desk.exportSigned(ANN, ['part']);
		await desk.save(ANN, 'name: part\nsteps:\n  - let: 2\n', { baseVersion: 1 });
		await desk.save(ANN, 'name: other\nsteps:\n  - workflow: part\n');
		const second = await desk.exportSigned(ANN, ['other']);
		const elsewhere = openSqliteStore({ path: ':memory:', signer: newHistorySigner() });
		try {
			const { desk: there } = open({ on: elsewhere });
			await there.save(ANN, 'name: part\nsteps:\n  - let: mine\n');
			const asked = await there.importSigned(ANN, first, { trust: true });
			expect(asked).toMatchObject({ names: [], trusted: true, clashes: ['part'] });
			expect((await there.get(ANN, 'part')).text).toContain('mine');
			expect(await there.importSigned(ANN, first, { replace: true })).toMatchObject({ names: ['part'], clashes: [] });
			expect((await there.get(ANN, 'part')).versions).toHaveLength(2);
			expect(await there.importSigned(ANN, second)).toMatchObject({ names: ['other', 'part'], clashes: [] });
			const { version } = await there.save(ANN, 'name: part\nsteps:\n  - let: mine\n', { baseVersion: 3 });
			expect(version).toBe(4);
			expect(await there.importSigned(ANN, second)).toMatchObject({ names: [], clashes: ['part'] });
		} finally {
			elsewhere.close();
		}
	});

	it('is refused where anything in it was changed, or somebody else signed it', async () => {
		const { desk } = open();
		await desk.save(ANN, text('offers', 'x'));
		const file = await desk.exportSigned(ANN, ['offers']);
		const parsed = JSON.parse(file);
		const forged = [
			file.replace('input.url', 'input.uri'),
			JSON.stringify({ ...parsed, exportedAt: 'now' }),
			JSON.stringify({ ...parsed, signature: { ...parsed.signature, publicKey: newHistorySigner().publicKey } }),
			JSON.stringify({ ...parsed, signature: { ...parsed.signature, publicKey: 'x' } }),
			JSON.stringify({ ...parsed, signature: { ...parsed.signature, value: 'AAAA' } }),
		];
		for (const one of forged)
			expect(await refused(desk.importSigned(ANN, one, { trust: true }))).toBe('invalid-signature');
		expect(await refused(desk.importSigned(ANN, 'x'))).toBe('invalid-input');
		// The order of members is no change.
		expect((await desk.importSigned(ANN, JSON.stringify({ signature: parsed.signature, ...parsed }))).trusted).toBe(
			true,
		);
	});

	it('says which capabilities are missing', async () => {
		const { desk } = open();
		files.write('reader.yaml', 'name: reader\nsteps:\n  - use: web.read\n    with: { url: "https://a.example" }\n');
		const file = await desk.exportSigned(ANN, ['reader']);
		expect((await desk.importSigned(ANN, file)).missing).toEqual([{ name: 'reader', capabilities: ['web.read'] }]);
	});
});

describe('what was learned', () => {
	const steps = [
		{
			...{ id: 'read', title: 'Read', capability: 'web.read', dependsOn: [], essential: true },
			...{ input: { url: 'https://a.example' }, status: 'done', attempts: 1, startedAt: 10, endedAt: 40 },
		},
	];
	function done(id: string, goal: string, by = 'rules:x', more: object = {}): TaskId {
		const plan = { version: 1, by, steps };
		const view = { ...{ id, goal, status: 'done', plan, createdAt: 0, endedAt: 100 }, ...more };
		views.set(asTaskId(id), view as unknown as TaskView);
		return asTaskId(id);
	}

	it('is a workflow with parameters, saved under a name that is free', async () => {
		const { desk } = open();
		const task = done('t1', 'Read https://a.example for me');
		const draft = await desk.fromTask(BOB, task);
		expect(draft).toMatchObject({ name: 'read', parameters: ['url'] });
		const read = workflowLanguage.read(draft.text);
		expect(read.ok && read.definition.steps[0]).toMatchObject({ use: 'web.read', with: { url: '${input.url}' } });
		await desk.save(BOB, text('read', 'x'));
		expect((await desk.fromTask(BOB, task)).name).toBe('read-2');
		expect(await refused(desk.fromTask(BOB, done('t2', 'x', 'workflow:read@1')))).toBe('not-possible');
		expect(await refused(desk.fromTask(BOB, done('t3', 'x', 'rules:x', { status: 'failed' })))).toBe('not-possible');
		// What a page put into a plan is asked about each time; as a part of one's own workflow it would not be.
		const strange = {
			plan: { version: 2, by: 'rules:x', steps: [...steps, { ...steps[0], origins: ['web:a.example'] }] },
		};
		expect(await refused(desk.fromTask(BOB, done('t4', 'x', 'rules:x', strange)))).toBe('not-possible');
	});

	it('is suggested for a goal like it, with the input read from that, until it fails too often', async () => {
		const streams = open();
		const { desk } = streams;
		const learned = text('watch', 'Watch it').replace(
			'title: Watch it',
			'description: "Learned from: Watch {url} for price changes"',
		);
		await desk.save(BOB, learned, { learnedFrom: asTaskId('t0') });
		const suggest = () => desk.suggest(BOB, 'Please watch https://b.example for price changes');
		expect(await suggest()).toMatchObject([{ name: 'watch', input: { url: 'https://b.example' } }]);
		expect(await desk.suggest(BOB, 'Book a table for two')).toEqual([]);
		expect(await desk.suggest(ANN, 'Watch https://b.example for price changes')).toEqual([]);
		for (const n of [1, 2, 3, 3]) {
			const task = {
				id: asTaskId(`r${n}`),
				person: BOB.person,
				planBy: 'workflow:watch@1',
				createdAt: 0,
				steps: {},
				questions: {},
			};
			const end = { status: 'failed', error: { code: 'internal', message: '', hint: '' }, at: 5 };
			await streams.taskReported({ ...task, end } as unknown as Task, { seq: 1, about: { kind: 'end' } });
		}
		expect(await suggest()).toEqual([]);
		expect(await desk.get(BOB, 'watch')).toMatchObject({ enabled: false, origin: 'learned' });
	});

	it('has statistics from the history of its runs', async () => {
		const { desk } = open();
		await desk.save(BOB, text('offers', 'x'));
		const row = (id: string, workflow: string, status: TaskSummary['status']) =>
			({ id: asTaskId(id), goal: '', status, createdAt: 0, endedAt: 300, workflow }) as const;
		summaries = [row('t1', 'offers@1', 'done'), row('t2', 'offers@2', 'failed'), row('t3', 'other@1', 'done')];
		done('t1', '');
		done('t2', '', 'x', {
			status: 'failed',
			endedAt: 300,
			plan: { steps: [{ ...steps[0], id: 'l#2/e:3', status: 'dead-lettered' }] },
		});
		expect(await desk.stats(BOB, 'offers')).toEqual({
			...{ name: 'offers', runs: 2, done: 1, failed: 1, cancelled: 0, running: 0, timed: 2, successRate: 0.5 },
			durationMs: { p50: 300, p95: 300 },
			steps: [
				{ id: 'read', runs: 1, failed: 0, p50: 30, p95: 30 },
				{ id: 'l/e', runs: 1, failed: 1, p50: 30, p95: 30 },
			],
		});
	});
});
