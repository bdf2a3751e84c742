import type { FrontendState } from '@errand/core/ports/frontend.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { GrammyError } from 'grammy';
import type { WebhookInfo } from 'grammy/types';
import { beforeEach, expect, it } from 'vitest';
import { WebhookWatch } from './webhook-watch.ts';

const url = 'https://errand.example/telegram/webhook';
const fine: WebhookInfo = { url, has_custom_certificate: false, pending_update_count: 0 };
let clock: FakeClock;
let states: FrontendState[];
let restored: number;
let ask: () => Promise<WebhookInfo>;

beforeEach(() => {
	clock = new FakeClock();
	states = [];
	restored = 0;
	ask = async () => fine;
});

const watch = () =>
	new WebhookWatch({
		api: { getWebhookInfo: () => ask() },
		url,
		clock,
		report: (state) => states.push(state),
		restore: async () => {
			restored++;
		},
	});

it('says why messages do not arrive, until they do', async () => {
	const watching = watch();
	watching.start();
	ask = async () => ({
		...fine,
		pending_update_count: 3,
		last_error_date: clock.now() / 1_000 - 5,
		last_error_message: 'Connection refused',
	});
	await clock.advance(60_000);
	expect(states.at(-1)).toMatchObject({ status: 'degraded', message: expect.stringContaining('3 messages') });
	ask = async () => fine;
	await clock.advance(60_000);
	expect(states.at(-1)).toEqual({ status: 'ready' });
	watching.stop();
	await clock.advance(600_000);
	expect(states).toHaveLength(2);
});

it('sets the webhook again when somebody took it away', async () => {
	ask = async () => ({ ...fine, url: '' });
	await watch().look();
	expect(restored).toBe(1);
});

it('shows that Telegram is away or the token is refused', async () => {
	const watching = watch();
	ask = () =>
		Promise.reject(
			new GrammyError('x', { ok: false, error_code: 401, description: 'Unauthorized' }, 'getWebhookInfo', {}),
		);
	await watching.look();
	expect(states.at(-1)).toMatchObject({ status: 'degraded', hint: expect.stringContaining('TELEGRAM_BOT_TOKEN') });
});
