import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSetUp, SECRET } from './fixture/typed-set-up.ts';
import { startVendor } from './fixture/vendor-server.ts';

const TOKEN = '4711:AAstand-in-token-of-a-bot-0123456789a';
const WRONG = '4712:AAstand-in-token-of-no-bot-0123456789a';
const start = (id: number, text: string, type = 'private') => ({
	update_id: id,
	message: { text, from: { id, first_name: 'Person', last_name: String(id), username: `p${id}` }, chat: { id, type } },
});
let webhook: { url: string; last_error_message?: string };
let updates: unknown[];
let bot: object;
let fetchedElsewhere = false;
let setUp: Awaited<ReturnType<typeof openSetUp>>;
let telegram: Awaited<ReturnType<typeof startVendor>>;

beforeEach(async () => {
	webhook = { url: '' };
	updates = [];
	bot = {};
	fetchedElsewhere = false;
	setUp = await openSetUp();
	const good = (result: unknown) => () => [200, { ok: true, result }] as const;
	telegram = await startVendor({
		[`POST /bot${TOKEN}/getMe`]: () => good({ id: 1, is_bot: true, username: 'errand_bot', ...bot })(),
		[`POST /bot${TOKEN}/getWebhookInfo`]: () => good(webhook)(),
		[`POST /bot${TOKEN}/deleteWebhook`]: () => {
			webhook = { url: '' };
			return good(true)();
		},
		[`POST /bot${TOKEN}/getUpdates`]: () =>
			webhook.url === '' && !fetchedElsewhere
				? good(updates)()
				: [409, { ok: false, error_code: 409, description: 'Conflict: can’t use getUpdates while webhook is active' }],
		[`POST /bot${WRONG}/getMe`]: () => [401, { ok: false, error_code: 401, description: 'Unauthorized' }],
	});
});
afterEach(async () => {
	await telegram.stop();
	await setUp.close();
});

const run = (argv: readonly string[], lines: readonly string[] = [], env: object = {}) =>
	setUp.run(['telegram', ...argv], lines, { TELEGRAM_API_URL: telegram.url, ...env });

describe('setting up Telegram', () => {
	it('knows the owner by the link’s code, whoever else pressed Start, and takes no message away', async () => {
		updates = [{ update_id: 1 }, start(5, '/start'), start(6, `/start ${SECRET.slice(0, 12)}`)];
		const { written, shown, text } = await run([], [TOKEN, '1', '']);
		expect(written).toBe(true);
		expect(text).toBe(`TELEGRAM_BOT_TOKEN=${TOKEN}\nERRAND_OWNERS=telegram:6\n`);
		expect(shown).toContain('This is @errand_bot');
		expect(shown).toContain('privacy mode');
		expect(shown).toContain(`https://t.me/errand_bot?start=${SECRET.slice(0, 12)}`);
		expect(shown).toContain('You are Person 6 (@p6), 6');
		expect(shown).not.toContain(TOKEN);
		expect(
			telegram.asked.filter(({ path }) => path.endsWith('getUpdates')).every(({ body }) => !('offset' in body)),
		).toBe(true);
	});

	it('asks whether somebody who sent a bare /start is the owner, and heeds private chats only', async () => {
		updates = [start(5, '/start'), start(6, '/start'), start(7, '/start', 'group')];
		const { text, shown } = await run([], [TOKEN, '1', '', 'n', 'y']);
		expect(shown).not.toContain('Person 7');
		expect(text).toContain('ERRAND_OWNERS=telegram:5\n');
	});

	it('takes an id instead, and refuses what is none', async () => {
		const { text, shown } = await run([], [TOKEN, '1', 'skip', '@ann', '123456']);
		expect(shown).toContain('not a name');
		expect(text).toContain('ERRAND_OWNERS=telegram:123456\n');
		expect((await run([], ['', '1', '654321'])).text).toContain('ERRAND_OWNERS=telegram:123456,telegram:654321\n');
	});

	it('warns of another webhook, and takes it away when told to', async () => {
		webhook = { url: 'https://other.example/hook', last_error_message: 'Connection refused' };
		updates = [start(5, '/start')];
		const { written, shown } = await run([], [TOKEN, '1', 'y', '', 'y']);
		expect(shown).toMatch(
			/They go to another address: https:\/\/other\.example\/hook, which fails: Connection refused/,
		);
		expect(webhook.url).toBe('');
		expect(written).toBe(true);
	});

	it('says that somebody else fetches what is written to the bot, and asks for the id', async () => {
		fetchedElsewhere = true;
		const { text, shown } = await run([], [TOKEN, '1', '', '123456']);
		expect(shown).toMatch(/Somebody else is fetching what is written to this bot\.\n.*stop it while you set it up/);
		expect(text).toContain('ERRAND_OWNERS=telegram:123456\n');
	});

	it('leaves another webhook alone without being asked, and asks for the id', async () => {
		webhook = { url: 'https://other.example/hook' };
		const { written } = await run(['--yes', '--owner', '4711'], [], { TELEGRAM_BOT_TOKEN: TOKEN });
		expect(written).toBe(true);
		expect(webhook.url).toBe('https://other.example/hook');
	});

	it('writes a secret for a webhook once its public address leads to an Errand, and takes it out for polling', async () => {
		const errand = await startVendor({ 'GET /healthz': () => [200, { status: 'ok' }] });
		try {
			const env = { TELEGRAM_BOT_TOKEN: TOKEN, PORT: errand.port };
			const { text, shown } = await run(['--yes', '--webhook', '--public-url', errand.url], [], env);
			expect(shown).toContain(`${errand.url} leads to an Errand`);
			expect(text).toBe(
				`TELEGRAM_BOT_TOKEN=${TOKEN}\nTELEGRAM_WEBHOOK_SECRET=${SECRET}\nERRAND_PUBLIC_URL=${errand.url}\n`,
			);
			expect((await run(['--yes', '--polling'], [], env)).text).not.toContain('TELEGRAM_WEBHOOK_SECRET');
		} finally {
			await errand.stop();
		}
	});

	it('says what answers at a public address that does not lead to Errand, and asks for another', async () => {
		const other = await startVendor({ 'GET /healthz': () => [404, 'nothing'] });
		try {
			const lines = [
				TOKEN,
				'2',
				'http://errand.example',
				'https://errand.example:9999',
				other.url,
				'n',
				'skip',
				'skip',
				'n',
			];
			const { written, shown } = await run([], lines, { PORT: other.port });
			expect(shown.match(/It must be https:\/\/, a host \(port 443, 80, 88, 8443\)/g)).toHaveLength(2);
			expect(shown).toContain(`${other.url}/healthz answers with status 404, and not as Errand does.`);
			expect(shown).toContain(`Lead it to http://127.0.0.1:${other.port} on this machine.`);
			expect(written).toBe(false);
		} finally {
			await other.stop();
		}
	});

	it('says so on a wrong token, and without a network, and never shows the token', async () => {
		const wrong = await run(['--yes'], [], { TELEGRAM_BOT_TOKEN: WRONG });
		expect(wrong.shown).toContain('Telegram does not know this token (status 401).');
		expect(wrong.written).toBe(false);
		const closed = await startVendor({});
		await closed.stop();
		const offline = await run(['--yes'], [], { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_URL: closed.url });
		expect(offline.shown).toContain(`Telegram cannot be reached at 127.0.0.1:${closed.port}`);
		expect(offline.shown).not.toContain(TOKEN);
	});
});
