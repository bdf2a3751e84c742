import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DISCORD_VARIABLES } from './variables.ts';

const schema = z.object(DISCORD_VARIABLES);
const token = 'MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.x-Y_z0123456789abcdefghijkl';

describe('the variables', () => {
	it('are taken as Discord shows them', () => {
		const DISCORD_PUBLIC_KEY = 'a1'.repeat(32);
		const DISCORD_API_URL = 'http://127.0.0.1:9/api/';
		expect(schema.parse({ DISCORD_TOKEN: `Bot ${token}`, DISCORD_PUBLIC_KEY, DISCORD_API_URL })).toEqual({
			DISCORD_TOKEN: token,
			DISCORD_PUBLIC_KEY,
			DISCORD_API_URL: 'http://127.0.0.1:9/api',
		});
	});

	it('are refused when they cannot be right', () => {
		for (const wrong of [
			{ DISCORD_TOKEN: 'secret' },
			{ DISCORD_TOKEN: `${token} ` },
			{ DISCORD_PUBLIC_KEY: 'abc' },
			{ DISCORD_API_URL: 'discord.com' },
			{ DISCORD_API_URL: 'http://user@host/api' },
		]) {
			expect(schema.safeParse(wrong).success).toBe(false);
		}
	});
});
