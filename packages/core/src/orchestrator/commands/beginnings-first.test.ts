import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { BeginningsFirst } from './beginnings-first.ts';

const AT_ONCE = 256;

let clock: FakeClock;
let first: BeginningsFirst;
let done: string[];
let ends: (() => void)[];

beforeEach(() => {
	clock = new FakeClock();
	first = new BeginningsFirst(clock);
	done = [];
	ends = [];
});

/** Something that begins, and has begun when it is told to. */
function begin(count: number): void {
	for (let index = 0; index < count; index++) {
		void first.begin(() => new Promise<void>((resolve) => ends.push(resolve)));
	}
}

function goOn(count: number): void {
	for (let index = 0; index < count; index++) void first.goOn().then(() => done.push(`run ${index}`));
}

describe('beginnings and runs', () => {
	it('do not mind each other as long as no beginning waits for its turn', async () => {
		begin(AT_ONCE);
		goOn(3);
		await clock.advance(0);
		expect(ends).toHaveLength(AT_ONCE);
		expect(done).toEqual(['run 0', 'run 1', 'run 2']);
	});

	it('take turns when beginnings wait: those first, then the runs in order', async () => {
		begin(AT_ONCE + 1);
		goOn(2);
		await clock.advance(1);
		expect(done).toEqual([]);
		ends[0]?.();
		await clock.advance(0);
		expect(ends).toHaveLength(AT_ONCE + 1);
		expect(done).toEqual(['run 0', 'run 1']);
	});

	it('go on side by side in the end, though beginnings never cease', async () => {
		begin(2 * AT_ONCE);
		goOn(40);
		await clock.advance(100);
		expect(done).toHaveLength(32);
		await clock.advance(100);
		expect(done).toHaveLength(40);
	});

	it('come to no harm by a beginning that fails', async () => {
		const failed = Array.from({ length: AT_ONCE }, () => first.begin(() => Promise.reject(new Error('no'))));
		begin(1);
		expect((await Promise.allSettled(failed)).every(({ status }) => status === 'rejected')).toBe(true);
		await clock.advance(0);
		expect(ends).toHaveLength(1);
	});

	it('hold back for good once all has stopped', async () => {
		begin(AT_ONCE + 1);
		goOn(1);
		await clock.advance(0);
		first.stop();
		first.stop();
		goOn(1);
		for (const end of ends) end();
		await clock.advance(1_000);
		expect(done).toEqual([]);
		expect(clock.waiting).toBe(0);
	});
});
