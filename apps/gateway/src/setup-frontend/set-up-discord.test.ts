import { readFile, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSetUp } from './fixture/typed-set-up.ts';
import { type Reply, startVendor } from './fixture/vendor-server.ts';

const TOKEN = 'MTIzNDU2Nzg5.stand-in.token-of-a-bot-1234';
const INTENT = 1 << 19;
const application = (change: object = {}) => ({
	id: '900',
	flags: INTENT,
	bot_public: false,
	verify_key: 'ab'.repeat(32),
	approximate_guild_count: 0,
	owner: { id: '123456789012345678', username: 'ann' },
	...change,
});
const closed = await startVendor({});
await closed.stop();
const closedPort = closed.port;
let answers: { user: Reply; application: Reply[] };
let setUp: Awaited<ReturnType<typeof openSetUp>>;
let discord: Awaited<ReturnType<typeof startVendor>>;

beforeEach(async () => {
	answers = { user: [200, { id: '901', username: 'errand' }], application: [[200, application()]] };
	setUp = await openSetUp();
	discord = await startVendor({
		'GET /v10/users/@me': ({ headers }) =>
			headers.authorization === `Bot ${TOKEN}` ? answers.user : [401, { message: '401: Unauthorized', code: 0 }],
		'GET /v10/applications/@me': () =>
			(answers.application.length > 1 ? answers.application.shift() : answers.application[0]) ?? [500, {}],
	});
});
afterEach(async () => {
	await discord.stop();
	await setUp.close();
});

const run = (argv: readonly string[], lines: readonly string[] = [], env: object = {}) =>
	setUp.run(['discord', ...argv], lines, { DISCORD_API_URL: discord.url, ...env });

describe('setting up Discord', () => {
	it('checks the token, offers the application’s owner, and writes for nobody else to read', async () => {
		await writeFile(setUp.file, '# mine\nPORT=4000\n', { mode: 0o644 });
		const { written, shown, text } = await run([], [TOKEN, 'n', '']);
		expect(written).toBe(true);
		expect(text).toBe(`# mine\nPORT=4000\nDISCORD_TOKEN=${TOKEN}\nERRAND_OWNERS=discord:123456789012345678\n`);
		expect((await stat(setUp.file)).mode & 0o777).toBe(0o600);
		expect(shown).toContain('This is the bot “errand”, in no server yet');
		expect(shown).not.toContain(TOKEN);
	});

	it('gives an invite link for slash commands with the permissions of bits 10, 11, 15, 16, 35 and 38', async () => {
		const { shown } = await run(['--yes'], [], { DISCORD_TOKEN: TOKEN });
		const link = new URL(/https:\/\/discord\.com\/oauth2\S+/.exec(shown)?.[0] ?? '');
		expect(Object.fromEntries(link.searchParams)).toEqual({
			client_id: '900',
			scope: 'bot applications.commands',
			permissions: '309237746688',
		});
	});

	it('says which switch is off, and looks again when told that it is on', async () => {
		answers.application = [
			[200, application({ flags: 0 })],
			[200, application({ flags: 0 })],
			[200, application()],
		];
		const { written, shown } = await run([], [TOKEN, '', '', 'n', 'skip']);
		expect(shown.match(/switch on “Message Content Intent”/g)).toHaveLength(2);
		expect(shown).toContain('https://discord.com/developers/applications/900/bot');
		expect(written).toBe(true);
	});

	it('writes nothing while the switch is off, unless told to', async () => {
		answers.application = [[200, application({ flags: 0 })]];
		const env = { DISCORD_TOKEN: TOKEN };
		expect(await run(['--yes'], [], env)).toMatchObject({ written: false, text: undefined });
		expect(await run([], ['', 'skip', 'n', 'skip', 'n'], env)).toMatchObject({ written: false, text: undefined });
		expect(await run(['--yes', '--write-anyway'], [], env)).toMatchObject({ written: true });
	});

	it('asks again for a wrong token', async () => {
		const { written, shown } = await run([], [TOKEN.replace('MTI', 'MTX'), 'y', TOKEN, 'n', 'skip']);
		expect(shown).toMatch(/✗ Discord does not know this token \(status 401\)\.\n.*Reset Token/);
		expect(written).toBe(true);
	});

	it('takes a token as it is copied, and refuses at once what cannot be one', async () => {
		const { written, shown, text } = await run([], ['my bot', `Bot ${TOKEN}`, 'n', 'skip']);
		expect(shown).toContain('DISCORD_TOKEN must be the token of a bot');
		expect(shown).not.toContain('my bot');
		expect(text).toBe(`DISCORD_TOKEN=${TOKEN}\n`);
		expect(written).toBe(true);
	});

	it('shows only the end of a token that is set, and keeps it on Enter', async () => {
		await writeFile(setUp.file, `DISCORD_TOKEN=${TOKEN}\nERRAND_OWNERS=telegram:1,discord:123456789012345670\n`);
		const { shown, text } = await run([], ['', 'n', '']);
		expect(shown).toContain('Enter keeps the one ending in …1234)');
		expect(shown).not.toContain(TOKEN);
		expect(text).toBe(`DISCORD_TOKEN=${TOKEN}\nERRAND_OWNERS=telegram:1,discord:123456789012345670\n`);
	});

	it('takes interactions at a public address that leads here', async () => {
		const argv = ['--yes', '--interactions', '--public-url', closed.url];
		const { written, shown, text } = await run(argv, [], { DISCORD_TOKEN: TOKEN, PORT: closed.port });
		expect(shown).toContain(`${closed.url} leads to this machine`);
		expect(shown).toContain(`${closed.url}/discord/interactions`);
		expect(text).toContain(`DISCORD_PUBLIC_KEY=${'ab'.repeat(32)}\nERRAND_PUBLIC_URL=${closed.url}\n`);
		expect(written).toBe(true);
	});

	it('says that buttons would go elsewhere when calls are set up that are not wanted', async () => {
		answers.application = [[200, application({ interactions_endpoint_url: 'https://old.example/discord' })]];
		const { shown } = await run(['--yes'], [], { DISCORD_TOKEN: TOKEN });
		expect(shown).toMatch(/They go to https:\/\/old\.example\/discord now\. Clear “Interactions Endpoint URL”/);
	});

	it.each([
		[
			'no network',
			{ DISCORD_API_URL: `http://127.0.0.1:${closedPort}/api` },
			/Discord cannot be reached at 127\.0\.0\.1:\d+: .*ECONNREFUSED/,
		],
		['a wrong address', {}, /What answers at 127\.0\.0\.1:\d+ \(status 404\) is not Discord\./],
	])('says so clearly on %s', async (_what, env, words) => {
		answers.user = [404, 'no such page'];
		const { written, shown } = await run(['--yes'], [], { DISCORD_TOKEN: TOKEN, ...env });
		expect(shown).toMatch(words);
		expect(shown).toContain('Nothing was written.');
		expect(written).toBe(false);
		await expect(readFile(setUp.file)).rejects.toThrow();
	});

	it('tells how long to wait when asked too often', async () => {
		answers.user = [429, { retry_after: 3 }];
		const { shown } = await run(['--yes'], [], { DISCORD_TOKEN: TOKEN });
		expect(shown).toContain('Discord was asked too often.');
	});
});

describe('setting up a frontend', () => {
	it('asks which, and says which are set up', async () => {
		const env = { DISCORD_API_URL: discord.url, DISCORD_TOKEN: TOKEN };
		const { shown, written } = await setUp.run([], ['1', '', 'n', 'skip'], env);
		expect(shown).toMatch(/1\. Discord, set up already\s+2\. Telegram\n/);
		expect(written).toBe(true);
	});

	it.each([
		[['irc'], 'none of discord, telegram, sms'],
		[['discord', 'sms'], 'One frontend at a time'],
		[['telegram', '--webhook', '--polling'], 'not both'],
		[['--colour'], 'colour'],
	])('refuses %j', async (argv, words) => {
		await expect(setUp.run(argv)).rejects.toMatchObject({
			code: 'invalid-input',
			message: expect.stringContaining(words),
		});
	});

	it.each([
		[['--yes'], 'discord, telegram or sms'],
		[['discord', '--yes'], 'DISCORD_TOKEN'],
		[['telegram', '--yes'], 'TELEGRAM_BOT_TOKEN'],
		[['sms', '--yes'], '--account'],
	])('says what is missing of %j', async (argv, words) => {
		await expect(setUp.run(argv)).rejects.toMatchObject({
			code: 'invalid-input',
			message: expect.stringContaining(words),
		});
	});

	it('ends when the person leaves, with nothing written', async () => {
		await expect(run([], [TOKEN])).rejects.toMatchObject({ code: 'cancelled' });
		await expect(readFile(setUp.file)).rejects.toThrow();
	});
});
