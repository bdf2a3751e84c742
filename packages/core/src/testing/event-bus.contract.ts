import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { asStepId, asTaskId } from '../domain/ids.ts';
import type { IEventBus } from '../ports/event-bus.ts';

/** eventBusContract declares what every IEventBus promises. */
export function eventBusContract(name: string, setup: () => Promise<IEventBus>, teardown: () => Promise<void>): void {
	describe(`${name} keeps the event bus contract`, () => {
		let bus: IEventBus;
		beforeEach(async () => {
			bus = await setup();
		});
		afterEach(teardown);

		test('carries a message to everybody who listens to its topic, and to nobody else', async () => {
			const [first, second, other] = [vi.fn(), vi.fn(), vi.fn()];
			bus.subscribe('storeState', first);
			bus.subscribe('storeState', second);
			bus.subscribe('progress', other);
			bus.publish('storeState', { full: true });
			await vi.waitFor(() => expect(first).toHaveBeenCalledExactlyOnceWith({ full: true }));
			await vi.waitFor(() => expect(second).toHaveBeenCalledExactlyOnceWith({ full: true }));
			expect(other).not.toHaveBeenCalled();
		});

		test('keeps the order of the messages of one publisher', async () => {
			const heard: (number | undefined)[] = [];
			bus.subscribe('progress', ({ percent }) => heard.push(percent));
			const step = { taskId: asTaskId('t'), stepId: asStepId('s') };
			for (let percent = 1; percent <= 20; percent++) bus.publish('progress', { ...step, percent });
			await vi.waitFor(() => expect(heard).toEqual(Array.from({ length: 20 }, (_, index) => index + 1)));
		});

		test('carries nothing to a listener that has stopped', async () => {
			const [stopped, staying] = [vi.fn(), vi.fn()];
			const stop = bus.subscribe('storeState', stopped);
			bus.subscribe('storeState', staying);
			stop();
			stop();
			bus.publish('storeState', { full: false });
			await vi.waitFor(() => expect(staying).toHaveBeenCalledOnce());
			expect(stopped).not.toHaveBeenCalled();
		});

		test('lets a listener that throws disturb neither the publisher nor the others', async () => {
			const other = vi.fn();
			bus.subscribe('storeState', () => {
				throw new Error('listener broke');
			});
			bus.subscribe('storeState', other);
			bus.publish('storeState', { full: true });
			await vi.waitFor(() => expect(other).toHaveBeenCalledOnce());
		});
	});
}
