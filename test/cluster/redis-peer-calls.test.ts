import { RedisPeerCalls } from '@errand/core/adapters/redis/redis-peer-calls.ts';
import { peerCallsContract } from '@errand/core/testing/peer-calls.contract.ts';
import { expect, test } from 'vitest';
import { eventually, testLines } from './support/redis-lines.ts';

const lines = testLines();
const { log } = lines;

peerCallsContract(
	'RedisPeerCalls',
	async () => {
		const [one, two] = await Promise.all([lines.open('one'), lines.open('two')]);
		return { serves: new RedisPeerCalls({ line: one, log }), asks: new RedisPeerCalls({ line: two, log }) };
	},
	async () => {},
);

test('carries a call out once, though it was sent again because the answer of Redis was lost', async () => {
	const { line, proxy } = await lines.openThroughProxy('asks');
	const there = await lines.open('serves');
	const [asks, serves] = [line, there].map((each) => new RedisPeerCalls({ line: each, log }));
	const heard: string[] = [];
	let sent = 0;
	await there.channels.listen(there.keys.callsChannel('count'), () => sent++);
	serves?.serve('count', async (text) => `${heard.push(text)}`);
	await eventually(() => expect(asks?.ask('count', 'first', { timeoutMs: 5_000 })).resolves.toBe('1'));
	await eventually(async () => {
		const before = sent;
		proxy.dropAnswers(1);
		// The answer may have gone to the connection that was cut.
		await asks?.ask('count', `call ${before}`, { timeoutMs: 1_000 }).catch(() => {});
		expect(sent).toBe(before + 2);
	});
	expect(heard).toEqual([...new Set(heard)]);
});

test('asks again after an outage as if nothing had been', async () => {
	const { line, proxy } = await lines.openThroughProxy('serves');
	const other = await lines.open('asks');
	const [serves, asks] = [line, other].map((each) => new RedisPeerCalls({ line: each, log }));
	serves?.serve('echo', async (text) => text);
	const ask = (text: string) => asks?.ask('echo', text, { timeoutMs: 1_000 });
	await eventually(() => expect(ask('before')).resolves.toBe('before'));
	proxy.cut();
	await eventually(() => expect(line.reachable()).toBe(false));
	await expect(ask('meanwhile')).rejects.toMatchObject({ code: 'frontend-down' });
	proxy.heal();
	await eventually(() => expect(ask('after')).resolves.toBe('after'));
});
