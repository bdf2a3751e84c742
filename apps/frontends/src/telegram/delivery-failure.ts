import { DeliveryFailure } from '@errand/core/domain/conversation/delivery-failure.ts';
import { describeError } from '@errand/core/domain/errors.ts';
import { GrammyError, HttpError } from 'grammy';

/** toDeliveryFailure says what became of a call to Telegram that failed, and what can be done about it. */
export function toDeliveryFailure(error: unknown): DeliveryFailure {
	if (error instanceof DeliveryFailure) return error;
	if (error instanceof GrammyError) return new DeliveryFailure(refusal(error));
	if (error instanceof HttpError) return new DeliveryFailure(networkFailure(error));
	if (error instanceof Error && error.name === 'BottleneckError') {
		return new DeliveryFailure({
			kind: 'retryable',
			code: 'rate-limited',
			message: 'Too many messages wait for their turn in this Telegram chat.',
			retryAfterMs: 15_000,
		});
	}
	const message = `Telegram was not called: ${describeError(error)}`;
	return new DeliveryFailure({ kind: 'retryable', code: 'telegram-failed', message });
}

/** isUnreadableMarkup recognises a refusal of the text's markup; the same words go through as plain text. */
export function isUnreadableMarkup(error: unknown): boolean {
	return (
		error instanceof GrammyError &&
		error.error_code === 400 &&
		/can't parse entities|unsupported start tag/i.test(error.description)
	);
}

/** isUnchanged recognises the refusal of an edit that changes nothing. */
export function isUnchanged(error: unknown): boolean {
	return error instanceof GrammyError && /message is not modified/i.test(error.description);
}

/** networkCode is the system's short name of what went wrong on the way; the full message would show the token. */
export function networkCode(error: unknown): string {
	const cause = error instanceof HttpError ? error.error : error;
	if (cause instanceof Error) {
		const { code, type } = cause as Error & { code?: unknown; type?: unknown };
		if (typeof code === 'string') return code;
		if (cause.name === 'AbortError' || type === 'aborted') return 'time-out';
		if (typeof type === 'string') return type;
	}
	return 'connection-lost';
}

type Failure = DeliveryFailure['failure'] & { kind: 'permanent' | 'retryable' | 'unknown-outcome' };

/** Descriptions of Telegram, and what they mean to whoever reads the undelivered reply. */
const REFUSALS: readonly (readonly [pattern: RegExp, code: string, message: string, hint: string])[] = [
	[
		/blocked by the user/i,
		'blocked',
		'The person has blocked the bot on Telegram.',
		'They can open the chat with the bot on Telegram and press “Restart” or “Unblock”.',
	],
	[
		/user is deactivated/i,
		'account-gone',
		'The Telegram account of this person was deleted.',
		'Link another account, and revoke this one.',
	],
	[
		/can't initiate conversation/i,
		'not-started',
		'The person has not started a chat with the bot on Telegram.',
		'They have to open the bot on Telegram and press “Start” first.',
	],
	[
		/kicked|not a member|bot was removed/i,
		'not-a-member',
		'The bot is no longer in this Telegram group.',
		'Add the bot to the group again.',
	],
	[
		/chat not found|peer_id_invalid|group chat was deactivated/i,
		'chat-gone',
		'This Telegram chat does not exist, or the bot may not see it.',
		'Write to the bot from the chat once more; a person has to press “Start” first.',
	],
	[
		/thread not found|topic_(?:closed|deleted)/i,
		'topic-gone',
		'The topic of this Telegram group was closed or deleted.',
		'Open the topic again, or ask from another one.',
	],
	[
		/not enough rights|no rights|have no rights|chat_write_forbidden/i,
		'not-allowed',
		'The bot may not write in this Telegram group.',
		'Let an admin of the group allow the bot to send messages and files.',
	],
];

function refusal({ error_code: status, description, parameters }: GrammyError): Failure {
	if (status === 429) {
		const seconds = parameters.retry_after ?? 5;
		const message = `Telegram asks to wait ${seconds} s before the next message.`;
		return { kind: 'retryable', code: 'rate-limited', message, retryAfterMs: seconds * 1_000 };
	}
	if (status === 401 || status === 404) {
		return {
			kind: 'retryable',
			code: 'token-refused',
			message: `Telegram refuses the bot token (${status} ${description}).`,
			hint: 'Set TELEGRAM_BOT_TOKEN to the token that @BotFather shows, and start Errand again.',
			retryAfterMs: 60_000,
		};
	}
	// A gateway that gave up waiting does not know what the server behind it did.
	if (status === 502 || status === 504) {
		return { kind: 'unknown-outcome', code: 'telegram-failed', message: `Telegram answered ${status} ${description}.` };
	}
	if (status >= 500) {
		return { kind: 'retryable', code: 'telegram-failed', message: `Telegram answered ${status} ${description}.` };
	}
	const known = REFUSALS.find(([pattern]) => pattern.test(description));
	if (known !== undefined) {
		const [, code, message, hint] = known;
		return { kind: 'permanent', code, message: `${message} (${description})`, hint };
	}
	return { kind: 'permanent', code: 'telegram-refused', message: `Telegram refuses the message: ${description}` };
}

const NEVER_SENT = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'EHOSTDOWN',
	'ENETUNREACH',
	'ENETDOWN',
	'CERT_HAS_EXPIRED',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
	'ERR_TLS_CERT_ALTNAME_INVALID',
]);

function networkFailure(error: HttpError): Failure {
	const code = networkCode(error);
	const connecting = error.error instanceof Error && /reason: connect /.test(error.error.message);
	if (NEVER_SENT.has(code) || connecting) {
		return {
			kind: 'retryable',
			code: 'telegram-unreachable',
			message: `Telegram cannot be reached (${code}).`,
			hint: 'Check the connection of this machine to the address of the Bot API.',
		};
	}
	const message = `The connection to Telegram was lost before it answered (${code}).`;
	return { kind: 'unknown-outcome', code: 'telegram-silent', message };
}
