import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { RateLimit } from '../../domain/dispatch/release.ts';
import { asPersonId } from '../../domain/ids.ts';
import { aJob } from '../../testing/a-job.ts';
import { textSeal } from '../sealing/text-seal.ts';
import { bullId, capabilityQueue, jobIdOf, workerQueue } from './bull-queues.ts';
import { decodeJob, encodeJob } from './job-message.ts';
import { type ReadyJob, ReleaseDesk } from './release-desk.ts';

function aDesk({ slots = 1, releasers = 1, limit }: { slots?: number; releasers?: number; limit?: RateLimit } = {}) {
	const released: string[] = [];
	const waits: number[] = [];
	const at = { now: 0, slots };
	const desk = new ReleaseDesk({
		slots: () => at.slots,
		releasers: () => releasers,
		limitOf: () => limit,
		now: () => at.now,
		release: ({ job }) => released.push(job.id),
		comeBack: (ms) => waits.push(ms),
	});
	const line = desk.line(capabilityQueue('test.work'), 'test.work');
	const join = (task: string, person = 'anna', priority = 0): ReadyJob => {
		const job = aJob(task, { person: asPersonId(person), priority });
		const ready: ReadyJob = { job, since: at.now, earlierRuns: 0, line };
		desk.join(ready);
		return ready;
	};
	return { desk, line, join, released, waits, at };
}

test('lets go twice as many as there are slots, people in turn, and the next one for each that is over', () => {
	const { desk, line, join, released } = aDesk();
	const [first] = [join('a1'), join('a2'), join('a3'), join('b1', 'ben')];
	desk.pump(line);
	expect(released).toEqual(['a1.step.1', 'b1.step.1']);
	if (first !== undefined) desk.leave(first);
	desk.pump(line);
	expect(released.at(-1)).toBe('a2.step.1');
	expect(line.released.size).toBe(2);
	expect([...line.waiting].map(({ job }) => job.taskId)).toEqual(['a3']);
});

test('lets nothing go where there is no slot, and shares slots with others who release', () => {
	const { desk, line, join, released, at } = aDesk({ slots: 0, releasers: 2 });
	for (let n = 0; n < 10; n++) join(`a${n}`);
	desk.pumpAll();
	expect(released).toEqual([]);
	at.slots = 4;
	desk.pump(line);
	expect(released).toHaveLength(4);
});

test('lets the higher priority of one person go first', () => {
	const { desk, join, released } = aDesk();
	for (const [task, priority] of [
		['low', 0],
		['high', 5],
	] as const) {
		join(task, 'anna', priority);
	}
	desk.pumpAll();
	expect(released).toEqual(['high.step.1', 'low.step.1']);
});

test('keeps to a rate limit, and asks to come back when there is room in it', () => {
	const { desk, line, join, released, waits, at } = aDesk({ slots: 10, limit: { perSecond: 10, burst: 2 } });
	for (let n = 0; n < 5; n++) join(`a${n}`);
	desk.pump(line);
	expect(released).toHaveLength(2);
	expect(waits).toEqual([100]);
	at.now = 100;
	desk.pump(line);
	expect(released).toHaveLength(3);
});

test('takes a job back that could not be released, and forgets a line that nobody stands in', () => {
	const { desk, line, join, released } = aDesk();
	const ready = join('a');
	desk.pump(line);
	desk.close(line);
	expect([...desk.lines]).toContain(line);
	desk.join(ready);
	expect([line.released.size, line.waiting.size]).toEqual([0, 1]);
	desk.pump(line);
	expect(released).toEqual(['a.step.1', 'a.step.1']);
	desk.leave(ready);
	desk.close(line);
	expect([...desk.lines]).toEqual([]);
});

test('names jobs and queues so that BullMQ takes them, and finds the names again', () => {
	const id = 'task-1.each:12.3';
	expect(bullId(id)).not.toContain(':');
	expect(jobIdOf(bullId(id))).toBe(id);
	expect(workerQueue('host:1', 'web.read')).not.toContain(':');
});

test('reads the job it wrote, and nothing of another version', () => {
	const message = { job: aJob('a', { input: { text: 'ä' } }), home: 'gateway', earlierRuns: 2 };
	const seal = textSeal(randomBytes(32));
	expect(decodeJob(encodeJob(message, seal), seal)).toEqual(message);
	expect(decodeJob('{"v":3}', seal)).toBeUndefined();
	expect(decodeJob('[]', seal)).toBeUndefined();
});

test('seals what people answered', () => {
	const answers = [{ question: 'Which code?', answer: '481516' }];
	const message = { job: aJob('a', { answers }), home: 'gateway', earlierRuns: 0 };
	const seal = textSeal(randomBytes(32));
	const text = encodeJob(message, seal);
	expect(text).not.toMatch(/481516|Which/);
	expect(decodeJob(text, seal)).toEqual(message);
	expect(decodeJob(text, textSeal(randomBytes(32)))).toBeUndefined();
	expect(decodeJob(text.replace(message.job.id, 'b.step.1'), seal)).toBeUndefined();
});
