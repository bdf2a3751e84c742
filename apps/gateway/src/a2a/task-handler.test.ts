import { ServerCallContext } from '@a2a-js/sdk/server';
import { asPersonId } from '@errand/core/domain/ids.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { beforeEach, expect, it } from 'vitest';
import type { ShownArtifacts } from './shown-artifacts.ts';
import { type A2aCall, CALL, type HandlerParts, TaskHandler } from './task-handler.ts';

let stand: () => TaskView;
let changed: () => void;
let handler: TaskHandler;
beforeEach(() => {
	stand = () => standing('running');
	changed = () => {};
	handler = new TaskHandler({
		tasks: {
			view: async () => stand(),
			follow: async (_who: unknown, _task: unknown, _after: number, { fact }: { fact(fact: object): void }) => {
				changed = () => fact({ type: 'StepStarted' });
				return () => {};
			},
		} as unknown as HandlerParts['tasks'],
		exchanges: { get: async () => undefined } as unknown as HandlerParts['exchanges'],
		artifacts: { of: async () => [] } as unknown as ShownArtifacts,
		card: async () => {
			throw new Error('Nobody asks for it.');
		},
		clock: new FakeClock(),
	});
});

function standing(status: TaskView['status']): TaskView {
	const plan = { version: 1, steps: [] };
	return { id: 't1', status, questions: [], plan, seq: 1, createdAt: 1, goal: 'x' } as unknown as TaskView;
}

function listen(change: Partial<A2aCall>) {
	const person = { person: asPersonId('ann'), role: 'owner' } as const;
	const call: A2aCall = { principal: person, signal: new AbortController().signal, ready: async () => {}, ...change };
	return handler.resubscribe({ tenant: '', id: 't1' }, new ServerCallContext({ state: new Map([[CALL, call]]) }));
}

async function become(view: () => TaskView): Promise<void> {
	stand = view;
	// It follows from the moment it was asked for the next event.
	for (let turn = 0; turn < 20; turn++) await Promise.resolve();
	changed();
}

it('tells nothing more until a client has taken what it was told', async () => {
	const taken = Promise.withResolvers<void>();
	const told: string[] = [];
	const events = listen({
		ready: async () => {
			told.push('asked whether it may');
			await taken.promise;
		},
	});
	expect(await events.next()).toMatchObject({ value: { payload: { $case: 'task' } } });
	const next = events.next().then(() => told.push('told'));
	await become(() => standing('done'));
	for (let turn = 0; turn < 20; turn++) await Promise.resolve();
	expect(told).toEqual(['asked whether it may']);
	taken.resolve();
	await next;
	expect(told.at(-1)).toBe('told');
});

it('ends a stream that breaks off, and says why to whoever wants to hear it; before its first event it refuses', async () => {
	const failing = () => {
		throw new Error('The history is away.');
	};
	const broke: unknown[] = [];
	const events = listen({ broke: (error) => broke.push(error) });
	await events.next();
	const next = events.next();
	await become(failing);
	expect(await next).toEqual({ done: true, value: undefined });
	expect(broke).toMatchObject([{ message: 'The history is away.' }]);
	await expect(listen({ broke: () => {} }).next()).rejects.toThrow();
});
