import { expect, test } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { type ServerLife, Watch } from './watch.ts';

const BOUNDS = { firstMs: 100_000, silenceMs: 20_000, totalMs: 200_000 };

function aWatch(life?: ServerLife) {
	const clock = new FakeClock();
	const { signal } = new AbortController();
	const watch = new Watch({ clock, signal, bounds: BOUNDS, startedAt: clock.now(), life });
	return { clock, watch };
}

test('waits longer for the first word than for the next', async () => {
	const { clock, watch } = aWatch();
	await clock.advance(99_000);
	expect(watch.ended).toBeUndefined();
	watch.heard();
	watch.wrote(4);
	await clock.advance(19_000);
	expect(watch.ended).toBeUndefined();
	await clock.advance(2_000);
	expect(watch.ended).toBe('silence');
	expect(watch.quietMs).toBe(20_000);
});

test('leaves one that never says a word when its time is up, whatever signs of life it gives', async () => {
	const { clock, watch } = aWatch();
	for (let seconds = 0; seconds < 199; seconds += 1) {
		watch.heard();
		watch.wrote(0);
		await clock.advance(1_000);
	}
	expect(watch.ended).toBeUndefined();
	await clock.advance(2_000);
	expect(watch.ended).toBe('too-late');
});

test('does not cut off a model that writes five tokens a second, however long it takes', async () => {
	const { clock, watch } = aWatch();
	await clock.advance(20_000);
	for (let seconds = 1; seconds <= 800; seconds += 1) {
		watch.heard();
		watch.wrote(seconds * 20);
		await clock.advance(1_000);
	}
	expect(watch.ended).toBeUndefined();
});

test('leaves a model that only trickles', async () => {
	const { clock, watch } = aWatch();
	for (let seconds = 1; seconds <= 400 && watch.ended === undefined; seconds += 1) {
		watch.heard();
		watch.wrote(seconds);
		await clock.advance(1_000);
	}
	expect(watch.ended).toBe('too-late');
});

test('waits for its turn while the server answers others, and no longer', async () => {
	const clock = new FakeClock();
	const life = { wroteAt: 0 };
	const parts = { clock, signal: new AbortController().signal, bounds: BOUNDS, life };
	const served = new Watch({ ...parts, startedAt: clock.now() });
	const waiting = new Watch({ ...parts, startedAt: clock.now() });
	for (let seconds = 1; seconds <= 400; seconds += 1) {
		served.heard();
		served.wrote(seconds * 20);
		await clock.advance(1_000);
	}
	served.close();
	expect(waiting.ended).toBeUndefined();
	await clock.advance(98_000);
	expect(waiting.ended).toBeUndefined();
	await clock.advance(3_000);
	expect(waiting.ended).toBe('silence');
});
