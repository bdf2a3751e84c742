import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Role, type SendMessageRequest, type StreamResponse, TaskState } from '@a2a-js/sdk';
import { type Client, ClientFactory, DefaultAgentCardResolver, JsonRpcTransportFactory } from '@a2a-js/sdk/client';
import { ErrandClient } from '@errand/client/errand-client.ts';
import { withoutSalt } from '@errand/core/adapters/history/payload-salt.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { eventually } from '../harness/process-tree.ts';
import { type ClusterErrand, startCluster } from './support/cluster-errand.ts';
import { sql } from './support/open-new-history.ts';
import { type OwnPlace, ownPlace } from './support/own-place.ts';

/** Two gateways and two workers: the workers have a module and an MCP server, the gateways neither. */
describe('two gateways', () => {
	let place: OwnPlace;
	let folder: string;
	let cluster: ClusterErrand;
	let [here, there]: ErrandClient[] = [];

	beforeAll(async () => {
		place = await ownPlace();
		folder = await mkdtemp(join(tmpdir(), 'errand-together-'));
		const servers = join(folder, 'servers.json');
		await writeFile(join(folder, 'module.ts'), MODULE);
		const server = { command: 'node', args: [join(import.meta.dirname, 'fixture/counting-mcp-server.mjs')] };
		await writeFile(servers, JSON.stringify({ mcpServers: { box: server } }));
		cluster = await startCluster({
			...{ postgresUrl: place.databaseUrl, redisUrl: place.redisUrl, cluster: place.cluster, workers: 2 },
			workerArgs: ['--modules', join(folder, 'module.ts')],
			envOf: { worker: { ERRAND_MCP_SERVERS: servers } },
		});
		[here, there] = [0, 1].map((n) => new ErrandClient({ url: cluster.gateway(n).url, token: cluster.token }));
	});
	// The next test finds both, however this one ended.
	afterEach(async () => {
		const dead = cluster.members('gateway').filter((one) => !one.running());
		await Promise.all(dead.map(({ index }) => cluster.restart('gateway', index)));
	});
	afterAll(async () => {
		await cluster?.dispose();
		await rm(folder, { recursive: true, force: true });
	});
	const clients = () => {
		onTestFailed(() => console.error(cluster.outputs()));
		if (here === undefined || there === undefined) throw new Error('The cluster was not started.');
		return { here, there };
	};
	const call = async <T = unknown>(n: number, method: string, path: string, body?: unknown): Promise<T> => {
		const response = await cluster.gateway(n).call(method, path, body);
		const text = await response.text();
		if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
		return (text === '' ? undefined : JSON.parse(text)) as T;
	};
	const save = (n: number, name: string, steps: string) =>
		call(n, 'PUT', `/v1/workflows/${name}`, { text: `name: ${name}\nsteps:\n${steps}` });

	const send = (n: number, id: string, more: object = {}) =>
		call(n, 'POST', '/v1/agents/messages', { ...ASKED, id, payload: id, ...more });
	const receive = (n: number, query: string) =>
		call<{ messages: Delivery[] }>(n, 'GET', `/v1/agents/helper/messages?${query}`).then(({ messages }) => messages);

	it('run a workflow of a module that only workers have, and one saved at the other that calls it', async () => {
		const { here, there } = clients();
		await eventually(async () => (await there.runWorkflow('louder', { text: 'a' }, { wait: 20 })).status === 'done');
		expect(await here.runWorkflow('louder', { text: 'hi' }, { wait: 20 })).toMatchObject({ output: { loud: 'HI!' } });
		await save(
			0,
			'twice',
			'  - id: one\n    workflow: louder\n    with: { text: ab }\n  - let: ${one.loud + one.loud}\n',
		);
		expect(await there.runWorkflow('twice', {}, { wait: 20 })).toMatchObject({ status: 'done', output: 'AB!AB!' });
	});

	it('both offer the MCP server of the workers, and steps of one task meet one connection', async () => {
		clients();
		for (const n of [0, 1]) {
			await eventually(async () => {
				const { capabilities } = await call<{ capabilities: { name: string; source?: string }[] }>(
					n,
					'GET',
					'/v1/capabilities',
				);
				return capabilities.some(({ name, source }) => name === 'mcp.box.count' && source === 'mcp');
			});
		}
		const counts = await Promise.all(
			[0, 1, 0, 1].map(async (n) => {
				const ids = ['a', 'b', 'c', 'd', 'e'];
				const plan = ids.map((id, index) => ({
					...{ id, title: id, capability: 'mcp.box.count', input: {}, essential: true },
					dependsOn: ids.slice(0, index).slice(-1),
				}));
				const id = await cluster.gateway(n).submit({ goal: 'Count', plan });
				expect(await cluster.gateway(n).settled(id)).toMatchObject({ status: 'done' });
				return (await cluster.gateway(n).facts(id)).flatMap(({ type, data }) =>
					type === 'StepCompleted' ? [(data as unknown as Counted).output.value.structured] : [],
				);
			}),
		);
		for (const seen of counts) {
			expect(seen.map(({ calls }) => calls)).toEqual([1, 2, 3, 4, 5]);
			expect(new Set(seen.map(({ self }) => self)).size).toBe(1);
		}
	});

	it('carry messages and answers of agents to each other', async () => {
		clients();
		for (const name of ['asker', 'helper']) await call(0, 'POST', '/v1/agents', { name });

		const [[first]] = await Promise.all([receive(1, 'wait=10000'), send(0, 'm1')]);
		expect(first?.message).toMatchObject({ id: 'm1', payload: 'm1' });
		await call(0, 'POST', '/v1/agents/helper/messages/ack', { ids: ['m1'] });
		expect(await receive(1, 'wait=0')).toEqual([]);

		const [answer] = await Promise.all([
			call<object>(0, 'POST', '/v1/agents/request', { ...ASKED, id: 'r1', payload: 6, timeoutMs: 30_000 }),
			receive(1, 'wait=10000').then(async ([asked]) => {
				await send(1, 'r1-answer', {
					source: 'helper',
					target: 'asker',
					inReplyTo: 'r1',
					payload: Number(asked?.message.payload) * 7,
				});
				await call(1, 'POST', '/v1/agents/helper/messages/ack', { ids: ['r1'] });
			}),
		]);
		expect(answer).toMatchObject({ source: 'helper', inReplyTo: 'r1', payload: 42 });
	});

	it('go on with what the other had begun when it died: messages on lease, and an A2A task', async () => {
		clients();
		const sent = Array.from({ length: 20 }, (_, n) => `k${n}`);
		await Promise.all(sent.map((id) => send(0, id)));
		expect(await receive(0, 'max=10&lease=1000')).toHaveLength(10);
		const [begun] = await events((await a2a(cluster, 0)).sendMessageStream(saying('Ask me which colour I like')), 1);
		const { id, contextId } = begun?.payload?.$case === 'task' ? begun.payload.value : { id: '', contextId: '' };
		await cluster.kill('gateway', 0);

		const got = new Set<string>();
		await eventually(async () => {
			const ids = (await receive(1, 'wait=2000&max=100')).map(({ message }) => message.id);
			for (const one of ids) got.add(one);
			if (ids.length > 0) await call(1, 'POST', '/v1/agents/helper/messages/ack', { ids });
			return got.size === sent.length;
		});
		const client = await a2a(cluster, 1);
		const stateNow = async (asked: Client) => (await asked.getTask({ tenant: '', id })).status?.state;
		await eventually(async () => (await stateNow(client)) === TaskState.TASK_STATE_INPUT_REQUIRED);
		const told = await events(client.sendMessageStream(saying('Blue', { taskId: id, contextId })));
		expect(stateIn(told.at(-1))).toBe(TaskState.TASK_STATE_COMPLETED);

		await cluster.restart('gateway', 0);
		expect(await receive(0, 'wait=0')).toEqual([]);
		expect(await stateNow(await a2a(cluster, 0))).toBe(TaskState.TASK_STATE_COMPLETED);
	});

	it('begin one task at each due time, whichever of them dies, and all that were missed when both were away', async () => {
		const { here, there } = clients();
		await save(0, 'tick', '  - let: tock\n');
		const timing = { kind: 'every', everyMs: 1_000 } as const;
		const schedule = await here.schedules.create({
			title: 'Tick along',
			when: { timing, timeZone: 'UTC', catchUp: 'all' },
			what: { do: { kind: 'workflow', name: 'tick' }, tell: 'never' },
		});
		const runs = async () => (await there.schedules.get(schedule.id)).runs;
		await eventually(async () => (await runs()) >= 1);
		await cluster.kill('gateway', 0);
		const before = await runs();
		await eventually(async () => (await runs()) >= before + 1);
		await cluster.kill('gateway', 1);
		await wait(2_600);
		await Promise.all([cluster.restart('gateway', 0), cluster.restart('gateway', 1)]);
		await eventually(async () => (await runs()) >= before + 4);
		expect(await here.schedules.pause(schedule.id)).toMatchObject({ status: 'paused' });
		const pausedAt = Date.now();
		expect((await there.schedules.get(schedule.id)).status).toBe('paused');
		await wait(1_300);

		const named = `SELECT name FROM errand.streams WHERE kind = 'task' AND summary LIKE '%Tick along%'`;
		const begun = async () => (await sql<{ name: string }>(place.databaseUrl, named)).map(({ name }) => name);
		const due = async () => (await firedOf(place, schedule.id)).map(({ task }) => `task-${task}`);
		// A task begins a moment after its schedule says so.
		const isAllBegun = async () => (await begun()).toSorted().join() === (await due()).toSorted().join();
		await eventually(isAllBegun, { describe: async () => [await begun(), await due()] });
		const fired = await firedOf(place, schedule.id);
		const dues = fired.map(({ due }) => due);
		expect(dues).toEqual(dues.map((_, index) => (dues[0] ?? 0) + index * timing.everyMs));
		expect(dues.at(-1)).toBeLessThanOrEqual(pausedAt);
		expect(await there.schedules.get(schedule.id)).toMatchObject({ runs: fired.length, missed: 0 });
	});
});

const MODULE = `
import { defineWorkflow } from '@errand/capability-sdk';
import { z } from 'zod';

export const louder = defineWorkflow({
	name: 'louder',
	input: z.object({ text: z.string() }),
	steps: (flow, input) => {
		const loud = flow.step('shout', { input: { text: input.text }, run: ({ text }) => text.toUpperCase() + '!' });
		return { loud };
	},
});
`;
const ASKED = { source: 'asker', target: 'helper', type: 'question' };

interface Counted {
	readonly output: { readonly value: { readonly structured: { readonly self: string; readonly calls: number } } };
}
interface Delivery {
	readonly message: { readonly id: string; readonly payload: unknown };
}

/** What history says of each due time that was carried out. */
async function firedOf({ databaseUrl }: OwnPlace, id: string): Promise<readonly { due: number; task: string }[]> {
	const rows = await sql<{ payload: string }>(
		databaseUrl,
		`SELECT payload FROM errand.appends a JOIN errand.streams s ON s.id = a.stream WHERE s.name = 'schedule-${id}' ORDER BY first_seq`,
	);
	const facts = rows.flatMap(({ payload }) => JSON.parse(withoutSalt(payload)) as object[]);
	return facts.filter((fact) => 'due' in fact) as { due: number; task: string }[];
}

async function a2a(cluster: ClusterErrand, n: number): Promise<Client> {
	const fetchImpl: typeof fetch = (input, init) => {
		const headers = { ...Object.fromEntries(new Headers(init?.headers)), authorization: `Bearer ${cluster.token}` };
		return fetch(input, { ...init, headers });
	};
	const card = await new DefaultAgentCardResolver({ fetchImpl }).resolve(cluster.gateway(n).url);
	return await new ClientFactory({ transports: [new JsonRpcTransportFactory({ fetchImpl })] }).createFromAgentCard(
		card,
	);
}

async function events(
	stream: AsyncGenerator<StreamResponse>,
	atMost = Number.POSITIVE_INFINITY,
): Promise<StreamResponse[]> {
	const seen: StreamResponse[] = [];
	for await (const event of stream) if (seen.push(event) >= atMost) break;
	return seen;
}

/** A task that ended before anybody followed it is told whole, as it ended. */
function stateIn(event: StreamResponse | undefined): TaskState | undefined {
	const { payload } = event ?? {};
	return payload?.$case === 'statusUpdate' || payload?.$case === 'task' ? payload.value.status?.state : undefined;
}

let said = 0;
function saying(text: string, change: Partial<NonNullable<SendMessageRequest['message']>> = {}): SendMessageRequest {
	const parts = [
		{ content: { $case: 'text', value: text } as const, metadata: undefined, filename: '', mediaType: 'text/plain' },
	];
	const message = {
		...{ messageId: `m${++said}`, taskId: '', contextId: '', role: Role.ROLE_USER, parts },
		...{ metadata: undefined, extensions: [], referenceTaskIds: [] },
		...change,
	};
	return { tenant: '', message, configuration: undefined, metadata: undefined };
}
