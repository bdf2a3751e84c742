import { ErrandClient } from '@errand/client/errand-client.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { type ClusterErrand, startCluster } from '../cluster/support/cluster-errand.ts';
import { ownPlace } from '../cluster/support/own-place.ts';
import { type ModelStandIn, startModelStandIn } from '../harness/model-stand-in.ts';
import { followLikeAPage } from '../harness/page-follower.ts';
import { percentiles } from '../harness/percentiles.ts';
import { eventually } from '../harness/process-tree.ts';
import { scriptedMind } from '../harness/scripted-mind.ts';
import { type Balancer, startBalancer } from '../support/balancer.ts';
import { serversMissing } from '../support/servers-missing.ts';

const TASKS = 20;
const CHAT = 'web-owner';

describe.skipIf(serversMissing() !== undefined)('two gateways behind one address', () => {
	let model: ModelStandIn;
	let cluster: ClusterErrand;
	let balancer: Balancer;
	beforeAll(async () => {
		[model, balancer] = await Promise.all([startModelStandIn(scriptedMind), startBalancer()]);
		const { databaseUrl: postgresUrl, redisUrl, cluster: name } = await ownPlace();
		cluster = await startCluster({
			...{ postgresUrl, redisUrl, cluster: name, programs: 'with-test-capabilities', workers: 2 },
			env: { ...model.env, ERRAND_PUBLIC_URL: balancer.url },
			workerArgs: ['--concurrency', '24'],
		});
	});
	afterAll(async () => {
		await balancer?.close();
		await cluster?.dispose();
		await model?.stop();
	});
	const urlOf = (gateway: number) => cluster.gateway(gateway).url;

	it(`go on with ${TASKS} tasks where the one that drives them is killed: who followed sees each fact once`, async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		const { token } = cluster;
		balancer.lead([urlOf(0), urlOf(1)], 'in-order');
		const anywhere = new ErrandClient({ url: balancer.url, token });
		const other = new ErrandClient({ url: urlOf(1), token });
		const page = followLikeAPage(balancer.url, token);
		const events = new Map<string, number[]>();
		const readAll = async (id: string, client: ErrandClient, seqs: number[]) => {
			for await (const event of client.follow(id)) if (event.kind === 'fact') seqs.push(event.fact.seq);
		};
		try {
			const submit = (plan: readonly unknown[]) => cluster.gateway(0).submit({ goal: 'Go on', plan });
			const ids = await Promise.all(Array.from({ length: TASKS }, () => submit(chain(10, 300))));
			const question = { kind: 'text', text: 'Which colour?' };
			const asking = await submit([{ ...step('ask'), capability: 'human.ask', input: { questions: [question] } }]);
			for (const id of ids) page.follow(id);
			const reading = ids.flatMap((id, n) => {
				const own: number[] = [];
				events.set(id, own);
				const there: number[] = [];
				if (n < 5) events.set(`${id} at the other`, there);
				return [readAll(id, anywhere, own), ...(n < 5 ? [readAll(id, other, there)] : [])];
			});
			const read = Promise.all(reading);
			read.catch(() => {});
			await page.say('Show green after 4000 ms in 8 steps', 'said-once');
			await cluster.gateway(0).settled(asking);
			await eventually(async () => ids.every((id) => (page.seen.get(id)?.length ?? 0) > 4));

			const killedAt = Date.now();
			const before = new Map(ids.map((id) => [id, page.seen.get(id)?.length ?? 0]));
			await cluster.kill('gateway', 0);
			const [asked] = (await other.task(asking)).questions;
			await other.answer(asking, asked?.id ?? '', 'green');
			const answers = await Promise.all(ids.map((id) => other.result(id)));
			expect(answers.map(({ text }) => text)).toEqual(ids.map(() => 'said 9'));
			expect((await other.result(asking)).text).toContain('green');
			await read;

			const afterKill: number[] = [];
			for (const id of ids) {
				const facts = await cluster.gateway(1).facts(id);
				const whole = facts.map((_, index) => index + 1);
				expect(facts.map(({ seq }) => seq)).toEqual(whole);
				expect(facts.filter(({ type }) => type === 'StepCompleted')).toHaveLength(10);
				expect(facts.filter(({ type }) => type === 'StepFailed')).toEqual([]);
				const next = facts.find(({ at }) => at > killedAt);
				if (next !== undefined) afterKill.push(next.at - killedAt);
				const last = facts.findLastIndex(({ type }) => type === 'TaskCompleted') + 1;
				for (const [follower, seqs] of events) {
					if (follower.startsWith(id)) expect(seqs.slice(0, last), follower).toEqual(whole.slice(0, last));
				}
				await eventually(async () => (page.seen.get(id)?.length ?? 0) >= last);
				expect(
					page.seen
						.get(id)
						?.slice(0, last)
						.map(({ seq }) => seq),
				).toEqual(whole.slice(0, last));
			}
			const shown = ids.flatMap((id) => page.seen.get(id)?.[before.get(id) ?? 0] ?? []).map(({ at }) => at - killedAt);
			console.log(
				`A gateway killed that drove ${TASKS} tasks. From the kill to the next fact of each: ${percentiles(afterKill)}; until a page that was connected to it saw one: ${percentiles(shown)}.`,
			);
			expect(afterKill).toHaveLength(TASKS);
			expect(page.connections()).toBeGreaterThan(1);

			const green = async () => {
				const { entries } = await other.messages(CHAT);
				return entries.flatMap((one) => (one.kind === 'reply' && one.reply.kind === 'answer' ? [one] : []));
			};
			await eventually(async () => (await green()).length > 0);
			expect((await green()).map(({ reply }) => reply.text)).toEqual(['green']);
			await eventually(async () => [...page.replies.values()].some(({ text }) => text === 'green'));
			expect([...page.replies.values()].filter(({ kind }) => kind === 'answer')).toHaveLength(1);
		} finally {
			page.close();
			await cluster.restart('gateway', 0);
		}
	}, 120_000);

	it('are replaced one after the other under load, and no client hears of it', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		balancer.lead([urlOf(0), urlOf(1)]);
		const client = new ErrandClient({ url: balancer.url, token: cluster.token });
		const page = followLikeAPage(balancer.url, cluster.token);
		let over = false;
		const done: string[] = [];
		const work = async (who: number) => {
			for (let round = 0; !over; round++) {
				const { id } = await client.submit({ goal: `${who}.${round}`, plan: chain(3, 100) });
				page.follow(id);
				const seqs: number[] = [];
				for await (const event of client.follow(id)) if (event.kind === 'fact') seqs.push(event.fact.seq);
				expect(seqs).toEqual(seqs.map((_, index) => index + 1));
				expect((await client.result(id)).text).toBe('said 2');
				await client.say(`${CHAT}-${who}`, `Tell me: ${who}.${round}`);
				done.push(id);
			}
			return client.messages(`${CHAT}-${who}`);
		};
		try {
			const working = Promise.all(Array.from({ length: 4 }, (_, who) => work(who)));
			/** Whatever goes wrong for a client ends the test. */
			const more = (count: number) => {
				const before = done.length;
				return Promise.race([working, eventually(async () => done.length >= before + count, { limitMs: 60_000 })]);
			};
			for (const gateway of [0, 1]) {
				await more(5);
				expect(await cluster.stop('gateway', gateway)).toBe(0);
				await more(3);
				await cluster.restart('gateway', gateway);
			}
			await more(5);
			over = true;
			await working;
			for (const id of done) expect(await cluster.any.task(id)).toMatchObject({ status: 'done' });
			for (let who = 0; who < 4; who++) {
				const lines = async (kind: 'message' | 'reply') =>
					(await client.messages(`${CHAT}-${who}`)).entries.filter((entry) => entry.kind === kind);
				await eventually(async () => (await lines('reply')).length >= (await lines('message')).length);
				const told = (await lines('reply')).flatMap((line) => (line.kind === 'reply' ? [line.reply.text] : []));
				expect(new Set(told).size).toBe(told.length);
			}
			console.log(`Two gateways replaced while ${done.length} tasks were done.`);
		} finally {
			over = true;
			page.close();
		}
	}, 120_000);
});

function step(id: string) {
	return { id, title: id, dependsOn: [] as string[], essential: true };
}

/** Steps one after the other; the answer is what the last one says. */
function chain(length: number, ms: number) {
	return Array.from({ length }, (_, n) => ({
		...step(`s${n}`),
		capability: 'test.wait',
		input: { ms, say: `said ${n}` },
		dependsOn: n === 0 ? [] : [`s${n - 1}`],
	}));
}
