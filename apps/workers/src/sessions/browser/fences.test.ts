import { asPersonId, asStepId, asTaskId } from '@errand/core/domain/ids.ts';
import type { BrowserRun } from '@errand/core/ports/browser.ts';
import { expect, test } from 'vitest';
import { Fences } from './fences.ts';

function aRun(attempt: number, run: number, step = 's', task = 't'): BrowserRun {
	return { taskId: asTaskId(task), person: asPersonId('p'), stepId: asStepId(step), attempt, run };
}
const stale = expect.objectContaining({ code: 'stale-outcome' });

test('lets the newest run of a step act, and those before it no more', () => {
	const fences = new Fences();
	expect(fences.admit(aRun(1, 1))).toBe(true);
	expect(fences.admit(aRun(1, 1))).toBe(false);
	expect(fences.admit(aRun(1, 2))).toBe(true);
	expect(() => fences.admit(aRun(1, 1))).toThrow(stale);
	expect(fences.admit(aRun(2, 1))).toBe(true);
	expect(() => fences.admit(aRun(1, 9))).toThrow(stale);
	expect(fences.admit(aRun(1, 1, 'other'))).toBe(true);
});

test('lets no run act after its end, also if it never began', () => {
	const fences = new Fences();
	fences.admit(aRun(1, 1));
	fences.end(aRun(1, 1));
	fences.end(aRun(3, 1, 'unused'));
	expect(() => fences.admit(aRun(1, 1))).toThrow(stale);
	expect(() => fences.admit(aRun(3, 1, 'unused'))).toThrow(stale);
	expect(fences.admit(aRun(4, 1, 'unused'))).toBe(true);
});

test('does not end a newer run with an older one', () => {
	const fences = new Fences();
	fences.admit(aRun(2, 1));
	fences.end(aRun(1, 1));
	expect(fences.admit(aRun(2, 1))).toBe(false);
});

test('keeps runs out of a closed task, but not those of its second life, and forgets only closed tasks', () => {
	const fences = new Fences();
	fences.admit(aRun(1, 1));
	fences.admit(aRun(5, 1, 's', 'open'));
	fences.endTask(asTaskId('t'));
	for (let task = 0; task < 900; task++) {
		fences.admit(aRun(1, 1, 's', `task-${task}`));
		fences.endTask(asTaskId(`task-${task}`));
	}
	expect(() => fences.admit(aRun(1, 1))).toThrow(stale);
	expect(fences.admit(aRun(2, 1))).toBe(true);
	for (let task = 0; task < 2_000; task++) fences.end(aRun(1, 1, 's', `late-${task}`));
	expect(() => fences.admit(aRun(4, 1, 's', 'open'))).toThrow(stale);
});
