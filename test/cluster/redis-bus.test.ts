import { setTimeout as wait } from 'node:timers/promises';
import { openRedisLine, type RedisLine } from '@errand/core/adapters/redis/open-redis-line.ts';
import { asStepId, asStreamId, asTaskId, taskStream } from '@errand/core/domain/ids.ts';
import type { BusMessages } from '@errand/core/ports/event-bus.ts';
import { eventBusContract } from '@errand/core/testing/event-bus.contract.ts';
import { expect, inject, test } from 'vitest';
import { eventually, testLines } from './support/redis-lines.ts';

const lines = testLines();
const task = asTaskId('t1');
const stream = taskStream(task);
const step = asStepId('s1');

let contractLine: RedisLine;
eventBusContract(
	'RedisEventBus',
	async () => {
		contractLine = await openRedisLine({ url: inject('redisUrl'), cluster: 'contract', self: 'one', log: lines.log });
		return contractLine.bus;
	},
	() => contractLine.close(),
);

function fact(seq: number, data = {}) {
	return { seq, at: seq, type: 'StepStarted', v: 1, data };
}

/** Everything of a topic that a process hears from now on. */
function hears<T extends keyof BusMessages>({ bus }: RedisLine, topic: T): BusMessages[T][] {
	const heard: BusMessages[T][] = [];
	bus.subscribe(topic, (message) => heard.push(message));
	return heard;
}

/** What was said before is heard by then. */
async function settle(from: RedisLine, to: RedisLine): Promise<void> {
	const channel = `${from.keys.cluster}:settle`;
	let heard = false;
	const stop = await to.channels.listen(channel, () => {
		heard = true;
	});
	await from.commands.publish(channel, '');
	await eventually(() => expect(heard).toBe(true));
	stop();
}

test('carries facts to processes that attend to their stream, and to no others', async () => {
	const [one, two, three] = await Promise.all([lines.open('one'), lines.open('two'), lines.open('three')]);
	const [here, there, elsewhere] = [hears(one, 'facts'), hears(two, 'facts'), hears(three, 'facts')];
	await two.bus.attend(stream);
	await three.bus.attend(asStreamId('task-other'));
	one.bus.publish('facts', { stream, facts: [fact(1), fact(2)] });
	expect(here).toEqual([{ stream, facts: [fact(1), fact(2)] }]);
	await eventually(() => expect(there).toEqual([{ stream, facts: [fact(1), fact(2)], elsewhere: true }]));
	await settle(one, three);
	expect(elsewhere).toEqual([]);
});

test('tells the home of a stream without its attending, once even where it does', async () => {
	const [one, home] = await Promise.all([lines.open('one'), lines.open('home')]);
	const heard = hears(home, 'facts');
	await settle(one, home);
	one.bus.publish('facts', { stream, facts: [fact(1)], home: 'home' });
	await eventually(() => expect(heard).toHaveLength(1));
	await home.bus.attend(stream);
	one.bus.publish('facts', { stream, facts: [fact(2)], home: 'home' });
	await settle(one, home);
	await settle(one, home);
	expect(heard).toEqual([1, 2].map((seq) => ({ stream, facts: [fact(seq)], home: 'home', elsewhere: true })));
});

test('believes whoever may tell progress nothing else, whomever they say they are', async () => {
	const [one, two] = await Promise.all([lines.open('one'), lines.open('two')]);
	const [facts, progress] = [hears(two, 'facts'), hears(two, 'progress')];
	await two.bus.attend(stream);
	const forged = [
		{ from: 'one', n: 1e9, kind: 'facts', facts: { stream, facts: [fact(1)] } },
		{ from: 'one', n: 1e9, kind: 'progress', taskId: task, steps: [{ stepId: step, text: 'forged' }] },
	];
	for (const message of forged) await one.commands.publish(one.keys.taskChannel(task), JSON.stringify(message));
	one.bus.publish('facts', { stream, facts: [fact(2)] });
	await eventually(() => expect(facts).toEqual([{ stream, facts: [fact(2)], elsewhere: true }]));
	expect(progress).toMatchObject([{ text: 'forged' }]);
});

test('never hears its own words twice, nor says again what came from elsewhere', async () => {
	const [one, two] = await Promise.all([lines.open('one'), lines.open('two')]);
	const [here, there] = [hears(one, 'facts'), hears(two, 'facts')];
	await Promise.all([one.bus.attend(stream), two.bus.attend(stream)]);
	one.bus.publish('facts', { stream, facts: [fact(1)], home: 'one' });
	one.bus.publish('facts', { stream, facts: [fact(2)], elsewhere: true });
	await settle(one, two);
	await settle(one, one);
	expect(here).toHaveLength(2);
	expect(there.map(({ facts }) => facts[0]?.seq)).toEqual([1]);
});

test('sends ten messages of progress a second for a task at most, with the newest of each step', async () => {
	const [worker, gateway] = await Promise.all([lines.open('worker'), lines.open('gateway')]);
	const [here, heard] = [hears(worker, 'progress'), hears(gateway, 'progress')];
	await gateway.bus.attend(stream);
	let messages = 0;
	await gateway.channels.listen(gateway.keys.taskChannel(task), () => messages++);
	const other = asStepId('s2');
	const startedAt = performance.now();
	for (let percent = 1; percent <= 60; percent++) {
		worker.bus.publish('progress', { taskId: task, stepId: step, percent });
		worker.bus.publish('progress', { taskId: task, stepId: other, partial: `${percent}` });
		if (percent === 3) worker.bus.publish('progress', { taskId: task, stepId: step, text: 'reads' });
		await wait(10);
	}
	await eventually(() => expect(heard.findLast(({ stepId }) => stepId === step)?.percent).toBe(60));
	await eventually(() => expect(heard.findLast(({ stepId }) => stepId === other)?.partial).toBe('60'));
	expect(here).toHaveLength(121);
	expect(heard.some(({ text }) => text === 'reads')).toBe(true);
	expect(messages).toBeLessThanOrEqual(2 + (performance.now() - startedAt) / 100);
	expect(messages).toBeGreaterThan(3);
});

test('carries facts that are too big as a hint that they are there', async () => {
	const [one, two] = await Promise.all([lines.open('one'), lines.open('two')]);
	const heard = hears(two, 'facts');
	await two.bus.attend(stream);
	one.bus.publish('facts', { stream, facts: [fact(1, { text: 'x'.repeat(20_000) })], home: 'two' });
	await eventually(() => expect(heard).toEqual([{ stream, facts: [], home: 'two', elsewhere: true }]));
});

test('hears nothing more once nobody attends, each call counting for itself', async () => {
	const [one, two] = await Promise.all([lines.open('one'), lines.open('two')]);
	const heard = hears(two, 'facts');
	const stops = await Promise.all([two.bus.attend(stream), two.bus.attend(stream)]);
	stops[0]();
	stops[0]();
	one.bus.publish('facts', { stream, facts: [fact(1)] });
	await eventually(() => expect(heard).toHaveLength(1));
	stops[1]();
	await settle(one, two);
	one.bus.publish('facts', { stream, facts: [fact(2)] });
	await settle(one, two);
	expect(heard).toHaveLength(1);
	const [, subscribers] = (await one.commands.pubsub('NUMSUB', one.keys.factsChannel(stream))) as [string, number];
	expect(subscribers).toBe(0);
});

test('says that messages were missed once it listens again after an outage', async () => {
	const one = await lines.open('one');
	const { line: two, proxy } = await lines.openThroughProxy('two');
	const [facts, missed] = [hears(two, 'facts'), hears(two, 'missed')];
	await two.bus.attend(stream);
	const other = asStreamId('task-t2');
	proxy.cut();
	await eventually(() => expect(two.reachable()).toBe(false));
	one.bus.publish('facts', { stream, facts: [fact(1)] });
	// Attending while Redis is away waits for nothing.
	await two.bus.attend(other);
	expect(missed).toEqual([]);
	proxy.heal();
	await eventually(() => expect(missed).toEqual([{}]));
	one.bus.publish('facts', { stream: other, facts: [fact(2)] });
	await eventually(() => expect(facts.map((message) => message.stream)).toEqual([other]));
});

test('tells after an outage that there are facts which it could not send, and drops progress', async () => {
	const two = await lines.open('two');
	const { line: one, proxy } = await lines.openThroughProxy('one');
	const [facts, progress] = [hears(two, 'facts'), hears(two, 'progress')];
	await two.bus.attend(stream);
	proxy.cut();
	await eventually(() => expect(one.reachable()).toBe(false));
	for (const seq of [1, 2, 3]) one.bus.publish('facts', { stream, facts: [fact(seq)] });
	one.bus.publish('progress', { taskId: task, stepId: step, percent: 50 });
	proxy.heal();
	await eventually(() => expect(facts).toEqual([{ stream, facts: [], elsewhere: true }]));
	one.bus.publish('facts', { stream, facts: [fact(4)] });
	await eventually(() => expect(facts.at(-1)?.facts).toEqual([fact(4)]));
	expect(progress).toEqual([]);
});

test('notices a line that is silent without having been closed', async () => {
	const { line, proxy } = await lines.openThroughProxy('one');
	const missed = hears(line, 'missed');
	const changes: boolean[] = [];
	line.onReachableChange((reachable) => changes.push(reachable));
	proxy.halfOpen();
	await eventually(() => expect(changes).toEqual([false]));
	proxy.heal();
	await eventually(() => expect(changes).toEqual([false, true]));
	await eventually(() => expect(missed).toEqual([{}]));
});

test('is heard once, also where the answer to it was lost and it was sent again', async () => {
	const two = await lines.open('two');
	const { line: one, proxy } = await lines.openThroughProxy('one');
	const heard = hears(two, 'facts');
	await two.bus.attend(stream);
	proxy.dropAnswers(1);
	one.bus.publish('facts', { stream, facts: [fact(1)] });
	await eventually(() => expect(heard).toHaveLength(1));
	await eventually(() => expect(one.reachable()).toBe(true));
	one.bus.publish('facts', { stream, facts: [fact(2)] });
	await eventually(() => expect(heard.at(-1)?.facts).toEqual([fact(2)]));
	expect(heard.map(({ facts }) => facts[0]?.seq)).toEqual([1, 2]);
});
