import type { FrontendState } from '@errand/core/ports/frontend.ts';
import { GrammyError } from 'grammy';
import { networkCode } from './delivery-failure.ts';

const SOONEST_MS = 500;
const LATEST_MS = 30_000;

/** PollTrouble is what a failed poll means: how long to wait, and what to show. */
export interface PollTrouble {
	readonly waitMs: number;
	readonly state?: Extract<FrontendState, { status: 'degraded' }> | undefined;
	/** A webhook stands in the way of polling. */
	readonly webhookActive?: true | undefined;
}

/** readPollTrouble reads the failure of a poll, the n-th in a row. A connection that breaks once is nothing to report. */
export function readPollTrouble(error: unknown, inARow: number): PollTrouble {
	const waitMs = Math.min(LATEST_MS, SOONEST_MS * 2 ** Math.min(inARow - 1, 10));
	if (!(error instanceof GrammyError)) {
		if (inARow === 1) return { waitMs };
		return { waitMs, state: unreachable(networkCode(error)) };
	}
	const { error_code: status, description, parameters } = error;
	if (status === 401 || status === 404) return { waitMs: LATEST_MS, state: refusedToken(status) };
	if (status === 409 && /webhook/i.test(description)) return { waitMs: SOONEST_MS, webhookActive: true };
	if (status === 409) return { waitMs: Math.max(waitMs, 2_000), state: conflict() };
	const waits = Math.max(waitMs, (parameters.retry_after ?? 0) * 1_000);
	if (inARow === 1) return { waitMs: waits };
	return { waitMs: waits, state: unreachable(`${status} ${description}`) };
}

/** refusedToken is shown when Telegram does not know the token. */
export function refusedToken(status: number): Extract<FrontendState, { status: 'degraded' }> {
	return {
		status: 'degraded',
		message: `Telegram refuses the bot token (${status}).`,
		hint: 'Set TELEGRAM_BOT_TOKEN to the token that @BotFather shows, and start Errand again.',
	};
}

/** unreachable is shown while Telegram does not answer. */
export function unreachable(why: string): Extract<FrontendState, { status: 'degraded' }> {
	return {
		status: 'degraded',
		message: `Telegram does not answer (${why}); reconnecting.`,
		hint: 'Nothing is lost: Telegram keeps messages for 24 hours. If it lasts, check the connection of this machine, and TELEGRAM_API_URL if it is set.',
	};
}

function conflict(): Extract<FrontendState, { status: 'degraded' }> {
	return {
		status: 'degraded',
		message: 'Another program fetches the messages of this Telegram bot (409 Conflict).',
		hint: 'Stop the other one, or give this server a bot and a TELEGRAM_BOT_TOKEN of its own.',
	};
}
