import { GrammyError, HttpError } from 'grammy';
import { describe, expect, it } from 'vitest';
import { networkCode, toDeliveryFailure } from './delivery-failure.ts';

const refused = (error_code: number, description: string, parameters = {}) =>
	toDeliveryFailure(
		new GrammyError('Call failed', { ok: false, error_code, description, parameters }, 'sendMessage', {}),
	).failure;
const lost = (code: string, message = 'request to https://api.telegram.org/bot1:SECRET/x failed, reason: ') =>
	new HttpError('Network request failed!', Object.assign(new Error(message), { code }));

describe('a failed call', () => {
	it('is permanent where Telegram will never take it, and says what to do', () => {
		for (const [status, description, code] of [
			[403, 'Forbidden: bot was blocked by the user', 'blocked'],
			[403, "Forbidden: bot can't initiate conversation with a user", 'not-started'],
			[403, 'Forbidden: bot was kicked from the supergroup chat', 'not-a-member'],
			[403, 'Forbidden: user is deactivated', 'account-gone'],
			[400, 'Bad Request: chat not found', 'chat-gone'],
			[400, 'Bad Request: message thread not found', 'topic-gone'],
			[400, 'Bad Request: not enough rights to send text messages to the chat', 'not-allowed'],
		] as const) {
			expect(refused(status, description)).toMatchObject({ kind: 'permanent', code, hint: expect.any(String) });
		}
		expect(refused(400, 'Bad Request: something new')).toMatchObject({ kind: 'permanent' });
	});

	it('is to be tried again after the wait that Telegram asks for', () => {
		expect(refused(429, 'Too Many Requests: retry after 35', { retry_after: 35 })).toMatchObject({
			kind: 'retryable',
			retryAfterMs: 35_000,
		});
		expect(refused(401, 'Unauthorized')).toMatchObject({
			kind: 'retryable',
			hint: expect.stringContaining('@BotFather'),
		});
		expect(refused(500, 'Internal Server Error')).toMatchObject({ kind: 'retryable' });
	});

	it('surely did not arrive where there was no connection, and may have where it broke', () => {
		for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'CERT_HAS_EXPIRED']) {
			expect(toDeliveryFailure(lost(code)).failure).toMatchObject({ kind: 'retryable', code: 'telegram-unreachable' });
		}
		const connecting = lost('ETIMEDOUT', 'request to x failed, reason: connect ETIMEDOUT 149.154.167.220:443');
		expect(toDeliveryFailure(connecting).failure.kind).toBe('retryable');
		for (const code of ['ECONNRESET', 'EPIPE', 'ETIMEDOUT']) {
			expect(toDeliveryFailure(lost(code)).failure.kind).toBe('unknown-outcome');
		}
		expect(refused(502, 'Bad Gateway').kind).toBe('unknown-outcome');
	});

	it('never tells the token', () => {
		const error = lost('ECONNRESET');
		expect(
			JSON.stringify([toDeliveryFailure(error).failure, toDeliveryFailure(error).message, networkCode(error)]),
		).not.toContain('SECRET');
	});
});
