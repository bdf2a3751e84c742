import { describe, expect, it } from 'vitest';
import { SeenMarks } from './seen-marks.ts';

describe('seen marks', () => {
	it('stand after what was taken, and before what is not taken yet', () => {
		const marks = new SeenMarks();
		marks.begin('7', 'dm', '10');
		expect(marks.places()).toEqual([{ channel: '7', kind: 'dm', last: '9' }]);
		marks.begin('7', 'dm', '20');
		marks.done('7', '20');
		expect(marks.places()[0]?.last).toBe('9');
		marks.done('7', '10');
		expect(marks.places()[0]?.last).toBe('20');
	});

	it('stay before what could not be taken, until it is', () => {
		const marks = new SeenMarks();
		marks.begin('7', 'shared', '10');
		marks.leave('7', '10');
		marks.begin('7', 'shared', '20');
		marks.done('7', '20');
		expect(marks.places()[0]?.last).toBe('9');
		expect(marks.hasLeft()).toBe(true);
		expect(marks.begin('7', 'shared', '10')).toBe(true);
		expect(marks.begin('7', 'shared', '10')).toBe(false);
		marks.done('7', '10');
		expect(marks.places()[0]?.last).toBe('20');
		expect(marks.hasLeft()).toBe(false);
	});

	it('pass what is none of ours, and nothing that still waits for its turn', () => {
		const marks = new SeenMarks();
		marks.arrived('7', '9');
		expect(marks.places()).toEqual([]);
		marks.wrote('7', 'shared', '10');
		for (const id of ['20', '30', '40']) marks.arrived('7', id);
		marks.passed('7', '30');
		expect(marks.places()[0]?.last).toBe('19');
		expect(marks.begin('7', 'shared', '20')).toBe(true);
		marks.done('7', '20');
		marks.passed('7', '40');
		expect(marks.places()[0]?.last).toBe('40');
	});

	it('are kept as text, the latest channels first, and not without end', () => {
		const marks = new SeenMarks();
		for (let channel = 1; channel <= 400; channel++) {
			marks.begin(String(channel), 'dm', '5');
			marks.done(String(channel), '5');
		}
		const again = new SeenMarks();
		again.restore(JSON.stringify(marks.toSaved()));
		expect(again.places()).toEqual(marks.places());
		expect(again.places()).toHaveLength(300);
		expect(again.places()[0]).toEqual({ channel: '400', kind: 'dm', last: '5' });
	});

	it('stay where somebody is served, however many strangers write', () => {
		const marks = new SeenMarks();
		const served = Array.from({ length: 200 }, (_, at) => String(1_000 + at));
		for (const channel of served) {
			marks.begin(channel, 'dm', '5');
			marks.done(channel, '5');
		}
		const strangers = Array.from({ length: 1_000 }, (_, at) => String(5_000 + at));
		for (const channel of strangers) marks.begin(channel, 'dm', '5');
		for (const channel of strangers) marks.refused(channel, '5');
		marks.begin('1000', 'dm', '6');
		marks.refused('1000', '6');
		expect(
			marks
				.places()
				.map(({ channel }) => channel)
				.toSorted(),
		).toEqual(served);
		expect(marks.places().find(({ channel }) => channel === '1000')?.last).toBe('6');
	});

	it('begin anew from text that is broken', () => {
		for (const text of [undefined, '', '{', '[]', '{"v":2,"places":[]}', '{"v":1,"places":[{"channel":"x"}]}']) {
			const marks = new SeenMarks();
			marks.restore(text);
			expect(marks.places()).toEqual([]);
		}
	});
});
