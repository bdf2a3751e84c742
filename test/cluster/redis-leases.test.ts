import { setTimeout as wait } from 'node:timers/promises';
import { freeLease, tendLeases } from '@errand/core/adapters/redis/lease-scripts.ts';
import type { Lease } from '@errand/core/ports/lease.ts';
import { expect, test, vi } from 'vitest';
import { startRedis } from '../support/redis-server.ts';
import { MAY_STARVE } from './support/may-starve.ts';
import { eventually, testLines } from './support/redis-lines.ts';

const lines = testLines();
/** Fails the test where nobody gives it. */
function given(lease: Lease | undefined): Lease {
	if (lease === undefined) throw new Error('The lease was not given.');
	return lease;
}

test('gives a lease to one at a time, and at once to the next when it is released', MAY_STARVE, async () => {
	const [one, two] = await Promise.all([lines.open('one'), lines.open('two')]);
	const lease = given(await one.leases.acquire('discord'));
	expect(await two.leases.acquire('discord')).toBeUndefined();
	expect(await one.leases.acquire('discord')).toBeUndefined();
	expect(await two.leases.holder('discord')).toBe('one');
	await lease.release();
	await lease.release();
	expect(lease.lost.aborted).toBe(true);
	expect(await two.leases.holder('discord')).toBeUndefined();
	const next = given(await two.leases.acquire('discord'));
	expect(next.epoch).toBeGreaterThan(lease.epoch);
	await lease.release();
	expect(await one.leases.holder('discord')).toBe('two');
});

test('keeps many leases with one call for all of them', MAY_STARVE, async () => {
	const one = await lines.open('one');
	const names = Array.from({ length: 50 }, (_, index) => `session-${index}`);
	const leases = await Promise.all(names.map(async (name) => given(await one.leases.acquire(name))));
	const calls = vi.spyOn(one.commands, 'evalsha');
	await wait(1_500);
	// Four or five renewals, and a look at the marker each second.
	expect(calls.mock.calls.length).toBeLessThan(names.length);
	expect(leases.some(({ lost }) => lost.aborted)).toBe(false);
	expect(await one.leases.holder('session-49')).toBe('one');
});

test('ends for a holder that is cut off before anybody else gets it', MAY_STARVE, async () => {
	const two = await lines.open('two');
	const { line: one, proxy } = await lines.openThroughProxy('one');
	const lease = given(await one.leases.acquire('telegram'));
	let lostAt = 0;
	lease.lost.addEventListener('abort', () => {
		lostAt = performance.now();
	});
	const won = new Promise<{ lease: Lease; at: number }>((resolve) => {
		two.leases.campaign('telegram', (next) => resolve({ lease: next, at: performance.now() }));
	});
	await wait(500);
	const cutAt = performance.now();
	proxy.cut();
	const { lease: next, at } = await won;
	expect(lostAt).toBeGreaterThan(cutAt);
	expect(lostAt).toBeLessThan(at);
	expect(next.epoch).toBeGreaterThan(lease.epoch);
	proxy.heal();
	await eventually(() => expect(one.reachable()).toBe(true));
	await lease.release();
	expect(await two.leases.holder('telegram')).toBe('two');
});

test('passes a lease round among those who wait for it, again and again', MAY_STARVE, async () => {
	const all = await Promise.all(['one', 'two', 'three'].map((self) => lines.open(self)));
	const winners: string[] = [];
	const epochs: number[] = [];
	let held = 0;
	const stops = all.map(({ self, leases }) =>
		leases.campaign('autoscaler', (lease) => {
			expect(held++).toBe(0);
			winners.push(self);
			epochs.push(lease.epoch);
			lease.lost.addEventListener('abort', () => held--);
			if (winners.length < 5) setTimeout(() => void lease.release(), 20);
		}),
	);
	await eventually(() => expect(winners).toHaveLength(5));
	expect(winners.slice(0, 3).toSorted()).toEqual(['one', 'three', 'two']);
	expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
	await Promise.all(stops.map((stop) => stop()));
	expect(await all[0]?.leases.holder('autoscaler')).toBeUndefined();
	expect(held).toBe(0);
});

test(
	'counts a claim, a renewal and a release once where their answers were lost and they were sent again',
	MAY_STARVE,
	async () => {
		const two = await lines.open('two');
		const { line: one, proxy } = await lines.openThroughProxy('one');
		proxy.dropAnswers(1);
		const lease = given(await one.leases.acquire('once'));
		const place = { redis: two.commands, keys: two.keys };
		expect(Number((await two.commands.get(two.keys.lease('once')))?.split(' ')[0])).toBe(lease.epoch);
		expect(Number(await two.commands.get(two.keys.leaseEpoch('once')))).toBe(lease.epoch);
		await wait(50);
		proxy.dropAnswers(1);
		await wait(700);
		expect(lease.lost.aborted).toBe(false);
		proxy.dropAnswers(1);
		await lease.release();
		const next = given(await two.leases.acquire('once'));
		// A release that comes late is not for the one who has it now.
		await freeLease(place, { name: 'once', token: 'one/late' });
		expect(await two.leases.holder('once')).toBe('two');
		expect(next.lost.aborted).toBe(false);
		expect(await tendLeases(place, [{ name: 'once', token: 'one/late', epoch: lease.epoch }])).toEqual([0]);
	},
);

test('is kept by its holder where Redis lost everything, and given to nobody else meanwhile', MAY_STARVE, async () => {
	const redis = await startRedis();
	lines.cleanUp(() => redis.stop());
	const [one, two] = await Promise.all([lines.open('one', redis.url), lines.open('two', redis.url)]);
	const wiped = vi.fn();
	one.onWiped(wiped);
	const lease = given(await one.leases.acquire('discord'));
	// A Redis that has just started gives nothing at first: it may have forgotten who has it.
	const uptime = /uptime_in_seconds:(\d+)/.exec(await one.commands.info('server'));
	expect(Number(uptime?.[1])).toBeGreaterThanOrEqual(2);
	await two.commands.flushall();
	await eventually(async () => expect(await two.leases.holder('discord')).toBe('one'));
	await eventually(() => expect(wiped).toHaveBeenCalledOnce());
	expect(lease.lost.aborted).toBe(false);

	let wonAt = 0;
	let lostAt = 0;
	two.leases.campaign('discord', (next) => {
		wonAt = performance.now();
		expect(next.epoch).toBeGreaterThan(lease.epoch);
	});
	lease.lost.addEventListener('abort', () => {
		lostAt = performance.now();
	});
	await redis.restart({ wipe: true });
	await eventually(() => expect(one.reachable() && two.reachable()).toBe(true));
	if (!lease.lost.aborted) await lease.release();
	await eventually(() => expect(wonAt).toBeGreaterThan(0));
	expect(lostAt).toBeLessThan(wonAt);
});

test('says that Redis is away in words, after a bounded time', async () => {
	const { line, proxy } = await lines.openThroughProxy('one');
	proxy.cut();
	await eventually(() => expect(line.reachable()).toBe(false));
	await expect(line.leases.acquire('discord')).rejects.toMatchObject({ code: 'store-unreachable' });
	await expect(line.leases.holder('discord')).rejects.toMatchObject({ code: 'store-unreachable' });
});
