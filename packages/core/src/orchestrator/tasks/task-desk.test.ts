import { expect, it } from 'vitest';
import { asPersonId } from '../../domain/ids.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { Arrivals } from '../arrivals.ts';
import { TaskDesk } from './task-desk.ts';

it('a task whose sender waits holds other work up while it is recorded, and not while its files are stored', async () => {
	const clock = new FakeClock();
	const arrivals = new Arrivals(clock);
	const [stored, recorded] = [Promise.withResolvers<never[]>(), Promise.withResolvers<object>()];
	const unused = undefined as never;
	const desk = new TaskDesk({
		...{ clock, arrivals, store: unused, index: unused, audit: unused, relay: unused, bus: unused, vault: unused },
		...{ admission: unused, numbers: unused, storeFull: () => false, wantsEvents: async () => false },
		intake: { take: () => stored.promise } as never,
		tasks: { begin: () => recorded.promise } as never,
	});
	const begun: string[] = [];
	const submitted = desk.submit({ person: asPersonId('ann'), role: 'member' }, { goal: 'Well?', arriving: true });
	void arrivals.calm().then(() => begun.push('beside the files'));
	await clock.advance(0);
	expect(begun).toEqual(['beside the files']);
	stored.resolve([]);
	await clock.advance(0);
	void arrivals.calm().then(() => begun.push('after the record'));
	await clock.advance(0);
	expect(begun).toEqual(['beside the files']);
	recorded.resolve({});
	await submitted;
	await clock.advance(1);
	await clock.advance(1);
	expect(begun).toEqual(['beside the files', 'after the record']);
});
