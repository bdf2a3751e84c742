import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readChatCommand } from '../conversation/chat-command.ts';
import { codeFrom, readCode, showCode } from './code-words.ts';

describe('codes', () => {
	it('are read as they are shown, and as people type them', () => {
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (bytes) => {
				const code = codeFrom(bytes);
				const shown = showCode(code);
				expect(shown).toMatch(/^[A-Z][0-9A-Z]{3}-[0-9A-Z]{4}$/);
				for (const typed of [
					shown,
					code,
					shown.toLowerCase(),
					` ${shown.replace('-', ' ')} `,
					shown.replace('-', '–'),
				]) {
					expect(readCode(typed)).toBe(code);
				}
				expect(readCode(shown.replaceAll('0', 'o').replaceAll('1', 'l'))).toBe(code);
				expect(readChatCommand(`/pair ${code.slice(0, 4)} ${code.slice(4)}`)).not.toHaveProperty('number');
			}),
		);
	});

	it.each(['', 'K7QF', 'K7QF-2M9', 'K7QF-2M9D1', 'K7QF-2M9U', '17QF-2M9D', 'telegram:4711', 'K7QF2M9D'.repeat(1_000)])(
		'are nothing else: %s',
		(text) => {
			expect(readCode(text)).toBeUndefined();
		},
	);
});
