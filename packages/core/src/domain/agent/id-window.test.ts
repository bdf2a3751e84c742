import { describe, expect, it } from 'vitest';
import { ID_WINDOW, type IdWindow, NO_IDS, rememberId, remembers } from './id-window.ts';

const idOf = (n: number) => `${(n * 7919).toString(36)}-${n}`;

describe('ids that are remembered for a while', () => {
	it('are known through as many later ones as the window is wide, and forgotten before three times as many', () => {
		let window: IdWindow = NO_IDS;
		for (let n = 0; n < 2 * ID_WINDOW; n++) window = rememberId(window, idOf(n));
		for (let n = ID_WINDOW; n < 2 * ID_WINDOW; n += 97) expect(remembers(window, idOf(n))).toBe(true);
		for (let n = 2 * ID_WINDOW; n < 3 * ID_WINDOW + 1; n++) window = rememberId(window, idOf(n));
		expect(remembers(window, idOf(0))).toBe(false);
		expect(remembers(window, 'never')).toBe(false);
	});

	it('are not taken for one that is only a part of them', () => {
		const window = rememberId(rememberId(NO_IDS, 'abcdef'), 'abzz');
		expect([remembers(window, 'abcdef'), remembers(window, 'abcde'), remembers(window, 'abz')]).toEqual([
			true,
			false,
			false,
		]);
	});
});
