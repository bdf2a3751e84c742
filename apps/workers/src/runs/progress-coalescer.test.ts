import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { beforeEach, expect, test } from 'vitest';
import { ProgressCoalescer } from './progress-coalescer.ts';

let clock: FakeClock;
let sent: string[];
let coalescer: ProgressCoalescer;

beforeEach(() => {
	clock = new FakeClock(0);
	sent = [];
	coalescer = new ProgressCoalescer(clock, (taskId, stepId, { percent, text }) =>
		sent.push(`${clock.now()} ${taskId}/${stepId} ${percent ?? ''} ${text ?? ''}`.trim()),
	);
});

test('sends the first word at once and the last one soon after', async () => {
	for (let percent = 0; percent <= 50; percent++) coalescer.add('t', 's', { percent });
	expect(sent).toEqual(['0 t/s 0']);
	await clock.advance(1_000);
	expect(sent).toEqual(['0 t/s 0', '100 t/s 50']);
	expect(clock.waiting).toBe(0);
});

test('sends at most ten a second for a task, its steps in turn', async () => {
	for (let ms = 0; ms < 1_000; ms += 10) {
		for (const step of ['a', 'b', 'c']) coalescer.add('t', step, { percent: ms / 10 });
		await clock.advance(10);
	}
	expect(sent.length).toBeLessThanOrEqual(11);
	for (const step of ['a', 'b', 'c'])
		expect(sent.filter((line) => line.includes(`t/${step}`)).length).toBeGreaterThan(2);
});

test('lets one task hold up no other', () => {
	coalescer.add('t1', 's', { percent: 1 });
	coalescer.add('t2', 's', { percent: 2 });
	expect(sent).toEqual(['0 t1/s 1', '0 t2/s 2']);
});

test('merges what it holds back field by field', async () => {
	coalescer.add('t', 's', { percent: 1 });
	coalescer.add('t', 's', { text: 'reading' });
	coalescer.add('t', 's', { percent: 7 });
	await clock.advance(100);
	expect(sent).toEqual(['0 t/s 1', '100 t/s 7 reading']);
});

test('drops what an ended step said, unless its turn has come', async () => {
	coalescer.add('t', 's', { percent: 1 });
	coalescer.add('t', 's', { percent: 2 });
	coalescer.endStep('t', 's');
	await clock.advance(500);
	expect(sent).toEqual(['0 t/s 1']);
	expect(clock.waiting).toBe(0);
});

test('forgets all when it stops', async () => {
	coalescer.add('t', 's', { percent: 1 });
	coalescer.add('t', 's', { percent: 2 });
	coalescer.stop();
	await clock.advance(500);
	expect(sent).toEqual(['0 t/s 1']);
});
