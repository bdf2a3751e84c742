import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newHistorySigner } from '../../adapters/files/history-signer.ts';
import { InProcessEventBus } from '../../adapters/in-process/in-process-event-bus.ts';
import { OnlyHome } from '../../adapters/in-process/only-home.ts';
import { openSqliteStore, type SqliteStore } from '../../adapters/sqlite/open-sqlite-store.ts';
import { CoreError } from '../../domain/errors.ts';
import { asConversationId, asPersonId, asStepId, asTaskId, type TaskId } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import { ScheduleWhat } from '../../domain/schedule/schedule.ts';
import { scheduleTimes } from '../../planning/schedule/schedule-times.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { BeginningsFirst } from '../commands/beginnings-first.ts';
import type { ITaskDesk, Principal, TaskFollower } from '../desks/desk.ts';
import { scheduleCreate } from './schedule-create.ts';
import { ScheduleStreams } from './schedule-streams.ts';

const ANN: Principal = { person: asPersonId('ann'), role: 'owner' };
const BOB: Principal = { person: asPersonId('bob'), role: 'member' };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-11-22T10:00:00Z');
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const GOAL = ScheduleWhat.parse({ do: { kind: 'goal', goal: 'summarise the news' } });
const REMIND = ScheduleWhat.parse({ do: { kind: 'remind', text: 'Stand up.' } });
const watch = (tell: unknown) =>
	ScheduleWhat.parse({ do: { kind: 'workflow', name: 'watch', input: { url: 'u' } }, carry: true, tell });

/** What due schedules set to work: it remembers what was begun, by the key that makes it once. */
class Works {
	readonly begun = new Map<string, { id: TaskId; what: Json }>();
	readonly told: string[] = [];
	readonly got: string[] = [];
	readonly toldKeys = new Set<string>();
	role: Principal['role'] | undefined = 'owner';
	refuse: CoreError | undefined;
	onBegun: (() => Promise<unknown>) | undefined;
	#output = new Map<string, Json>();
	#listeners = new Map<string, TaskFollower[]>();

	begin(key: string | undefined, what: Json) {
		if (this.refuse !== undefined) throw this.refuse;
		const known = this.begun.get(key ?? '');
		if (known !== undefined) return { id: known.id, duplicate: true };
		const id = asTaskId(`t${this.begun.size + 1}`);
		this.begun.set(key ?? '', { id, what });
		return { id, duplicate: false };
	}

	end(id: string, output: Json): void {
		this.#output.set(id, output);
		for (const listener of this.#listeners.get(id) ?? []) {
			listener.fact({ type: 'TaskCompleted', v: 1, data: {}, seq: 9, at: 0 } as never);
		}
	}

	readonly tasks = {
		submit: async (_who: Principal, request: { goal: string; idempotencyKey?: string | undefined }) => {
			const begun = this.begin(request.idempotencyKey, request.goal);
			await this.onBegun?.();
			return begun;
		},
		follow: async (_who: Principal, id: TaskId, _after: number, listener: TaskFollower) => {
			this.#listeners.set(id, [...(this.#listeners.get(id) ?? []), listener]);
			if (this.#output.has(id)) this.end(id, this.#output.get(id) ?? null);
			return () => {};
		},
		view: async (_who: Principal, id: TaskId) => ({
			status: 'done',
			result: { text: `result of ${id}`, output: this.#output.get(id), outputOrigins: ['web:u'] },
		}),
	} as unknown as Pick<ITaskDesk, 'submit' | 'view' | 'follow'>;

	get whats(): Json[] {
		return [...this.begun.values()].map(({ what }) => what);
	}
}

let store: SqliteStore;
let clock: FakeClock;
let works: Works;
let opened: ScheduleStreams[];

beforeEach(() => {
	store = openSqliteStore({ path: ':memory:', signer: newHistorySigner() });
	clock = new FakeClock(START);
	works = new Works();
	opened = [];
});
afterEach(() => {
	for (const streams of opened) streams.stop();
	store.close();
});

function open(alone = true): ScheduleStreams {
	const { events, index, snapshots } = store;
	const streams = new ScheduleStreams({
		...{ store: events, index, snapshots, bus: new InProcessEventBus(silent), clock, log: silent },
		homes: Object.assign(new OnlyHome('test', events), { alone }),
		...{ tasks: works.tasks, beginnings: new BeginningsFirst(clock) },
		workflows: {
			get: async (_who, name) => {
				works.got.push(name);
				throw new CoreError('unknown-workflow', 'There is none.', { hint: '' });
			},
			run: async (_who, request) =>
				works.begin(request.idempotencyKey, {
					...{ input: request.input, kept: request.kept ?? null },
					...(request.keptOrigins === undefined ? {} : { keptOrigins: request.keptOrigins }),
				}),
		},
		tell: async ({ key, text }) => {
			if (!works.toldKeys.has(key)) works.told.push(text);
			works.toldKeys.add(key);
		},
		roleOf: async () => works.role,
		zoneOf: async () => 'UTC',
		times: async () => scheduleTimes,
	});
	opened.push(streams);
	return streams;
}

async function adopt(streams: ScheduleStreams): Promise<void> {
	for (const { stream, dueAt } of await store.events.openStreams({ after: '', limit: 100 })) {
		await streams.driven.adopt(stream, dueAt);
	}
}

async function pass(ms: number): Promise<void> {
	await clock.advance(ms);
	for (let turn = 0; turn < 12; turn++) await clock.advance(0);
}

const everyDay = { kind: 'every', everyMs: DAY, from: START + HOUR } as const;
const daily = (catchUp: 'skip' | 'once' | 'all' = 'once', more: object = {}) => ({
	...{ timing: everyDay, timeZone: 'UTC', jitterMs: 0, catchUp },
	...more,
});

describe('schedules', () => {
	it('begin what is due at each time, once', async () => {
		const { desk } = open();
		const { id } = await desk.create(ANN, { when: daily(), what: GOAL });
		await pass(HOUR - 1);
		expect(works.whats).toEqual([]);
		await pass(1);
		expect(works.whats).toEqual(['summarise the news']);
		for (let days = 0; days < 3; days++) await pass(DAY);
		expect([...works.begun.keys()]).toEqual([0, 1, 2, 3].map((days) => `schedule/${id}/${START + HOUR + days * DAY}`));
		expect(await desk.view(ANN, '1')).toMatchObject({ number: 1, runs: 4, missed: 0, status: 'active' });
	});

	it('have what runs need loaded shortly before the next is due, once for many', async () => {
		const { desk } = open();
		for (let n = 0; n < 3; n++) await desk.create(ANN, { when: daily(), what: watch('never') });
		await pass(HOUR - 60_000);
		expect(works.got).toEqual([]);
		await pass(55_000);
		expect(works.got).toEqual(['watch']);
		await pass(5_000);
		expect(works.begun.size).toBe(3);
		await pass(DAY);
		expect(works.got).toEqual(['watch', 'watch']);
	});

	it('watch a page by what knows it from the time before, where the goal asks for that', async () => {
		const { desk } = open();
		const goal = 'watch https://a.example/prices for changes';
		const made = await desk.create(ANN, { when: daily(), what: { ...GOAL, do: { kind: 'goal', goal } } });
		expect(made.what).toEqual({
			do: { kind: 'workflow', name: 'website-watch', input: { url: 'https://a.example/prices' } },
			tell: 'changes',
			carry: true,
		});
	});

	it.each([
		['skip', 0, 3],
		['once', 1, 2],
		['all', 3, 0],
	] as const)('of times missed while nothing ran make up for: %s', async (catchUp, runs, missed) => {
		const before = open();
		await before.desk.create(ANN, { when: daily(catchUp), what: GOAL });
		before.stop();
		await pass(2 * DAY + 5 * HOUR);
		const after = open();
		await adopt(after);
		await pass(0);
		expect(works.begun.size).toBe(runs);
		expect(await after.desk.view(ANN, '1')).toMatchObject({ runs, missed });
		await pass(DAY);
		expect(works.begun.size).toBe(runs + 1);
	});

	it('begin nothing twice when a process dies between beginning it and writing that down', async () => {
		const before = open();
		await before.desk.create(ANN, { when: daily(), what: GOAL });
		before.stop();
		clock = new FakeClock(START + HOUR);
		const { events } = store;
		const append = events.append.bind(events);
		events.append = () => new Promise(() => {});
		const dying = open();
		await adopt(dying);
		await pass(0);
		expect(works.begun.size).toBe(1);
		dying.stop();
		events.append = append;
		const after = open();
		await adopt(after);
		await pass(0);
		expect(works.begun.size).toBe(1);
		expect(await after.desk.view(ANN, '1')).toMatchObject({ runs: 1, last: { task: 't1' } });
	});

	it('begin what is due once though two processes drive them', async () => {
		const [one, other] = [open(false), open(false)];
		await one.desk.create(ANN, { when: daily(), what: GOAL });
		await adopt(other);
		for (let days = 0; days < 4; days++) await pass(DAY);
		expect(works.begun.size).toBe(4);
		expect(await one.desk.view(ANN, '1')).toMatchObject({ runs: 4 });
	});

	it('run nothing twice when the clock is put back, and end after so many runs', async () => {
		const first = open();
		await first.desk.create(ANN, { when: daily('once', { maxRuns: 2 }), what: GOAL });
		await pass(HOUR);
		first.stop();
		clock = new FakeClock(START - DAY);
		const second = open();
		await adopt(second);
		await pass(DAY + 2 * HOUR);
		expect(works.begun.size).toBe(1);
		await pass(DAY);
		expect(works.begun.size).toBe(2);
		expect(await second.desk.view(ANN, '1')).toMatchObject({ status: 'ended', next: [] });
		expect(await store.events.openStreams({ after: '', limit: 10 })).toEqual([]);
	});

	it('rest while they are paused, and make up for nothing afterwards', async () => {
		const { desk } = open();
		await desk.create(ANN, { when: daily('all'), what: GOAL });
		await desk.pause(ANN, '1');
		await pass(5 * DAY);
		expect(works.begun.size).toBe(0);
		await desk.resume(ANN, '1');
		await pass(DAY);
		expect(works.begun.size).toBe(1);
		await desk.remove(ANN, '1');
		await pass(5 * DAY);
		expect(works.begun.size).toBe(1);
		await expect(desk.view(ANN, '1')).rejects.toMatchObject({ code: 'unknown-schedule' });
	});

	it('know of the run that began in the moment they were paused', async () => {
		const { desk } = open();
		await desk.create(ANN, { when: daily(), what: GOAL });
		works.onBegun = () => desk.pause(ANN, '1');
		await pass(HOUR);
		works.onBegun = undefined;
		expect(await desk.view(ANN, '1')).toMatchObject({ status: 'paused', runs: 1, next: [], last: { task: 't1' } });
		await desk.resume(ANN, '1');
		await pass(DAY);
		expect(await desk.view(ANN, '1')).toMatchObject({ runs: 2, missed: 0, last: { task: 't2' } });
	});

	it('give each run what the one before kept, never two at once, and tell only of changes', async () => {
		const { desk } = open();
		await desk.create(ANN, { when: daily(), what: watch('changes') });
		await pass(HOUR);
		await pass(DAY);
		expect(works.whats).toEqual([{ input: { url: 'u' }, kept: null }]);
		expect(await desk.view(ANN, '1')).toMatchObject({ missed: 1 });
		works.end('t1', { changed: false, keep: 'v1' });
		await pass(0);
		await pass(DAY);
		expect(works.whats[1]).toEqual({ input: { url: 'u' }, kept: 'v1', keptOrigins: ['web:u'] });
		expect(works.told).toEqual([]);
		works.end('t2', { changed: true, keep: 'v2' });
		await pass(0);
		await pass(DAY);
		expect(works.whats[2]).toMatchObject({ kept: 'v2' });
		expect(works.told).toEqual(['**watch** (schedule 1)\n\nresult of t2']);
	});

	it('tell what was found at once in a digest, though the process ended in between', async () => {
		const before = open();
		const digest = { digest: 'daily' };
		await before.desk.create(ANN, {
			when: { ...daily(), timing: { kind: 'every', everyMs: HOUR } },
			what: watch(digest),
		});
		await pass(HOUR);
		works.end('t1', { changed: true, keep: 1 });
		await pass(0);
		await pass(HOUR);
		before.stop();
		const after = open();
		await adopt(after);
		await pass(0);
		works.end('t2', { changed: false, keep: 2 });
		await pass(0);
		expect(works.told).toEqual([]);
		const { digest: held } = await after.desk.view(ANN, '1');
		expect(held).toMatchObject({
			runs: 2,
			held: [
				{ task: 't2', changed: false },
				{ task: 't1', text: 'result of t1' },
			],
		});
		const next = held?.next ?? 0;
		expect(next).toBeGreaterThan(clock.now());
		await pass(DAY);
		expect(works.told).toHaveLength(1);
		expect((await after.desk.view(ANN, '1')).digest).toMatchObject({ runs: 0, held: [], next: next + DAY });
		expect(works.told[0]).toContain('2 runs\n\nresult of t1\n\n1 run found nothing new.');
	});

	it('tell digests that fall due together in one message, but for other conversations, once', async () => {
		const first = open();
		const hourly = { ...daily(), timing: { kind: 'every' as const, everyMs: HOUR } };
		const here = asConversationId('web-ann');
		for (const title of ['Otters', 'Herons']) {
			await first.desk.create(ANN, { when: hourly, what: watch({ digest: 'daily' }), title, conversation: here });
		}
		await first.desk.create(ANN, { when: hourly, what: watch({ digest: 'daily' }), title: 'Owls' });
		await pass(HOUR);
		for (const id of ['t1', 't2', 't3']) works.end(id, { changed: true, keep: 1 });
		await pass(0);
		first.stop();
		const after = open();
		await adopt(after);
		await pass(DAY);
		const [both = '', ...others] = works.told.toSorted((one, other) => other.length - one.length);
		expect(both).toMatch(/Otters.*result of t\d.*Herons.*result of t\d/s);
		expect(others).toHaveLength(1);
		expect(others[0]).toContain('Owls');
	});

	it('say what they are to say, and stop with a word when their person may not have them any more', async () => {
		const { desk } = open();
		const conversation = asConversationId('web-ann');
		await desk.create(ANN, { when: daily(), what: REMIND, conversation });
		await pass(HOUR);
		expect(works.told).toEqual(['Stand up.']);
		works.role = 'guest';
		await pass(DAY);
		expect(works.told[1]).toContain('is paused: guests may not have schedules.');
		expect(await desk.view(ANN, '1')).toMatchObject({ status: 'paused' });
		works.role = 'owner';
		works.refuse = new CoreError('unknown-workflow', 'There is none.', { hint: 'Make one.' });
		await desk.change(ANN, '1', { what: watch('each') });
		await desk.resume(ANN, '1');
		await pass(DAY);
		expect(works.told[2]).toContain('There is none. Make one.');
	});

	it('are each person’s own, bounded, and not for guests', async () => {
		const { desk } = open();
		const { id } = await desk.create(ANN, { when: daily(), what: GOAL });
		expect(await desk.list(BOB)).toEqual([]);
		await expect(desk.view(BOB, id)).rejects.toMatchObject({ code: 'unknown-schedule' });
		await expect(desk.create({ ...BOB, role: 'guest' }, { when: daily(), what: GOAL })).rejects.toMatchObject({
			code: 'forbidden',
		});
		const often = { ...daily(), timing: { kind: 'every', everyMs: 1_000 } as const };
		await expect(desk.create(BOB, { when: often, what: GOAL })).rejects.toMatchObject({ code: 'invalid-input' });
		await desk.create(ANN, { when: often, what: GOAL });
		const again = { when: daily(), what: GOAL, idempotencyKey: 'k' };
		expect((await desk.create(BOB, again)).id).toBe((await desk.create(BOB, again)).id);
		for (let count = 1; count < 100; count++) await desk.create(BOB, { when: daily(), what: GOAL });
		await expect(desk.create(BOB, { when: daily(), what: GOAL })).rejects.toMatchObject({ code: 'not-possible' });
		expect((await desk.create(BOB, again)).number).toBe(1);
	});

	it('that steps set up are bounded, whoever they belong to: what they run may set up more', async () => {
		const { desk } = open();
		const step = scheduleCreate({ desk, roleOf: async () => 'owner' });
		const setUp = (key: string, when: string) =>
			step.run({
				...{ taskId: asTaskId('t'), stepId: asStepId('s'), person: ANN.person, origins: [], key },
				input: { when, do: { kind: 'goal', goal: 'say so' } },
			});
		await expect(setUp('k', 'every 5 seconds')).rejects.toMatchObject({ code: 'invalid-input' });
		for (let count = 0; count < 100; count++) await setUp(`k${count}`, count < 50 ? 'in 2 minutes' : 'every minute');
		await expect(setUp('k100', 'every minute')).rejects.toMatchObject({ code: 'not-possible' });
		await desk.create(ANN, { when: daily(), what: GOAL });
		await adopt(open());
		await pass(3 * 60_000);
		// Those that are over count no more.
		await setUp('k100', 'every minute');
	});
});
