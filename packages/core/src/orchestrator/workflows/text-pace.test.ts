import { describe, expect, it } from 'vitest';
import { asPersonId } from '../../domain/ids.ts';
import type { Principal } from '../desks/desk.ts';
import { TextPace } from './text-pace.ts';

const who = (role: Principal['role']): Principal => ({ person: asPersonId(role), role });
const large = ' '.repeat(1_000_000);

describe('texts of workflows', () => {
	it('are read for guests and members at a pace, whoever else sends some, and for the owner at any', () => {
		let now = 0;
		const pace = new TextPace(() => now);
		const sends =
			(role: Principal['role'], text = large) =>
			() =>
				pace.admit(who(role), text);
		for (const role of ['guest', 'member'] as const) {
			for (const _ of [1, 2]) expect(sends(role)).not.toThrow();
			expect(sends(role, 'x')).toThrow(expect.objectContaining({ code: 'rate-limited' }));
		}
		for (const _ of [1, 2, 3]) expect(sends('owner')).not.toThrow();
		now = 5_000;
		expect(sends('member')).not.toThrow();
		expect(sends('guest')).toThrow('Too much text');
		expect(sends('guest', large.slice(0, 100_000))).not.toThrow();
	});
});
