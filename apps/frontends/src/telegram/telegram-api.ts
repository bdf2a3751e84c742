import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { autoRetry } from '@grammyjs/auto-retry';
import { apiThrottler } from '@grammyjs/transformer-throttler';
import { Api, type Transformer } from 'grammy';
import { saySending } from './sending-signal.ts';

/** PUBLIC_API is where Telegram answers bots. */
export const PUBLIC_API = 'https://api.telegram.org';

/** How long one call may take, ms; a file takes as long as the line is slow. */
const CALL_MS = 20_000;
const UPLOAD_MS = 180_000;

/** Longest wait that Telegram asks for and that is waited here, s; a longer one is the caller's to plan. */
const SHORT_WAIT_S = 3;

/** Most messages that wait for their turn in one chat. */
const MAX_WAITING = 20;

/**
 * openTelegramApi is the client of the Bot API. A call waits for its turn in its chat (Telegram takes about one message a
 * second in a chat, 20 a minute in a group, 30 a second in all), says that it leaves, and then waits for its answer, with at
 * most one short wait that Telegram asks for.
 */
export function openTelegramApi(token: string, apiRoot = PUBLIC_API): Api {
	const agent = apiRoot.startsWith('https:')
		? // A connection that idled is closed here before Telegram does, so that no message is written into a closed one.
			new HttpsAgent({ keepAlive: true, timeout: 30_000 })
		: new HttpAgent({ keepAlive: true, timeout: 30_000 });
	const api = new Api(token, { apiRoot, timeoutSeconds: 240, baseFetchConfig: { agent } });
	api.config.use(timeLimit, autoRetry(RETRY), saySending, turns());
	return api;
}

const RETRY = {
	maxRetryAttempts: 1,
	maxDelaySeconds: SHORT_WAIT_S,
	rethrowInternalServerErrors: true,
	rethrowHttpErrors: true,
} as const;

/**
 * What makes or changes a message takes its turn; the rest (typing, answers to presses) does not count and must be quick.
 * Edits have turns of their own, so that progress cannot use up what a group has for answers.
 */
function turns(): Transformer {
	const bounds = { maxConcurrent: 1, highWater: MAX_WAITING };
	const aSecond = (calls: number) => ({
		reservoir: calls,
		reservoirRefreshAmount: calls,
		reservoirRefreshInterval: 1_000,
	});
	const aMinute = { reservoir: 20, reservoirRefreshAmount: 20, reservoirRefreshInterval: 60_000 };
	const send = apiThrottler({
		global: aSecond(22),
		out: { ...bounds, minTime: 350 },
		group: { ...bounds, minTime: 500, ...aMinute },
	});
	const edit = apiThrottler({
		global: aSecond(8),
		out: { ...bounds, minTime: 350 },
		group: { ...bounds, minTime: 500 },
	});
	return (call, method, payload, signal) => {
		if (method.startsWith('edit')) return edit(call, method, payload, signal);
		if (method.startsWith('send') && method !== 'sendChatAction') return send(call, method, payload, signal);
		return call(method, payload, signal);
	};
}

/** The innermost one: the time runs from when the call really goes out. */
const timeLimit: Transformer = async (call, method, payload, signal) => {
	// A long poll is bounded by whoever polls.
	if (method === 'getUpdates') return call(method, payload, signal);
	const limit = new AbortController();
	const timer = setTimeout(() => limit.abort(), /^send(?:Document|Photo)$/.test(method) ? UPLOAD_MS : CALL_MS);
	const abort = () => limit.abort();
	signal?.addEventListener('abort', abort);
	try {
		// The library's type of a signal is an older one of the same kind.
		return await call(method, payload, limit.signal as unknown as typeof signal);
	} finally {
		clearTimeout(timer);
		signal?.removeEventListener('abort', abort);
	}
};
