import { describe, expect, it } from 'vitest';
import { parseArguments, USAGE } from './arguments.ts';

describe('the arguments of migrate', () => {
	it('say where history goes', () => {
		expect(parseArguments(['--to', 'postgres'])).toEqual({ to: 'postgres', help: false });
		expect(parseArguments(['--to=sqlite'])).toEqual({ to: 'sqlite', help: false });
		expect(parseArguments(['--help'])).toMatchObject({ help: true });
	});

	it.each([[[]], [['--to']], [['--to', 'mysql']], [['--from', 'sqlite']], [['postgres']]])(
		'are refused with the usage where they make no sense: %j',
		(argv) => {
			expect(() => parseArguments(argv)).toThrow(expect.objectContaining({ code: 'invalid-input', hint: USAGE }));
		},
	);
});
