import { DeliveryFailure } from '@errand/core/domain/conversation/delivery-failure.ts';
import { describeError } from '@errand/core/domain/errors.ts';
import type { Reply } from '@errand/core/ports/frontend.ts';
import { DiscordAPIError, HTTPError, RateLimitError, RESTJSONErrorCodes } from 'discord.js';
import { type DiscordPlace, placeOf } from './places.ts';

/** isDiscordError tells whether Discord refused with one of these codes. */
export function isDiscordError(error: unknown, ...codes: readonly number[]): error is DiscordAPIError {
	return error instanceof DiscordAPIError && codes.includes(Number(error.code));
}

/** isGone tells whether a message, or the place it was in, is no more, or no longer ours to touch. */
export function isGone(error: unknown): boolean {
	return isDiscordError(
		error,
		RESTJSONErrorCodes.UnknownMessage,
		RESTJSONErrorCodes.UnknownChannel,
		RESTJSONErrorCodes.UnknownGuild,
		RESTJSONErrorCodes.UnknownWebhook,
		RESTJSONErrorCodes.InvalidWebhookToken,
		RESTJSONErrorCodes.MissingAccess,
		RESTJSONErrorCodes.CannotEditMessageAuthoredByAnotherUser,
	);
}

/** lacksPermission tells whether Discord refused because the bot may not do this here. */
export function lacksPermission(error: unknown): error is DiscordAPIError {
	return isDiscordError(error, RESTJSONErrorCodes.MissingAccess, RESTJSONErrorCodes.MissingPermissions);
}

/** placeFor is where a reply goes; throws a DeliveryFailure for one that belongs nowhere on Discord. */
export function placeFor({ conversation }: Pick<Reply, 'conversation'>): DiscordPlace {
	const place = placeOf(conversation);
	if (place !== undefined) return place;
	const message = `There is no place on Discord called "${conversation}".`;
	throw new DeliveryFailure({ kind: 'permanent', code: 'no-such-place', message });
}

/**
 * toDeliveryFailure says what a failed call of the API means for the reply that it was to send. What is `recognised` is shown
 * once although it is sent twice.
 */
export function toDeliveryFailure(error: unknown, recognised = true): DeliveryFailure {
	if (error instanceof DeliveryFailure) return error;
	if (error instanceof RateLimitError) {
		const retryAfterMs = Math.max(error.retryAfter, error.timeToReset, 1_000);
		return failure('retryable', 'rate-limited', 'Discord wants us to wait before we send more.', retryAfterMs);
	}
	if (error instanceof DiscordAPIError) return ofRefusal(error);
	if (error instanceof HTTPError) {
		// Where Discord shows a reply that is sent again once, a failure of its own is no doubt worth keeping.
		return failure(
			recognised ? 'retryable' : 'unknown-outcome',
			`http-${error.status}`,
			`Discord answered with status ${error.status}.`,
		);
	}
	const code = codeOf(error);
	const kind = NEVER_SENT.has(code) ? 'retryable' : 'unknown-outcome';
	const words = kind === 'retryable' ? 'Discord could not be reached' : 'The connection to Discord was lost';
	return failure(kind, code || 'network', `${words}: ${describeError(error)}`);
}

const NEVER_SENT: ReadonlySet<string> = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'UND_ERR_CONNECT_TIMEOUT',
]);

/** A token can be set right again, so answers wait for it. */
const TOKEN_RETRY_MS = 60_000;

function ofRefusal(error: DiscordAPIError): DeliveryFailure {
	const code = `discord-${error.code}`;
	const message = `Discord refused: ${error.message}`;
	if (error.status === 401) return failure('retryable', code, message, TOKEN_RETRY_MS);
	if (error.status === 429 || error.status >= 500) return failure('retryable', code, message);
	return failure('permanent', code, message);
}

function failure(
	kind: 'permanent' | 'retryable' | 'unknown-outcome',
	code: string,
	message: string,
	retryAfterMs?: number,
): DeliveryFailure {
	return new DeliveryFailure({ kind, code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

function codeOf(error: unknown): string {
	for (let at: unknown = error; at instanceof Error; at = at.cause) {
		if ('code' in at && typeof at.code === 'string') return at.code;
	}
	return error instanceof Error && error.name === 'AbortError' ? 'timed-out' : '';
}
