import { asPersonId, asStepId, asTaskId } from '@errand/core/domain/ids.ts';
import { type RecordedTaskFact, taskFact } from '@errand/core/domain/task/facts.ts';
import type { Principal, TaskListener } from '@errand/core/orchestrator/desks/desk.ts';
import { describe, expect, it } from 'vitest';
import { feedTask } from './task-feed.ts';

const principal: Principal = { person: asPersonId('owner'), role: 'owner' };
const task = asTaskId('t');
const fact = (seq: number): RecordedTaskFact => ({ ...taskFact('SessionsClosed', {}), seq, at: 0 });

/** A history that grows while it is read. */
function history(length: number) {
	const facts = Array.from({ length }, (_, n) => fact(n + 1));
	const listeners = new Set<TaskListener>();
	return {
		add() {
			const next = fact(facts.length + 1);
			facts.push(next);
			for (const listener of listeners) listener.fact(next);
		},
		listeners,
		desk: {
			facts: async (_principal: Principal, _task: unknown, after: number) => {
				const events = facts.slice(after, after + 300);
				return { events, next: events.at(-1)?.seq ?? after };
			},
			follow: async (_principal: Principal, _task: unknown, after: number, listener: TaskListener) => {
				for (const old of facts.slice(after)) listener.fact(old);
				listeners.add(listener);
				return () => {
					listeners.delete(listener);
				};
			},
		},
	};
}

describe('feedTask', () => {
	it('hands over every fact once and in order, though more come while it reads', async () => {
		const { desk, add } = history(1_000);
		const seen: number[] = [];
		await feedTask({
			desk,
			principal,
			task,
			after: 10,
			signal: new AbortController().signal,
			sink: { fact: ({ seq }) => seen.push(seq), progress: () => {}, drained: async () => add() },
		});
		add();
		expect(seen).toEqual(Array.from({ length: seen.length }, (_, n) => n + 11));
		expect(seen.length).toBeGreaterThan(991);
	});

	it('waits for the reader before it reads another page', async () => {
		const { desk } = history(1_000);
		let handed = 0;
		let release = () => {};
		const feeding = feedTask({
			desk,
			principal,
			task,
			after: 0,
			signal: new AbortController().signal,
			sink: {
				fact: () => {
					handed += 1;
				},
				progress: () => {},
				drained: () =>
					new Promise<void>((resolve) => {
						release = resolve;
					}),
			},
		});
		await new Promise((resolve) => setImmediate(resolve));
		expect(handed).toBe(300);
		const going = setInterval(() => release(), 1);
		await feeding;
		clearInterval(going);
		expect(handed).toBe(1_000);
	});

	it('hands over nothing once it was stopped', async () => {
		const { desk, add, listeners } = history(10);
		const stopping = new AbortController();
		const seen: unknown[] = [];
		const sink = {
			fact: (fact: unknown) => seen.push(fact),
			progress: (p: unknown) => seen.push(p),
			drained: async () => {},
		};
		await feedTask({ desk, principal, task, after: 0, signal: stopping.signal, sink });
		const [listener] = listeners;
		stopping.abort();
		add();
		listener?.progress({ stepId: asStepId('s') });
		expect([seen.length, listeners.size]).toEqual([10, 0]);
	});
});
