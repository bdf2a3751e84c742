import { ErrandClient, type FollowEvent, type PlanStep } from '@errand/client/errand-client.ts';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { expectedChoices } from '../fixtures/policies/expected.ts';
import { type ServedPolicies, servePolicies, wrongCells } from '../fixtures/policies/serve-policies.ts';
import { tableOf } from '../harness/answer-table.ts';
import { type LoopbackSite, serveSite } from '../harness/loopback-site.ts';
import { eventually } from '../harness/process-tree.ts';
import { type ClusterErrand, startCluster } from './support/cluster-errand.ts';
import { ownPlace } from './support/own-place.ts';

/** A cluster as it ships: two gateways, a frontends process and three workers. What one gateway is told shows at the other. */
describe('a task that is given to one gateway', () => {
	let policies: ServedPolicies;
	let site: LoopbackSite;
	let slowPageIsLeft: () => boolean;
	let isThere = false;
	let cluster: ClusterErrand;
	let [here, there]: ErrandClient[] = [];

	beforeAll(async () => {
		policies = await servePolicies();
		let left = false;
		slowPageIsLeft = () => left;
		site = await serveSite({
			'/slow': (_request, response) => {
				response.on('close', () => {
					left = true;
				});
			},
			'/late': (_request, response) => {
				response.writeHead(isThere ? 200 : 500, { 'Content-Type': 'text/plain' }).end('Here now.');
			},
		});
		const { databaseUrl, redisUrl, cluster: name } = await ownPlace();
		cluster = await startCluster({
			postgresUrl: databaseUrl,
			redisUrl,
			cluster: name,
			frontends: 1,
			env: { ERRAND_ALLOW_PRIVATE_HOSTS: `${policies.host},${site.host}` },
		});
		[here, there] = [0, 1].map((n) => new ErrandClient({ url: cluster.gateway(n).url, token: cluster.token }));
	});
	afterAll(async () => {
		await cluster?.dispose();
		await Promise.all([policies?.stop(), site?.stop()]);
	});
	const clients = () => {
		onTestFailed(() => console.error(cluster.outputs()));
		if (here === undefined || there === undefined) throw new Error('The cluster was not started.');
		return { here, there };
	};

	it('is followed live through the other, over events and over a socket, to its answer', async () => {
		const { here, there } = clients();
		const need = expectedChoices[0]?.need ?? '';
		const { id } = await here.submit(`Compare these three insurance policies. ${need} ${policies.links}`);
		const socket = io(cluster.gateway(1).url, { auth: { token: cluster.token }, transports: ['websocket'] });
		const heard: { seq: number; type: string }[] = [];
		socket.on('fact', ({ taskId, fact }) => taskId === id && heard.push(fact));
		await socket.timeout(30_000).emitWithAck('follow', { taskId: id, after: 0 });
		const read = await factsOf(there.follow(id));
		await eventually(async () => heard.some(({ type }) => type === 'TaskCompleted'), { describe: async () => heard });
		socket.close();

		const inOrder = read.map((_, index) => index + 1);
		expect(read.map(({ seq }) => seq)).toEqual(inOrder);
		// A socket goes on after the end: it may have heard by now that the end was told.
		expect(heard.slice(0, read.length).map(({ seq }) => seq)).toEqual(inOrder);
		const { text } = await there.result(id);
		expect(wrongCells(tableOf(text))).toEqual([]);
		expect((await here.result(id)).text).toBe(text);
	});

	it('is carried out by the workers, by several at once', async () => {
		const { here } = clients();
		const { id } = await here.submit(`Compare these three insurance policies. ${policies.links}`);
		await here.result(id);
		const { steps } = (await cluster.gateway(0).task(id)).plan;
		const workers = async () => {
			const known = await cluster.any.call('GET', '/v1/workers');
			return ((await known.json()) as { workers: { id: string }[] }).workers.map((worker) => worker.id);
		};
		// One that got no turn for a while is taken for dead until it is heard again.
		await eventually(async () => (await workers()).length === 3, { describe: workers });
		const names = await workers();
		const ran = steps.flatMap(({ worker }) => worker ?? []);
		expect(ran.length).toBeGreaterThanOrEqual(4);
		expect(ran.filter((name) => !names.includes(name))).toEqual([]);
	});

	it('is answered through the other', async () => {
		const { here, there } = clients();
		const ask = { questions: [{ kind: 'text', text: 'Which colour?' }] };
		const { id } = await here.submit({ goal: 'Ask me', plan: [step('ask', 'human.ask', ask)] });
		await cluster.gateway(1).settled(id);
		const [question] = (await there.task(id)).questions;
		expect(question?.text).toBe('Which colour?');
		await there.answer(id, question?.id ?? '', 'green');
		await eventually(async () => (await cluster.gateway(0).task(id)).status === 'done');
	});

	it('is cancelled through the other, wherever it runs', async () => {
		const { here, there } = clients();
		const { id } = await here.submit({ goal: 'Read', plan: [step('a', 'web.read', { url: `${site.origin}/slow` })] });
		await eventually(async () => site.asked.includes('/slow'));
		await there.cancel(id);
		await eventually(async () => (await cluster.gateway(0).task(id)).status === 'cancelled');
		// Left alone, the reading would end after 25 s.
		await eventually(async () => slowPageIsLeft(), { limitMs: 20_000 });
	});

	it('is tried again through the other', async () => {
		const { here, there } = clients();
		const read = step('a', 'web.read', { url: `${site.origin}/late` });
		const { id } = await here.submit({ goal: 'Read', plan: [{ ...read, retry: { maxAttempts: 1, waitsMs: [100] } }] });
		expect(await cluster.gateway(0).settled(id)).toMatchObject({ status: 'failed' });
		isThere = true;
		await there.retry(id);
		await eventually(async () => (await cluster.gateway(0).task(id)).status === 'done');
	});

	it('comes of a conversation that is read at the other', async () => {
		const { here, there } = clients();
		await here.say('web-owner', 'hello');
		await eventually(async () => (await there.messages('web-owner')).entries.some(({ kind }) => kind === 'reply'));
		expect((await there.messages('web-owner')).entries.map(({ kind }) => kind)).toEqual(['message', 'reply']);
	});

	it('runs a workflow that was saved and changed at either', async () => {
		const { here, there } = clients();
		const put = (n: number, said: string, baseVersion?: number) =>
			fetch(`${cluster.gateway(n).url}/v1/workflows/told`, {
				method: 'PUT',
				headers: { Authorization: `Bearer ${cluster.token}`, 'Content-Type': 'application/json' },
				body: JSON.stringify({ text: `name: told\nsteps:\n  - let: ${said}\n`, baseVersion }),
			});
		expect((await put(0, 'first')).status).toBe(200);
		expect(await there.runWorkflow('told', {}, { wait: 30 })).toMatchObject({ status: 'done', output: 'first' });
		expect((await put(1, 'second', 1)).status).toBe(200);
		expect(await here.runWorkflow('told', {}, { wait: 30 })).toMatchObject({ status: 'done', output: 'second' });
		expect((await put(0, 'third', 1)).status).toBe(409);
	});
});

function step(id: string, capability: string, input: PlanStep['input']): PlanStep {
	return { id, title: id, capability, input, dependsOn: [], essential: true };
}

async function factsOf(events: AsyncIterable<FollowEvent>): Promise<{ seq: number; type: string }[]> {
	const facts: { seq: number; type: string }[] = [];
	for await (const event of events) if (event.kind === 'fact') facts.push(event.fact);
	return facts;
}
