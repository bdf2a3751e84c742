import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusal } from '../fixture/refusal.ts';
import { StandInFly } from '../fixture/stand-in-fly.ts';
import { FlyBackend } from './fly-backend.ts';
import { FlyConfigSchema } from './fly-config.ts';

let fly: StandInFly;
let address: string;
let clock: FakeClock;

beforeEach(async () => {
	fly = new StandInFly();
	clock = new FakeClock();
	address = await fly.listen();
});

afterEach(() => fly.close());

function open({ image = 'registry.fly.io/errand:1', token = 'fly-token', app = 'errand-workers' } = {}): FlyBackend {
	return new FlyBackend({
		config: FlyConfigSchema.parse({ kind: 'fly', app, image, address, region: 'fra', drainMs: 90_000 }),
		...{ token, cluster: 'errand', environment: { ERRAND_CLUSTER: 'errand' }, clock },
		command: (pool) => ({ file: '/app/main.ts', arguments: ['--pool', pool] }),
	});
}

const freely = { leaving: [], keep: [], signal: new AbortController().signal };
const at = (index: number) => {
	const id = fly.machines[index]?.id ?? '';
	return { worker: `w-${id}`, host: id, pid: 1 };
};
const states = () => fly.machines.map(({ state }) => state);

/** Lets time pass until it is done. */
async function inTime<T>(promise: Promise<T>): Promise<T> {
	let isDone = false;
	const done = promise.finally(() => {
		isDone = true;
	});
	while (!isDone) await clock.advance(50);
	return done;
}

describe('workers in Fly machines', () => {
	it('are made with their pool, their command and a stop that lets them drain', async () => {
		const backend = open();
		await backend.scaleTo('readers', 2, freely);
		expect(await backend.current('readers')).toBe(2);
		expect(await backend.current('writers')).toBe(0);
		expect(fly.machines[0]?.config).toEqual({
			image: 'registry.fly.io/errand:1',
			init: { cmd: ['env', '-u', 'DATABASE_URL', 'node', '/app/main.ts', '--pool', 'readers'] },
			env: { ERRAND_CLUSTER: 'errand' },
			guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 1_024 },
			metadata: { errand_pool: 'errand/readers' },
			restart: { policy: 'no' },
			auto_destroy: false,
			stop_config: { signal: 'SIGTERM', timeout: '90s' },
		});
	});

	it('stop when they leave, never one that is kept, and start again before others are made', async () => {
		const backend = open();
		await backend.scaleTo('readers', 3, freely);
		await backend.scaleTo('readers', 0, { ...freely, leaving: [at(0)], keep: [at(1), at(2)] });
		fly.settle();
		expect(states()).toEqual(['stopped', 'started', 'started']);
		await inTime(backend.scaleTo('readers', 4, freely));
		fly.settle();
		expect(states()).toEqual(['started', 'started', 'started', 'started']);
		expect(fly.asked('POST').filter((path) => path.endsWith('/start'))).toHaveLength(1);
	});

	it('come back with the image that is configured now', async () => {
		await open().scaleTo('readers', 1, freely);
		await open().scaleTo('readers', 0, freely);
		fly.settle();
		await open({ image: 'registry.fly.io/errand:2' }).scaleTo('readers', 1, freely);
		expect(fly.machines.map(({ config }) => config.image)).toEqual(['registry.fly.io/errand:2']);
	});

	it('keeps what came to be before Fly asked for fewer calls', async () => {
		const backend = open();
		let creates = 0;
		fly.faults.push({
			matches: ({ method }) => method === 'POST' && ++creates === 3,
			answer: { status: 429, body: { error: 'rate limit exceeded' } },
		});
		const error = await inTime(refusal(backend.scaleTo('readers', 4, freely)));
		expect(error.hint).toContain('one call a second');
		expect(await backend.current('readers')).toBe(2);
		await inTime(backend.scaleTo('readers', 4, freely));
		expect(await backend.current('readers')).toBe(4);
	});

	it('are made no faster than Fly takes calls, and counted no more often than needed', async () => {
		const backend = open();
		const before = clock.now();
		await inTime(backend.scaleTo('readers', 6, freely));
		expect(clock.now() - before).toBeGreaterThanOrEqual(3_000);
		const lists = () => fly.asked('GET').length;
		const listed = lists();
		for (let second = 0; second < 10; second++) {
			expect(await backend.current('readers')).toBe(6);
			await clock.advance(1_000);
		}
		expect(lists() - listed).toBe(2);
	});

	it('are not made any more once whoever asks may not ask any longer', async () => {
		const asking = new AbortController();
		const scaling = refusal(open().scaleTo('readers', 6, { ...freely, signal: asking.signal }));
		while (fly.machines.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
		asking.abort();
		expect((await scaling).code).toBe('cancelled');
		expect(fly.machines).toHaveLength(3);
	});

	it('says whose word is not accepted, and what is missing', async () => {
		expect((await refusal(open({ token: 'other' }).current('readers'))).hint).toContain('FLY_API_TOKEN');
		expect((await refusal(open({ app: 'nothing' }).current('readers'))).hint).toContain('Make the app first');
		fly.faults.push({ matches: () => true, answer: { status: 409, body: { error: 'lease is held' } } });
		expect((await refusal(open().current('readers'))).message).toContain('409 lease is held');
	});
});
