import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { changeEnvText } from './env-text.ts';

describe('changeEnvText', () => {
	it('replaces its variables where they stand and keeps every other line', () => {
		const text =
			'# mine\nPORT=4000\nOPENAI_MODEL=old # the small one\n\nexport OPENAI_API_KEY="old"\n# OPENAI_PRICE=1,2\n';
		expect(changeEnvText(text, { OPENAI_API_KEY: 'sk-new', OPENAI_MODEL: 'new', OPENAI_PRICE: '1,5' })).toBe(
			'# mine\nPORT=4000\nOPENAI_MODEL=new\n\nOPENAI_API_KEY=sk-new\n# OPENAI_PRICE=1,2\nOPENAI_PRICE=1,5\n',
		);
	});

	it('takes out what is no longer meant, and second mentions', () => {
		const text = 'OPENAI_BASE_URL=http://a/v1\nOPENAI_MODEL=a\nOPENAI_MODEL=b';
		expect(changeEnvText(text, { OPENAI_BASE_URL: undefined, OPENAI_MODEL: 'c' })).toBe('OPENAI_MODEL=c\n');
	});

	it('begins a file', () => {
		expect(changeEnvText('', { OPENAI_MODEL: 'qwen3:8b' })).toBe('OPENAI_MODEL=qwen3:8b\n');
	});

	it.each(['a#b', "it's", 'say "x"', `'"#`, '$HOME', 'a\\nb'])('writes %j so that Node reads the same', (value) => {
		expect(parseEnv(changeEnvText('', { OPENAI_API_KEY: value }))).toEqual({ OPENAI_API_KEY: value });
	});

	it.each(['\'"`', "'a\nb"])('refuses %j, which Node could not read back', (value) => {
		expect(() => changeEnvText('', { OPENAI_API_KEY: value })).toThrow(/OPENAI_API_KEY cannot be written/);
	});
});
