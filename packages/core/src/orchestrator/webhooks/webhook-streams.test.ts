import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newHistorySigner } from '../../adapters/files/history-signer.ts';
import { InProcessEventBus } from '../../adapters/in-process/in-process-event-bus.ts';
import { OnlyHome } from '../../adapters/in-process/only-home.ts';
import { openSqliteStore, type SqliteStore } from '../../adapters/sqlite/open-sqlite-store.ts';
import { CoreError } from '../../domain/errors.ts';
import { asConversationId, asPersonId, asTaskId } from '../../domain/ids.ts';
import type { Report, Task } from '../../domain/task/state.ts';
import type { IWebhookSender, PostOutcome, WebhookPost } from '../../ports/webhook-sender.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { complete, given, plannedStep, start, submitTask } from '../../testing/given-task.ts';
import { MemoryVault } from '../../testing/memory-vault.ts';
import type { Principal } from '../desks/desk.ts';
import { WebhookStreams } from './webhook-streams.ts';

const ANN: Principal = { person: asPersonId('ann'), role: 'owner' };
const BOB: Principal = { person: asPersonId('bob'), role: 'member' };
const URL = 'https://receiver.example/in';
const HOUR = 3_600_000;
const DELIVERED: PostOutcome = { kind: 'delivered', status: 200 };
const DOWN: PostOutcome = {
	kind: 'failed',
	failure: { kind: 'retryable', code: 'http-503', message: 'The receiver answered 503.' },
	gone: false,
};

/** A receiver that answers as it is told to. */
class Receiver implements IWebhookSender {
	readonly posts: WebhookPost[] = [];
	answer: (post: WebhookPost) => Promise<PostOutcome> = async () => DELIVERED;

	check(url: string): void {
		if (url.includes('private')) throw new CoreError('address-refused', 'It is private.', { hint: 'Allow it.' });
	}

	send(post: WebhookPost): Promise<PostOutcome> {
		this.posts.push(post);
		return this.answer(post);
	}
}

let store: SqliteStore;
let clock: FakeClock;
let receiver: Receiver;
let vault: MemoryVault;
let opened: WebhookStreams[];
let guests: Set<string>;

beforeEach(() => {
	guests = new Set();
	store = openSqliteStore({ path: ':memory:', signer: newHistorySigner() });
	clock = new FakeClock();
	receiver = new Receiver();
	vault = new MemoryVault();
	opened = [];
});
afterEach(() => {
	for (const streams of opened) streams.stop();
	store.close();
});

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Another one over the same store is what a start after a crash finds. */
function open(): WebhookStreams {
	const { events, index, snapshots } = store;
	const bus = new InProcessEventBus(silent);
	const streams = new WebhookStreams({
		store: events,
		index,
		snapshots,
		vault,
		bus,
		homes: new OnlyHome('test', events),
		clock,
		log: silent,
		sender: receiver,
		roleOf: async (person) => (guests.has(person) ? 'guest' : 'member'),
	});
	opened.push(streams);
	return streams;
}

function doneTask(person = ANN.person, id = 't1'): { task: Task; report: Report } {
	const request = { person, taskId: asTaskId(id), conversation: asConversationId('web-ann') };
	const task = given(submitTask([plannedStep('a')], request), start('a'), complete('a', 'Done.')).task();
	const report = task.reports.at(-1);
	if (report === undefined) throw new Error('A task that ended has something to report.');
	return { task, report };
}

const settle = () =>
	clock
		.advance(0)
		.then(() => clock.advance(0))
		.then(() => clock.advance(0));

describe('outgoing webhooks', () => {
	it('post each event once to those who want it', async () => {
		const streams = open();
		const all = await streams.desk.create(ANN, { url: URL });
		await streams.desk.create(ANN, { url: `${URL}/failures`, events: ['task.failed'] });
		await streams.desk.create(BOB, { url: `${URL}/bob` });
		const { task, report } = doneTask();
		await Promise.all([streams.announce(task, report), streams.announce(task, report)]);
		await streams.announce(task, report);
		await settle();
		expect(receiver.posts.map(({ url }) => url)).toEqual([URL]);
		expect(receiver.posts[0]).toMatchObject({
			eventId: expect.stringMatching(/^msg_/) as string,
			secrets: [all.secret],
		});
		expect(JSON.parse(receiver.posts[0]?.body ?? '')).toMatchObject({
			type: 'task.completed',
			data: { task: { id: 't1' } },
		});
		expect(await streams.desk.view(ANN, all.id)).toMatchObject({
			waiting: 0,
			deliveries: [{ type: 'task.completed', attempt: 1, status: 200 }],
		});
	});

	it('lose nothing that was queued before a crash, and queue nothing twice after it', async () => {
		receiver.answer = () => new Promise(() => {});
		const before = open();
		const { id } = await before.desk.create(ANN, { url: URL });
		const { task, report } = doneTask();
		await before.announce(task, report);
		await settle();
		before.stop();
		receiver.answer = async () => DELIVERED;
		const after = open();
		await after.announce(task, report);
		for (const { stream, dueAt } of await store.events.openStreams({ after: '', limit: 10 })) {
			expect(after.driven.owns(stream)).toBe(true);
			await after.driven.adopt(stream, dueAt);
		}
		await settle();
		expect(receiver.posts.map(({ eventId }) => eventId)).toEqual([
			receiver.posts[0]?.eventId,
			receiver.posts[0]?.eventId,
		]);
		expect(await after.desk.view(ANN, id)).toMatchObject({ waiting: 0, deliveries: [{ status: 200 }] });
	});

	it('try for days with growing waits, give up, and begin anew when replayed', async () => {
		receiver.answer = async () => DOWN;
		const streams = open();
		const { id } = await streams.desk.create(ANN, { url: URL });
		const { task, report } = doneTask();
		await streams.announce(task, report);
		const startedAt = clock.now();
		for (let hours = 0; hours < 100; hours++) await clock.advance(HOUR);
		await settle();
		expect(receiver.posts).toHaveLength(10);
		expect(new Set(receiver.posts.map(({ eventId }) => eventId)).size).toBe(1);
		const hours = ((receiver.posts.at(-1)?.at ?? 0) - startedAt) / HOUR;
		// 5 s, 5 min, 30 min, 2 + 5 + 10 + 14 + 20 + 24 h, each ± 20 %.
		expect(hours).toBeGreaterThan(75.6 * 0.79);
		expect(hours).toBeLessThan(75.6 * 1.21);
		const [letter] = await streams.desk.deadLetters(ANN, id);
		expect(letter).toMatchObject({
			type: 'task.completed',
			attempts: 10,
			cause: 'exhausted',
			error: { code: 'http-503' },
		});
		receiver.answer = async () => DELIVERED;
		await streams.desk.replay(ANN, id, letter?.eventId ?? '');
		await settle();
		expect(receiver.posts).toHaveLength(11);
		expect(receiver.posts[10]).toMatchObject({ eventId: letter?.eventId, body: receiver.posts[0]?.body });
		expect(await streams.desk.deadLetters(ANN, id)).toEqual([]);
	});

	it('deliver what comes meanwhile, while one event waits for its next attempt, and never two at once', async () => {
		let under = 0;
		let most = 0;
		receiver.answer = async ({ body }) => {
			under += 1;
			most = Math.max(most, under);
			await new Promise((resolve) => setImmediate(resolve));
			under -= 1;
			return body.includes('"t1"') ? DOWN : DELIVERED;
		};
		const streams = open();
		const { id } = await streams.desk.create(ANN, { url: URL });
		for (const taskId of ['t1', 't2', 't3']) {
			const { task, report } = doneTask(ANN.person, taskId);
			await streams.announce(task, report);
		}
		for (let turn = 0; turn < 20; turn++) await settle();
		expect(most).toBe(1);
		expect((await streams.desk.view(ANN, id)).deliveries.map(({ status }) => status)).toEqual([200, 200, undefined]);
		expect((await streams.desk.view(ANN, id)).waiting).toBe(1);
	});

	it('sign with both secrets for a day after a rotation, and forget the old one then', async () => {
		const streams = open();
		const first = await streams.desk.create(ANN, { url: URL });
		const second = await streams.desk.rotate(ANN, first.id);
		await streams.desk.test(ANN, first.id);
		await settle();
		expect(receiver.posts[0]?.secrets).toEqual([second.secret, first.secret]);
		expect(vault.names).toHaveLength(2);
		await clock.advance(24 * HOUR);
		await settle();
		expect(vault.names).toHaveLength(1);
		await streams.desk.test(ANN, first.id);
		await settle();
		expect(receiver.posts[1]?.secrets).toEqual([second.secret]);
	});

	it('break a delivery off when they are paused, and send it when they are resumed', async () => {
		receiver.answer = ({ signal }) =>
			new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
		const streams = open();
		const { id } = await streams.desk.create(ANN, { url: URL });
		await streams.desk.test(ANN, id);
		await settle();
		await streams.desk.pause(ANN, id);
		await settle();
		expect(receiver.posts[0]?.signal.aborted).toBe(true);
		await expect(streams.desk.test(ANN, id)).rejects.toMatchObject({ code: 'not-possible' });
		receiver.answer = async () => DELIVERED;
		expect(await streams.desk.resume(ANN, id)).toMatchObject({ status: 'active' });
		await settle();
		expect(await streams.desk.view(ANN, id)).toMatchObject({ waiting: 0, deliveries: [{ attempt: 1, status: 200 }] });
	});

	it('pause themselves when the receiver is gone', async () => {
		receiver.answer = async () => ({ ...DOWN, gone: true }) as PostOutcome;
		const streams = open();
		const { id } = await streams.desk.create(ANN, { url: URL });
		await streams.desk.test(ANN, id);
		await settle();
		await clock.advance(200 * HOUR);
		expect(receiver.posts).toHaveLength(1);
		expect(await streams.desk.view(ANN, id)).toMatchObject({ status: 'paused', pausedBecause: 'gone', waiting: 1 });
	});

	it('are gone with their secrets when they are deleted', async () => {
		const streams = open();
		const { id } = await streams.desk.create(ANN, { url: URL });
		expect(await streams.wants(ANN.person)).toBe(true);
		await streams.desk.remove(ANN, id);
		await settle();
		expect([vault.names, await streams.desk.list(ANN), await streams.wants(ANN.person)]).toEqual([[], [], false]);
		await expect(streams.desk.view(ANN, id)).rejects.toMatchObject({ code: 'not-found' });
		const { task, report } = doneTask();
		await streams.announce(task, report);
		await settle();
		expect(receiver.posts).toEqual([]);
		expect(await store.events.openStreams({ after: '', limit: 10 })).toEqual([]);
	});

	it('are each person’s own', async () => {
		const streams = open();
		const { id } = await streams.desk.create(ANN, { url: URL });
		expect(await streams.desk.list(BOB)).toEqual([]);
		const { desk } = streams;
		const tries = [
			desk.view(BOB, id),
			desk.rotate(BOB, id),
			desk.pause(BOB, id),
			desk.remove(BOB, id),
			desk.test(BOB, id),
		];
		for (const tried of await Promise.allSettled([
			...tries,
			desk.deadLetters(BOB, id),
			desk.replay(BOB, id, 'msg_1'),
		])) {
			expect(tried).toMatchObject({ status: 'rejected', reason: { code: 'not-found' } });
		}
		await expect(desk.create({ ...BOB, role: 'guest' }, { url: URL })).rejects.toMatchObject({ code: 'forbidden' });
	});

	it('rest while their person is a guest, who may still see, pause and remove them', async () => {
		const streams = open();
		const { desk } = streams;
		const { id } = await desk.create(BOB, { url: URL });
		guests.add(BOB.person);
		const guest: Principal = { ...BOB, role: 'guest' };
		const { task, report } = doneTask(BOB.person);
		expect(await streams.wants(BOB.person)).toBe(false);
		await streams.announce(task, report);
		await settle();
		expect(receiver.posts).toEqual([]);
		const sending = [
			desk.rotate(guest, id),
			desk.resume(guest, id),
			desk.test(guest, id),
			desk.replay(guest, id, 'msg_1'),
		];
		for (const tried of await Promise.allSettled(sending)) {
			expect(tried).toMatchObject({ status: 'rejected', reason: { code: 'forbidden' } });
		}
		expect(await desk.pause(guest, id)).toMatchObject({ status: 'paused' });
		expect(await desk.list(guest)).toHaveLength(1);
		guests.clear();
		await desk.resume(BOB, id);
		receiver.answer = async () => DOWN;
		await streams.announce(task, report);
		await settle();
		guests.add(BOB.person);
		await clock.advance(100 * HOUR);
		await settle();
		expect(receiver.posts).toHaveLength(1);
		expect(await desk.deadLetters(guest, id)).toHaveLength(1);
		await desk.remove(guest, id);
		expect(await desk.list(BOB)).toEqual([]);
	});

	it('refuse addresses that can never be posted to, and more than fifty', async () => {
		const { desk } = open();
		await expect(desk.create(ANN, { url: 'http://private/' })).rejects.toMatchObject({ code: 'address-refused' });
		await expect(desk.create(ANN, { url: `${URL}?${'x'.repeat(2_000)}` })).rejects.toMatchObject({ code: 'too-large' });
		for (let count = 0; count < 50; count++) await desk.create(ANN, { url: URL });
		await expect(desk.create(ANN, { url: URL })).rejects.toMatchObject({ code: 'not-possible' });
	});

	it('send nothing of a person who was forgotten', async () => {
		receiver.answer = async () => DOWN;
		const streams = open();
		await streams.desk.create(ANN, { url: URL });
		const { task, report } = doneTask();
		await streams.announce(task, report);
		await settle();
		for (const stream of await store.audit.erase(ANN.person)) streams.forget(stream);
		receiver.answer = async () => DELIVERED;
		await clock.advance(100 * HOUR);
		await streams.announce(task, report);
		expect(receiver.posts).toHaveLength(1);
		expect(await streams.desk.list(ANN)).toEqual([]);
	});
});
