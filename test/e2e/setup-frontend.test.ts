import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Reply, startVendor } from '@errand/gateway/setup-frontend/fixture/vendor-server.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDiscord } from '../support/discord/driver.ts';
import { openTelegram } from '../support/telegram/driver.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const TOKEN = '4711:AAstand-in-token-of-a-bot-0123456789a';
let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'errand-setup-frontend-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function setUpFrontend(argv: readonly string[], input: string, env: Readonly<Record<string, string>> = {}) {
	const child = spawn('node', [join(ROOT, 'apps/gateway/src/setup-frontend/main.ts'), ...argv], {
		cwd: folder,
		env: { PATH: process.env['PATH'] ?? '', ...env },
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	child.stdin.end(input);
	const [stdout, stderr, status] = await Promise.all([
		text(child.stdout),
		text(child.stderr),
		new Promise<number | null>((done) => child.on('close', done)),
	]);
	return { stdout, stderr, status };
}

const good = (result: unknown): Reply => [200, { ok: true, result }];

it('sets Telegram up from piped answers: token, long polling, and the owner by their Start', async () => {
	const message = { text: '/start', from: { id: 123456, first_name: 'Ann' }, chat: { id: 123456, type: 'private' } };
	const telegram = await startVendor({
		[`POST /bot${TOKEN}/getMe`]: () => good({ id: 4711, username: 'errand_bot' }),
		[`POST /bot${TOKEN}/getWebhookInfo`]: () => good({ url: '' }),
		[`POST /bot${TOKEN}/getUpdates`]: () => good([{ update_id: 1, message }]),
	});
	try {
		const file = join(folder, 'my.env');
		const env = { TELEGRAM_API_URL: telegram.url };
		const { stdout, stderr, status } = await setUpFrontend(['--file', file], `2\n${TOKEN}\n1\n\ny\n`, env);
		expect(stderr).toBe('');
		expect(stdout).toContain('Ann, 123456, pressed Start. Is that you?');
		expect(stdout).not.toContain(TOKEN);
		expect(status).toBe(0);
		expect(await readFile(file, 'utf8')).toBe(`TELEGRAM_BOT_TOKEN=${TOKEN}\nERRAND_OWNERS=telegram:123456\n`);
		expect((await stat(file)).mode & 0o777).toBe(0o600);
	} finally {
		await telegram.stop();
	}
});

it('sets Telegram up against the server that its adapter is tried with', async () => {
	const telegram = await openTelegram();
	try {
		const owner = telegram.person();
		await owner.say('/start');
		const file = join(folder, 'my.env');
		const env = { TELEGRAM_API_URL: telegram.env['TELEGRAM_API_URL'] ?? '' };
		const token = telegram.env['TELEGRAM_BOT_TOKEN'] ?? '';
		const { stdout, stderr, status } = await setUpFrontend(['telegram', '--file', file], `${token}\n1\n\ny\n`, env);
		expect({ stderr, status }, stdout).toEqual({ stderr: '', status: 0 });
		expect(await readFile(file, 'utf8')).toBe(`TELEGRAM_BOT_TOKEN=${token}\nERRAND_OWNERS=${owner.identity}\n`);
	} finally {
		await telegram.stop();
	}
});

it('sets Discord up against the server that its adapter is tried with', async () => {
	const discord = await openDiscord();
	try {
		const file = join(folder, 'my.env');
		const typed = ['discord', '--yes', '--owner', '123456789012345678', '--file', file];
		const { stdout, stderr, status } = await setUpFrontend(typed, '', discord.env);
		expect({ stderr, status }, stdout).toEqual({ stderr: '', status: 0 });
		expect(stdout).toContain('It is given the words of messages.');
		expect(await readFile(file, 'utf8')).toMatch(/^DISCORD_TOKEN=\S+\nERRAND_OWNERS=discord:123456789012345678\n$/);
	} finally {
		await discord.stop();
	}
});

it('ends with 1 and writes nothing when a check fails', async () => {
	const telegram = await startVendor({});
	try {
		const file = join(folder, 'my.env');
		const env = { TELEGRAM_API_URL: telegram.url, TELEGRAM_BOT_TOKEN: TOKEN };
		const { stdout, status } = await setUpFrontend(['telegram', '--yes', '--file', file], '', env);
		expect(stdout).toContain('is not Telegram');
		expect(stdout).toContain('Nothing was written.');
		expect(status).toBe(1);
		await expect(readFile(file)).rejects.toThrow();
	} finally {
		await telegram.stop();
	}
});

it('ends with 2 and the usage on an option it does not know', async () => {
	const { stderr, status } = await setUpFrontend(['--nonsense'], '');
	expect(stderr).toContain('npm run setup-frontend');
	expect(status).toBe(2);
});
