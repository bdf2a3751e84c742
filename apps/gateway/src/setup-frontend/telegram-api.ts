import { CoreError } from '@errand/core/domain/errors.ts';
import { z } from 'zod';
import { callVendor, unexpected, type Vendor } from './vendor-call.ts';

/** TelegramBot is a bot as BotFather has set it up. */
export interface TelegramBot {
	readonly id: number;
	readonly username: string;
	/** Whether it hears everything in groups, instead of commands, mentions and replies. */
	readonly hearsGroups: boolean;
	readonly joinsGroups: boolean;
}

/** TelegramStart is somebody who pressed Start in the bot's chat. */
export interface TelegramStart {
	readonly id: number;
	readonly name: string;
	/** What followed the command: the code of a link. */
	readonly code: string;
}

/** ITelegramApi is what the set-up asks of the Bot API. */
export interface ITelegramApi {
	me(): Promise<TelegramBot>;
	/** Where updates are sent; empty while they are fetched. */
	webhook(): Promise<{ readonly url: string; readonly error: string | undefined }>;
	removeWebhook(): Promise<boolean>;
	/** Who pressed Start lately. Nothing is taken away from what Errand will fetch. */
	starts(waitS: number): Promise<readonly TelegramStart[]>;
}

/** telegramApi calls the Bot API, or a stand-in of it. */
export function telegramApi(apiUrl: string | undefined, token: string, signal: AbortSignal): ITelegramApi {
	const url = (apiUrl ?? 'https://api.telegram.org').replace(/\/+$/, '');
	const vendor: Vendor = { name: 'Telegram', url, variable: 'TELEGRAM_API_URL' };
	const call = async <T>(method: string, schema: z.ZodType<T>, input: object = {}, waitS = 0): Promise<T> => {
		const headers = { 'content-type': 'application/json' };
		const init = { method: 'POST', headers, body: JSON.stringify(input), signal };
		const answer = await callVendor(vendor, `/bot${token}/${method}`, init, 15_000 + waitS * 1_000);
		const parsed = z.object({ ok: z.literal(true), result: schema }).safeParse(answer.body);
		if (parsed.success) return parsed.data.result;
		const refused = Refusal.safeParse(answer.body);
		if (refused.success) throw refusal(method, refused.data);
		throw unexpected(vendor, answer);
	};
	return {
		me: async () => {
			const me = await call('getMe', Me);
			return {
				id: me.id,
				username: me.username,
				hearsGroups: me.can_read_all_group_messages,
				joinsGroups: me.can_join_groups,
			};
		},
		webhook: async () => {
			const info = await call('getWebhookInfo', WebhookInfo);
			return { url: info.url, error: info.last_error_message };
		},
		removeWebhook: () => call('deleteWebhook', z.boolean()),
		starts: async (waitS) => {
			// Without an offset nothing counts as fetched.
			const updates = await call('getUpdates', Updates, { timeout: waitS, limit: 100 }, waitS);
			return updates.flatMap(({ message }) => {
				const start = /^\/start(?:@\w+)?(?:\s+(\S+))?\s*$/.exec(message?.text ?? '');
				if (start === null || message?.from === undefined || message.chat.type !== 'private') return [];
				const { id, first_name, last_name, username } = message.from;
				const name = [first_name, last_name, username && `(@${username})`].filter(Boolean).join(' ');
				return [{ id, name, code: start[1] ?? '' }];
			});
		},
	};
}

const Me = z.object({
	id: z.int(),
	username: z.string(),
	can_join_groups: z.boolean().default(true),
	can_read_all_group_messages: z.boolean().default(false),
});
const WebhookInfo = z.object({ url: z.string(), last_error_message: z.string().optional() });
const From = z.object({
	id: z.int(),
	first_name: z.string(),
	last_name: z.string().optional(),
	username: z.string().optional(),
});
const Message = z.object({ text: z.string().optional(), from: From.optional(), chat: z.object({ type: z.string() }) });
const Updates = z.array(z.object({ update_id: z.int(), message: Message.optional().catch(undefined) }));
const Refusal = z.object({ ok: z.literal(false), error_code: z.int(), description: z.string() });

function refusal(method: string, { error_code: code, description }: z.output<typeof Refusal>): CoreError {
	if (code === 401 || code === 404) {
		return new CoreError('unauthorized', `Telegram does not know this token (status ${code}).`, {
			hint: 'Copy it whole from @BotFather: digits, a colon and 35 more characters. “/token” there shows it again.',
		});
	}
	if (code === 409) {
		return new CoreError('not-possible', 'Somebody else is fetching what is written to this bot.', {
			hint: 'If Errand runs, stop it while you set it up. Otherwise another program has this token: get a new one from @BotFather with /revoke.',
		});
	}
	return new CoreError('fetch-failed', `Telegram refused ${method}: ${description} (status ${code}).`, {
		hint: 'Try again in a while.',
	});
}
