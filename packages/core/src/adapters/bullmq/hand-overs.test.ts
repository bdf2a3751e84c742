import { expect, test, vi } from 'vitest';
import { aJob } from '../../testing/a-job.ts';
import { HandOvers, type HandOversParts } from './hand-overs.ts';
import type { DeskLine, ReadyJob } from './release-desk.ts';

function setUp(parts: Partial<HandOversParts> = {}) {
	const failed: string[] = [];
	const replied: string[] = [];
	const handOvers = new HandOvers({
		line: { keys: { answersChannel: (to: string) => to } } as never,
		queues: { of: () => ({ keys: {}, jobKey: (id: string) => id }), redis: {} } as never,
		...{ fits: () => true, takes: () => true, isFull: () => false, encode: () => '{}', there: () => {} },
		log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
		failed: ({ job }) => failed.push(job.id),
		...parts,
	});
	const end = (worker: string) =>
		handOvers.ended({
			...{ jobId: 'a', worker, from: `${worker}:1`, held: { queue: 'q', token: 't' }, answer: { n: 1 } },
			reply: () => replied.push(worker),
		});
	return { handOvers, failed, replied, end };
}

const line = { queue: 'q', capability: 'test.work', worker: undefined, released: new Set() } as unknown as DeskLine;
const aReady = (name: string): ReadyJob => ({ job: aJob(name), since: 0, earlierRuns: 0, line });

test('what cannot be written down goes back in line, and the worker is answered nevertheless', async () => {
	const { handOvers, failed, replied, end } = setUp({
		encode: () => {
			throw new Error('The seal is broken.');
		},
	});
	end('one');
	expect(handOvers.take(aReady('b'))).toBe(true);
	handOvers.send();
	await vi.waitFor(() => expect(failed).toEqual(['b.step.1']));
	expect(replied).toEqual(['one']);
});

test('a worker that takes nothing any more is handed nothing after the run it ended', async () => {
	const { handOvers, end } = setUp({ takes: (worker) => worker === 'two', isFull: () => true });
	end('one');
	handOvers.send();
	expect(handOvers.take(aReady('b'))).toBe(false);
	end('two');
	handOvers.send();
	expect(handOvers.take(aReady('c'))).toBe(true);
});
