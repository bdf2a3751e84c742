import { expect, test, vi } from 'vitest';
import { eventBusContract } from '../../testing/event-bus.contract.ts';
import { InProcessEventBus } from './in-process-event-bus.ts';

const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };

eventBusContract(
	'InProcessEventBus',
	async () => new InProcessEventBus(log),
	async () => {},
);

test('lets listeners stop themselves and subscribe others while a message is carried', () => {
	const bus = new InProcessEventBus(log);
	const heard: string[] = [];
	const stop = bus.subscribe('storeState', () => {
		heard.push('once');
		stop();
		bus.subscribe('storeState', () => heard.push('new'));
	});
	bus.subscribe('storeState', () => heard.push('other'));
	bus.publish('storeState', { full: true });
	expect(heard).toEqual(['once', 'other']);
	bus.publish('storeState', { full: true });
	expect(heard).toEqual(['once', 'other', 'other', 'new']);
});
