import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import type { RedisLine } from '@errand/core/adapters/redis/open-redis-line.ts';
import { RedisServices } from '@errand/core/adapters/redis/redis-services.ts';
import type { Json } from '@errand/core/domain/json.ts';
import { servicesContract } from '@errand/core/testing/services.contract.ts';
import { expect, test, vi } from 'vitest';
import { eventually, testLines } from './support/redis-lines.ts';

const lines = testLines();
const patient = { timeoutMs: 10_000 };

async function servicesOn(line: RedisLine): Promise<RedisServices> {
	const services = new RedisServices({ line, clock: new SystemClock(), log: lines.log });
	lines.cleanUp(() => services.stop());
	await services.start();
	return services;
}

async function aPair() {
	const [offers, calls] = await Promise.all(
		['offers', 'calls'].map(async (self) => servicesOn(await lines.open(self))),
	);
	if (offers === undefined || calls === undefined) throw new Error('unreachable');
	return { offers, calls };
}

servicesContract('RedisServices', aPair, async () => undefined);

test('survives a cut line in the middle of an answer: no piece is lost, and none comes twice', async () => {
	const [{ line, proxy }, other] = await Promise.all([lines.openThroughProxy('offers'), lines.open('calls')]);
	const [offers, calls] = await Promise.all([servicesOn(line), servicesOn(other)]);
	const begun = vi.fn();
	offers.register('count', async ({ piece }) => {
		begun();
		for (let n = 0; n < 40; n++) {
			piece(n);
			if (n === 10) proxy.cut();
			if (n === 20) proxy.heal();
			await new Promise((resolve) => setTimeout(resolve, n > 10 && n <= 20 ? 60 : 2));
		}
		return 'all';
	});
	await eventually(() => expect(calls.state('count').available).toBe(true));
	const heard: Json[] = [];
	const options = { timeoutMs: 20_000, onPiece: (piece: Json) => void heard.push(piece) };
	expect(await calls.call('count', 'x', null, options)).toBe('all');
	expect(heard).toEqual(Array.from({ length: 40 }, (_, n) => n));
	expect(begun).toHaveBeenCalledOnce();
});

test('tells the answer of a cast after the caller’s line was cut, once', async () => {
	const [there, { line, proxy }] = await Promise.all([lines.open('offers'), lines.openThroughProxy('calls')]);
	const [offers, calls] = await Promise.all([servicesOn(there), servicesOn(line)]);
	const go = Promise.withResolvers<Json>();
	offers.register('later', () => go.promise);
	await eventually(() => expect(calls.state('later').available).toBe(true));
	const onReply = vi.fn();
	await calls.cast('later', 'x', null, { timeoutMs: 20_000, onReply });
	proxy.cut();
	await eventually(() => expect(line.reachable()).toBe(false));
	go.resolve('then');
	await new Promise((resolve) => setTimeout(resolve, 300));
	expect(onReply).not.toHaveBeenCalled();
	proxy.heal();
	await eventually(() => expect(onReply).toHaveBeenCalledExactlyOnceWith({ answer: 'then' }));
	await new Promise((resolve) => setTimeout(resolve, 1_200));
	expect(onReply).toHaveBeenCalledOnce();
});

test('refuses a call whose process dies, and does not repeat it elsewhere; the others go on', async () => {
	const [dying, there, here] = await Promise.all(['dying', 'stays', 'calls'].map((self) => lines.open(self)));
	if (dying === undefined || there === undefined || here === undefined) throw new Error('unreachable');
	const [dies, stays, calls] = await Promise.all([servicesOn(dying), servicesOn(there), servicesOn(here)]);
	const begun = vi.fn();
	dies.register('work', () => {
		begun();
		return new Promise(() => undefined);
	});
	await eventually(() => expect(calls.state('work').available).toBe(true));
	const call = calls.call('work', 'x', null, { timeoutMs: 3_600_000 });
	const refused = expect(call).rejects.toMatchObject({ code: 'service-down' });
	await eventually(() => expect(begun).toHaveBeenCalled());
	const repeated = vi.fn(async () => 'other');
	stays.register('work', repeated);
	await eventually(() => expect(calls.state('work').instances).toBe(2));
	// Its connections end as those of a killed process do: without a word.
	await dying.close();
	await refused;
	expect(repeated).not.toHaveBeenCalled();
	await eventually(() => expect(calls.state('work').instances).toBe(1));
	expect(await calls.call('work', 'x', null, patient)).toBe('other');
});

test('sends a call elsewhere that the chosen process surely did not hear', async () => {
	const [dying, there, here] = await Promise.all(['dying', 'stays', 'calls'].map((self) => lines.open(self)));
	if (dying === undefined || there === undefined || here === undefined) throw new Error('unreachable');
	const [dies, stays, calls] = await Promise.all([servicesOn(dying), servicesOn(there), servicesOn(here)]);
	dies.register('work', async () => 'one');
	stays.register('work', async () => 'other');
	await eventually(() => expect(calls.state('work').instances).toBe(2));
	await dying.close();
	const answers = await Promise.all([1, 2, 3].map(() => calls.call('work', 'x', null, patient)));
	expect(answers).toEqual(['other', 'other', 'other']);
});

test('tells callers at once when the process stops, and takes the service off the list', async () => {
	const { offers, calls } = await aPair();
	const [begun, aborted] = [vi.fn(), vi.fn()];
	offers.register('work', ({ signal }) => {
		begun();
		signal.addEventListener('abort', aborted);
		return new Promise(() => undefined);
	});
	await eventually(() => expect(calls.state('work').available).toBe(true));
	const call = calls.call('work', 'x', null, { timeoutMs: 3_600_000 });
	const refused = expect(call).rejects.toMatchObject({ code: 'service-down' });
	await eventually(() => expect(begun).toHaveBeenCalled());
	await offers.stop();
	await refused;
	await eventually(() => expect(calls.state('work').available).toBe(false));
	expect(aborted).toHaveBeenCalled();
});

test('tells the handler that its caller is gone', async () => {
	const [there, here] = await Promise.all([lines.open('offers'), lines.open('calls')]);
	const [offers, calls] = await Promise.all([servicesOn(there), servicesOn(here)]);
	const [begun, aborted] = [vi.fn(), vi.fn()];
	offers.register('work', ({ signal }) => {
		begun();
		signal.addEventListener('abort', aborted);
		return new Promise(() => undefined);
	});
	await eventually(() => expect(calls.state('work').available).toBe(true));
	calls.call('work', 'x', null, { timeoutMs: 3_600_000 }).catch(() => undefined);
	await eventually(() => expect(begun).toHaveBeenCalled());
	await here.close();
	await vi.waitFor(() => expect(aborted).toHaveBeenCalledOnce());
});

test('carries a call out once, though it was sent again because the answer of Redis was lost', async () => {
	const [there, { line, proxy }] = await Promise.all([lines.open('offers'), lines.openThroughProxy('calls')]);
	const [offers, calls] = await Promise.all([servicesOn(there), servicesOn(line)]);
	const heard: Json[] = [];
	let sent = 0;
	await there.channels.listen(there.keys.serviceCallsChannel('count', 'offers'), (text) => {
		if (text.includes('"call"')) sent++;
	});
	offers.register('count', async ({ body }) => heard.push(body));
	await eventually(() => expect(calls.state('count').available).toBe(true));
	await eventually(async () => {
		const before = sent;
		proxy.dropAnswers(1);
		await calls.call('count', 'x', `call ${before}`, { timeoutMs: 3_000 }).catch(() => undefined);
		expect(sent).toBe(before + 2);
	});
	expect(heard).toEqual([...new Set(heard)]);
});
