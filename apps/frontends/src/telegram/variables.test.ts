import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TELEGRAM_VARIABLES } from './variables.ts';

const schema = z.object(TELEGRAM_VARIABLES);

describe('the variables', () => {
	it('may all be missing', () => {
		expect(schema.parse({})).toEqual({});
	});

	it('take a token as @BotFather writes it, and an address without its last slash', () => {
		const TELEGRAM_BOT_TOKEN = '123456789:AAExampleExampleExampleExample_-12';
		expect(schema.parse({ TELEGRAM_BOT_TOKEN, TELEGRAM_API_URL: 'http://127.0.0.1:8081/' })).toEqual({
			TELEGRAM_BOT_TOKEN,
			TELEGRAM_API_URL: 'http://127.0.0.1:8081',
		});
	});

	it('refuse what cannot be right', () => {
		for (const wrong of [
			{ TELEGRAM_BOT_TOKEN: 'token' },
			{ TELEGRAM_WEBHOOK_SECRET: 'with spaces, of which there are some' },
			{ TELEGRAM_WEBHOOK_SECRET: 'a' },
			{ TELEGRAM_API_URL: 'api.telegram.org' },
			{ TELEGRAM_API_URL: 'https://user:secret@api.example' },
		]) {
			expect(schema.safeParse(wrong).success).toBe(false);
		}
	});
});
