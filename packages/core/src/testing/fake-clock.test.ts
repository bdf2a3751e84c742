import { expect, test } from 'vitest';
import { FakeClock } from './fake-clock.ts';

test('runs what falls due in order of time, waits set meanwhile included', async () => {
	const clock = new FakeClock(0);
	const ran: string[] = [];
	clock.after(300, () => ran.push(`late at ${clock.now()}`));
	clock.after(100, () => {
		ran.push(`early at ${clock.now()}`);
		clock.after(50, () => ran.push(`inner at ${clock.now()}`));
	});
	await clock.advance(200);
	expect(ran).toEqual(['early at 100', 'inner at 150']);
	await clock.advance(100);
	expect(ran).toEqual(['early at 100', 'inner at 150', 'late at 300']);
	expect(clock.waiting).toBe(0);
});

test('never runs a wait that was called off', async () => {
	const clock = new FakeClock(0);
	let ran = false;
	const callOff = clock.after(10, () => {
		ran = true;
	});
	callOff();
	await clock.advance(1_000);
	expect(ran).toBe(false);
});
