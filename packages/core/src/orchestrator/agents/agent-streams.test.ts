import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newHistorySigner } from '../../adapters/files/history-signer.ts';
import { InProcessEventBus } from '../../adapters/in-process/in-process-event-bus.ts';
import { OnlyHome } from '../../adapters/in-process/only-home.ts';
import { openSqliteStore, type SqliteStore } from '../../adapters/sqlite/open-sqlite-store.ts';
import type { AgentMessage } from '../../domain/agent/message.ts';
import { CoreError } from '../../domain/errors.ts';
import { asPersonId, asStepId, asStreamId, asTaskId } from '../../domain/ids.ts';
import { MAX_FACT_BYTES } from '../../domain/task/outputs.ts';
import type { TaskView } from '../../domain/task/view.ts';
import type { AgentParcel } from '../../ports/agent-courier.ts';
import type { IWebhookSender, PostOutcome, WebhookPost } from '../../ports/webhook-sender.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { MemoryVault } from '../../testing/memory-vault.ts';
import type { AgentCaller } from '../desks/agents.ts';
import type { WorkflowRequest } from '../desks/workflows.ts';
import { agentRequest } from './agent-request.ts';
import { agentSend } from './agent-send.ts';
import { AgentStreams } from './agent-streams.ts';

const ANN: AgentCaller = { person: asPersonId('ann'), role: 'member' };
const BOB: AgentCaller = { person: asPersonId('bob'), role: 'member' };
const GUEST: AgentCaller = { person: asPersonId('gus'), role: 'guest' };
const HOST: AgentCaller = { person: asPersonId('owner'), role: 'owner' };
const MINUTE = 60_000;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

class Receiver implements IWebhookSender {
	readonly posts: WebhookPost[] = [];
	answer: () => PostOutcome = () => ({ kind: 'delivered', status: 200 });

	check(url: string): void {
		if (url.includes('private')) throw new CoreError('address-refused', 'It is private.', { hint: 'Allow it.' });
	}

	async send(post: WebhookPost): Promise<PostOutcome> {
		this.posts.push(post);
		return this.answer();
	}
}

let store: SqliteStore;
let clock: FakeClock;
let receiver: Receiver;
let vault: MemoryVault;
let carried: AgentParcel[];
let opened: AgentStreams[];
let runs: WorkflowRequest[];
let ends: Map<string, () => void>;
let missing: Set<string>;
let roles: Map<string, AgentCaller['role']>;
let events: { task: string; name: string; data: unknown; origins: readonly string[] }[];

beforeEach(() => {
	store = openSqliteStore({ path: ':memory:', signer: newHistorySigner() });
	clock = new FakeClock();
	receiver = new Receiver();
	vault = new MemoryVault();
	carried = [];
	opened = [];
	runs = [];
	ends = new Map();
	events = [];
	missing = new Set(['none']);
	roles = new Map([ANN, BOB, GUEST, HOST].map(({ person, role }) => [person, role]));
});
afterEach(() => {
	for (const streams of opened) streams.stop();
	store.close();
});

/** Another one over the same store is what a start after a crash finds. */
function open(): AgentStreams {
	const { events: history, index, snapshots } = store;
	const ended = new Set<string>();
	const view = async (task: string) => {
		const done = ended.has(task);
		const result = { text: 'Looked it up.', output: { found: 3 } };
		return { id: task, status: done ? 'done' : 'running', seq: 1, ...(done ? { endedAt: 1, result } : {}) };
	};
	const streams = new AgentStreams({
		...{ store: history, index, snapshots, vault, clock, log: silent, sender: receiver },
		courier: {
			check: () => {},
			carry: async (parcel) => {
				carried.push(parcel);
				return { kind: 'delivered', answer: { state: 'completed' } };
			},
		},
		bus: new InProcessEventBus(silent),
		homes: new OnlyHome('test', history),
		roleOf: async (person) => roles.get(person),
		workflows: {
			run: async (_principal, request) => {
				if (missing.has(request.name))
					throw new CoreError('unknown-workflow', 'No such workflow.', { hint: 'List them.' });
				const duplicate = runs.some(({ idempotencyKey }) => idempotencyKey === request.idempotencyKey);
				if (!duplicate) runs.push(request);
				return { id: asTaskId(`t-${request.idempotencyKey}`), duplicate };
			},
		},
		tasks: {
			view: async (_principal, task) => (await view(task)) as unknown as TaskView,
			follow: async (_principal, task, _after, listener) => {
				ends.set(task, () => {
					ended.add(task);
					listener.fact({ type: 'TaskCompleted' } as never);
				});
				return () => {};
			},
		},
		deliverEvent: async (_principal, task, { name, data, origins }) => {
			if (JSON.stringify(data).length > MAX_FACT_BYTES) {
				throw new CoreError('too-large', 'It is too large.', { hint: 'Store it.' });
			}
			events.push({ task, name, data, origins });
		},
	});
	opened.push(streams);
	return streams;
}

const settle = async () => {
	for (let turn = 0; turn < 4; turn++) await clock.advance(0);
};

async function adopt(streams: AgentStreams): Promise<void> {
	for (const { stream, dueAt } of await store.events.openStreams({ after: '', limit: 100 })) {
		await streams.driven.adopt(stream, dueAt);
	}
}

function registered(streams: AgentStreams, caller: AgentCaller, name: string, change: object = {}) {
	const agent = { name, description: 'For a test.', skills: [], topics: [], reach: { kind: 'pull' } as const };
	return streams.desk.register(caller, { ...agent, ...change });
}

function message(change: Partial<AgentMessage> = {}): Omit<AgentMessage, 'at'> {
	return { id: 'm1', source: 'a', target: 'b', type: 'note', payload: { n: 1 }, ...change };
}

async function two(streams = open()) {
	const a = await registered(streams, ANN, 'a');
	const b = await registered(streams, BOB, 'b');
	return { streams, desk: streams.desk, a, b };
}

const ONCE = { max: 10, waitMs: 0 };

describe('messages between agents', () => {
	it('are kept before they are acknowledged, handed out until the target acknowledges, and then no more', async () => {
		const { desk } = await two();
		expect(await desk.send(ANN, message())).toEqual({ id: 'm1', routed: ['b'], duplicate: false });
		expect(await desk.send(ANN, message())).toMatchObject({ duplicate: true });
		opened[0]?.stop();
		const after = open();
		const [first] = await after.desk.receive(BOB, 'b', ONCE);
		expect(first).toMatchObject({
			message: { id: 'm1', source: 'a', payload: { n: 1 }, origins: ['agent:a'] },
			deliveries: 0,
		});
		expect(await after.desk.receive(BOB, 'b', ONCE)).toEqual([]);
		await clock.advance(31_000);
		expect(await after.desk.receive(BOB, 'b', ONCE)).toMatchObject([{ message: { id: 'm1' }, deliveries: 1 }]);
		await after.desk.acknowledge(BOB, 'b', ['m1']);
		await after.desk.acknowledge(BOB, 'b', ['m1']);
		await clock.advance(MINUTE);
		expect(await after.desk.receive(BOB, 'b', ONCE)).toEqual([]);
		expect(await after.desk.send(ANN, message())).toMatchObject({ duplicate: true });
		expect(await after.desk.list(BOB)).toMatchObject([{ name: 'b', waiting: 0 }, { name: 'a' }]);
	});

	it('of one source keep their order: while one is out, later ones wait, and others’ do not', async () => {
		const { desk, streams } = await two();
		await registered(streams, ANN, 'c');
		for (const id of ['1', '2', '3']) await desk.send(ANN, message({ id }));
		await desk.send(ANN, message({ id: 'x', source: 'c' }));
		const ids = async (max: number) =>
			(await desk.receive(BOB, 'b', { max, waitMs: 0 })).map(({ message: { source, id } }) => `${source}${id}`);
		expect(await ids(1)).toEqual(['a1']);
		expect(await ids(10)).toEqual(['cx']);
		await desk.reject(BOB, 'b', '1', { words: 'Not now.' });
		expect(await ids(2)).toEqual(['a1', 'a2']);
		await desk.acknowledge(BOB, 'b', ['1', '2']);
		expect(await ids(10)).toEqual(['a3']);
	});

	it('wake those who wait for one, and let them go when the time is over', async () => {
		const { desk } = await two();
		const waiting = desk.receive(BOB, 'b', { max: 1, waitMs: MINUTE });
		await settle();
		await desk.send(ANN, message());
		expect(await waiting).toHaveLength(1);
		const vain = desk.receive(BOB, 'b', { max: 1, waitMs: 5_000 });
		await settle();
		await clock.advance(5_000);
		expect(await vain).toEqual([]);
		const leased = desk.receive(BOB, 'b', { max: 1, waitMs: MINUTE });
		await settle();
		await clock.advance(31_000);
		expect(await leased).toMatchObject([{ deliveries: 1 }]);
		expect(clock.waiting).toBe(0);
	});

	it('become dead letters after ten deliveries, at their expiry and when they are refused, and can be replayed', async () => {
		const { desk } = await two();
		await desk.send(ANN, message({ id: 'worn' }));
		for (let count = 0; count < 10; count++) {
			expect(await desk.receive(BOB, 'b', { ...ONCE, leaseMs: 1_000 })).toHaveLength(1);
			await clock.advance(1_000);
		}
		await settle();
		expect(await desk.receive(BOB, 'b', ONCE)).toEqual([]);
		await desk.send(ANN, message({ id: 'late', expiresAt: clock.now() + 5_000 }));
		await clock.advance(5_000);
		await settle();
		await desk.send(ANN, message({ id: 'old', expiresAt: clock.now() - 1 }));
		await desk.send(ANN, message({ id: 'bad' }));
		await desk.receive(BOB, 'b', ONCE);
		await desk.reject(BOB, 'b', 'bad', { words: 'Nonsense.', dead: true });
		expect(await desk.deadLetters(BOB, 'b')).toMatchObject([
			{ message: { id: 'bad' }, reason: 'Nonsense.' },
			{ message: { id: 'old' } },
			{ message: { id: 'late' } },
			{ message: { id: 'worn' } },
		]);
		await desk.replay(BOB, 'b', 'late');
		await desk.replay(BOB, 'b', 'late');
		expect(await desk.receive(BOB, 'b', ONCE)).toMatchObject([{ message: { id: 'late' }, deliveries: 0 }]);
		await expect(desk.replay(BOB, 'b', 'nothing')).rejects.toMatchObject({ code: 'not-found' });
	});

	it('to a topic reach everybody who listens, once, and hold up nobody', async () => {
		const { desk, streams } = await two();
		for (const name of ['x', 'y']) await registered(streams, BOB, name, { topics: ['news'] });
		await registered(streams, ANN, 'a', { topics: ['news'] });
		const news = message({ target: 'topic:news' });
		expect(await desk.send(ANN, news)).toEqual({ id: 'm1', routed: ['y', 'x'], duplicate: false });
		expect(await desk.send(ANN, news)).toMatchObject({ duplicate: true });
		for (const name of ['x', 'y']) expect(await desk.receive(BOB, name, ONCE)).toHaveLength(1);
		expect(await desk.receive(ANN, 'a', ONCE)).toEqual([]);
		expect(await desk.send(ANN, message({ target: 'topic:nothing' }))).toMatchObject({ routed: [], duplicate: false });
	});

	it('are answered to who asks, not to who fetches beside it; an answer nobody asked for is no answer', async () => {
		const { desk, streams } = await two();
		await registered(streams, BOB, 'forger');
		const asking = desk.request(ANN, message({ id: 'q1' }), { timeoutMs: MINUTE });
		await settle();
		const [{ message: question } = { message: undefined }] = await desk.receive(BOB, 'b', ONCE);
		expect(question).toMatchObject({ id: 'q1' });
		const answer = { target: 'a', type: 'reply', inReplyTo: 'q1', payload: 42 } as const;
		await desk.send(BOB, { ...answer, id: 'r0', source: 'forger', payload: 'forged' });
		await desk.send(BOB, { ...answer, id: 'r1', source: 'b' });
		expect(await asking).toMatchObject({ source: 'b', payload: 42, origins: ['agent:b'] });
		expect(await desk.receive(ANN, 'a', ONCE)).toMatchObject([{ message: { id: 'r0', source: 'forger' } }]);
		const vain = desk.request(ANN, message({ id: 'q2' }), { timeoutMs: 1_000 });
		const refused = expect(vain).rejects.toMatchObject({ code: 'timed-out' });
		await clock.advance(1_001);
		await refused;
		await desk.send(BOB, { ...answer, id: 'r2', source: 'b', inReplyTo: 'q2' });
		expect(await desk.receive(ANN, 'a', ONCE)).toMatchObject([{ message: { id: 'r2' } }]);
	});

	it('that are too big, ill-formed, to nobody or too many are refused in clear words', async () => {
		const { desk } = await two();
		await expect(desk.send(ANN, message({ payload: 'x'.repeat(65_536) }))).rejects.toMatchObject({ code: 'too-large' });
		await expect(desk.send(ANN, message({ target: 'no body' }))).rejects.toMatchObject({ code: 'invalid-input' });
		await expect(desk.send(ANN, message({ target: 'z' }))).rejects.toMatchObject({
			code: 'unknown-agent',
			message: 'There is no agent "z".',
		});
		await expect(desk.request(ANN, message({ replyTo: 'b' }), { timeoutMs: 1_000 })).rejects.toMatchObject({
			code: 'invalid-input',
		});
	});
});

describe('agents', () => {
	it('speak only as themselves, and are spoken for only by who they belong to', async () => {
		const { desk, a } = await two();
		const caller = await desk.ofToken(a.token);
		expect(caller).toEqual({ ...ANN, agent: 'a' });
		if (caller === undefined) throw new Error('The token is good.');
		expect(await desk.send(caller, message())).toMatchObject({ routed: ['b'] });
		const forged = [
			desk.send(caller, message({ source: 'b' })),
			desk.send(ANN, message({ source: 'b' })),
			desk.send(HOST, message({ source: 'b' })),
			desk.receive(caller, 'b', ONCE),
			desk.receive(HOST, 'b', ONCE),
			desk.acknowledge(ANN, 'b', ['m1']),
			desk.reject(ANN, 'b', 'm1', { words: '' }),
			desk.deadLetters(ANN, 'b'),
			desk.replay(ANN, 'b', 'm1'),
			desk.unregister(ANN, 'b'),
			desk.register(caller, { name: 'c', description: '', skills: [], topics: [], reach: { kind: 'pull' } }),
			desk.list(GUEST),
			desk.send(GUEST, message()),
			registered(opened[0] as AgentStreams, GUEST, 'g'),
		];
		for (const tried of await Promise.allSettled(forged)) {
			expect(tried).toMatchObject({ status: 'rejected', reason: { code: 'forbidden' } });
		}
		await expect(desk.send(ANN, message({ source: 'unborn' }))).rejects.toMatchObject({ code: 'unknown-agent' });
	});

	it('cannot by themselves have workflows of their person run', async () => {
		const { desk, a } = await two();
		const caller = await desk.ofToken(a.token);
		const workflow = {
			name: 'a',
			description: '',
			skills: [],
			topics: [],
			reach: { kind: 'workflow', workflow: 'w' },
		} as const;
		const tried = desk.register(caller as AgentCaller, workflow);
		await expect(tried).rejects.toMatchObject({ code: 'forbidden' });
		const { token } = await desk.register(ANN, workflow);
		const again = (await desk.ofToken(token)) as AgentCaller;
		expect(await desk.register(again, { ...workflow, description: 'Helps.' })).toMatchObject({
			token: expect.any(String),
		});
	});

	it('have one token, which is kept as a hash and ends with the next one', async () => {
		const { desk, a, streams } = await two();
		const again = await registered(streams, ANN, 'a');
		expect([await desk.ofToken(a.token), await desk.ofToken(again.token)]).toMatchObject([undefined, { agent: 'a' }]);
		expect([await desk.ofToken('errand-agent.a.x'), await desk.ofToken('errand_x')]).toEqual([undefined, undefined]);
		const stored = JSON.stringify(await store.events.read('agent-a' as never, 0));
		expect(stored).not.toContain(again.token);
		await desk.unregister(HOST, 'a');
		expect(await desk.ofToken(again.token)).toBeUndefined();
	});

	it('keep their names: nobody comes into the place of one that is gone, unless its person was forgotten', async () => {
		const { desk, streams } = await two();
		await desk.send(ANN, message());
		await desk.unregister(BOB, 'b');
		await expect(desk.send(ANN, message({ id: 'm2' }))).rejects.toMatchObject({ code: 'unknown-agent' });
		await expect(registered(streams, ANN, 'b')).rejects.toMatchObject({ code: 'not-possible' });
		await registered(streams, BOB, 'b');
		expect(await desk.receive(BOB, 'b', ONCE)).toEqual([]);
		for (const stream of await store.audit.erase(BOB.person)) streams.forget(stream);
		expect(await desk.list(ANN)).toMatchObject([{ name: 'a' }]);
		await registered(streams, ANN, 'b');
		await desk.send(ANN, message({ id: 'm3' }));
		expect(await desk.receive(ANN, 'b', ONCE)).toMatchObject([{ message: { id: 'm3' } }]);
	});

	it('with an address get signed posts, tried again for hours, one at a time for each source', async () => {
		const { desk, streams } = await two();
		await expect(
			registered(streams, BOB, 'w', { reach: { kind: 'webhook', url: 'https://private/' } }),
		).rejects.toMatchObject({ code: 'address-refused' });
		const { secret } = await registered(streams, BOB, 'w', { reach: { kind: 'webhook', url: 'https://w.example/in' } });
		await desk.send(ANN, message({ target: 'w' }));
		await settle();
		expect(receiver.posts).toMatchObject([{ url: 'https://w.example/in', secrets: [secret] }]);
		expect(JSON.parse(receiver.posts[0]?.body ?? '')).toMatchObject({
			type: 'agent.message',
			data: { agent: 'w', message: { id: 'm1', source: 'a' } },
		});
		const failure = { kind: 'retryable', code: 'http-503', message: 'It answered 503.' } as const;
		receiver.answer = () => ({ kind: 'failed', failure, gone: false });
		await desk.send(ANN, message({ target: 'w', id: 'm2' }));
		await desk.send(ANN, message({ target: 'w', id: 'm3' }));
		for (let hours = 0; hours < 24; hours++) await clock.advance(60 * MINUTE);
		const tried = receiver.posts.map(
			({ body }) => (JSON.parse(body) as { data: { message: { id: string } } }).data.message.id,
		);
		expect(tried).toEqual(['m1', ...Array(10).fill('m2'), ...Array(10).fill('m3')]);
		expect(await desk.deadLetters(BOB, 'w')).toHaveLength(2);
		await expect(desk.receive(BOB, 'w', ONCE)).rejects.toMatchObject({ code: 'not-possible' });
	});

	it('go to an agent elsewhere with the token that only the vault knows, and bring its answer back', async () => {
		const { desk, streams } = await two();
		const reach = { kind: 'a2a', url: 'https://far.example', token: 'shown-there' } as const;
		await registered(streams, BOB, 'far', { reach });
		const answer = await desk.request(ANN, message({ target: 'far', id: 'q' }), { timeoutMs: MINUTE });
		expect(answer).toMatchObject({ source: 'far', inReplyTo: 'q', payload: { state: 'completed' } });
		expect(carried).toMatchObject([{ url: 'https://far.example', token: 'shown-there', message: { id: 'q' } }]);
		const history = await store.events.read(asStreamId('agent-far'), 0);
		expect(JSON.stringify([history, await desk.list(BOB)])).not.toContain('shown-there');
		await desk.unregister(BOB, 'far');
		expect(vault.names).toEqual([]);
	});

	it('with a workflow have it run for each message, and its result goes back as the answer', async () => {
		const { desk, streams } = await two();
		await registered(streams, BOB, 'flow', { reach: { kind: 'workflow', workflow: 'look-up' } });
		const asking = desk.request(ANN, message({ target: 'flow', id: 'q' }), { timeoutMs: MINUTE });
		await settle();
		expect(runs).toMatchObject([{ name: 'look-up', input: { id: 'q', source: 'a' }, origins: ['agent:a'] }]);
		streams.stop();
		await asking.catch(() => {});
		const after = open();
		await adopt(after);
		await settle();
		expect(runs).toHaveLength(1);
		for (const end of ends.values()) end();
		await settle();
		// Who asked asks again after a crash: nothing runs twice, and the answer is there.
		const again = await after.desk.request(ANN, message({ target: 'flow', id: 'q' }), { timeoutMs: MINUTE });
		expect(again).toMatchObject({ source: 'flow', inReplyTo: 'q', payload: { status: 'done', output: { found: 3 } } });
		expect(runs).toHaveLength(1);
		await registered(after, BOB, 'none', { reach: { kind: 'workflow', workflow: 'none' } });
		await after.desk.send(ANN, message({ target: 'none' }));
		await settle();
		expect(await after.desk.deadLetters(BOB, 'none')).toMatchObject([{ reason: 'No such workflow. List them.' }]);
		const [told] = await after.desk.receive(ANN, 'a', ONCE);
		expect(told?.message).toMatchObject({
			source: 'none',
			payload: { status: 'failed', error: { code: 'unknown-workflow' } },
		});
	});

	it('whose workflow could not begin answer once more when the message is replayed after mending', async () => {
		const { desk, streams } = await two();
		await registered(streams, BOB, 'none', { reach: { kind: 'workflow', workflow: 'none' } });
		await desk.send(ANN, message({ target: 'none' }));
		await settle();
		missing.clear();
		await desk.replay(BOB, 'none', 'm1');
		await settle();
		for (const end of ends.values()) end();
		await settle();
		const told = (await desk.receive(ANN, 'a', ONCE)).map((one) => one.message);
		expect(told).toMatchObject([
			{ inReplyTo: 'm1', payload: { status: 'failed' } },
			{ inReplyTo: 'm1', payload: { status: 'done', output: { found: 3 } } },
		]);
	});

	it('carry nothing anywhere while their person is a guest; it can be replayed afterwards', async () => {
		const { desk, streams } = await two();
		await registered(streams, BOB, 'w', { reach: { kind: 'webhook', url: 'https://w.example/in' } });
		await registered(streams, BOB, 'far', { reach: { kind: 'a2a', url: 'https://far.example', token: 't' } });
		roles.set(BOB.person, 'guest');
		for (const target of ['w', 'far']) await desk.send(ANN, message({ target }));
		await settle();
		expect([receiver.posts, carried]).toEqual([[], []]);
		roles.set(BOB.person, 'member');
		for (const name of ['w', 'far']) await desk.replay(BOB, name, 'm1');
		await settle();
		expect([receiver.posts.length, carried.length]).toEqual([1, 1]);
	});

	it('that ask from a task have the answer handed to it as an event', async () => {
		const { desk } = await two();
		const step = agentSend({ desk, roleOf: async () => 'member', now: () => clock.now() });
		const run = {
			taskId: asTaskId('t1'),
			stepId: asStepId('ask'),
			person: ANN.person,
			origins: ['web:x.example'],
			key: 'k',
		};
		const { id: _id, ...input } = message();
		const sent = (await step.run({ ...run, input: { ...input, awaitReplyMs: MINUTE } as never })) as {
			id: string;
			event: string;
		};
		expect(await step.run({ ...run, input: { ...input, awaitReplyMs: MINUTE } as never })).toMatchObject({
			duplicate: true,
		});
		const [got] = await desk.receive(BOB, 'b', ONCE);
		expect(got?.message).toMatchObject({ id: sent.id, origins: ['web:x.example', 'agent:a'] });
		const answer = { id: 'r', source: 'b', target: 'a', type: 'reply', inReplyTo: sent.id, payload: 'yes' };
		await desk.send(BOB, answer);
		await settle();
		expect(events).toEqual([
			{
				task: 't1',
				name: sent.event,
				data: { id: 'r', from: 'b', type: 'reply', payload: 'yes' },
				origins: ['agent:b'],
			},
		]);
		expect(await desk.receive(ANN, 'a', ONCE)).toEqual([]);
		const bobs = { ...run, input: input as never, person: BOB.person };
		await expect(step.run(bobs)).rejects.toMatchObject({ code: 'forbidden' });
	});

	it('that are asked in one step give that step the answer, and are asked once however often it runs', async () => {
		const { desk } = await two();
		const step = agentRequest({ desk, roleOf: async () => 'member', now: () => clock.now() });
		const { id: _id, ...input } = message();
		const run = {
			...{ taskId: asTaskId('t1'), stepId: asStepId('ask'), person: ANN.person, origins: [], key: 'k' },
			input: { ...input, replyMs: MINUTE } as never,
		};
		const awaited = await step.run(run);
		expect(awaited).toMatchObject({
			event: expect.stringMatching(/^agent\.reply\.step\./),
			until: clock.now() + MINUTE,
		});
		expect(await step.run(run)).toEqual(awaited);
		const got = await desk.receive(BOB, 'b', { ...ONCE, max: 10 });
		expect(got).toHaveLength(1);
		const asked = got[0]?.message.id ?? '';
		await desk.send(BOB, { id: 'r', source: 'b', target: 'a', type: 'reply', inReplyTo: asked, payload: 'yes' });
		await settle();
		expect(events).toMatchObject([{ task: 't1', name: `agent.reply.${asked}`, data: { from: 'b', payload: 'yes' } }]);
		await desk.acknowledge(BOB, 'b', [asked]);
		await step.run({ ...run, key: 'other' });
		const [{ message: other } = { message: undefined }] = await desk.receive(BOB, 'b', ONCE);
		// As large as a payload may be, which leaves no room for who says it.
		const large = { id: 'l', source: 'b', target: 'a', type: 'reply', payload: 'x'.repeat(65_534) };
		await desk.send(BOB, { ...large, ...(other === undefined ? {} : { inReplyTo: other.id }) });
		await settle();
		expect(events[1]?.data).toMatchObject({ id: 'l', payload: { status: 'failed', error: { code: 'too-large' } } });
		await expect(step.run({ ...run, person: BOB.person })).rejects.toMatchObject({ code: 'forbidden' });
	});
});
