import {
	type APIApplication,
	type APIChannel,
	type APIInteractionResponse,
	type APIMessage,
	DiscordAPIError,
	InteractionResponseType,
	RateLimitError,
	type RawFile,
	REST,
	RESTJSONErrorCodes,
	type RESTOptions,
	type RESTPatchAPIChannelMessageJSONBody,
	type RESTPostAPIChannelMessageJSONBody,
	type RESTPostAPIInteractionCallbackWithResponseResult,
	type RESTPostAPIWebhookWithTokenJSONBody,
	type RESTPutAPIApplicationCommandsJSONBody,
	Routes,
	ThreadAutoArchiveDuration,
} from 'discord.js';

interface AnsweredInteraction {
	readonly id: string;
	readonly token: string;
	readonly application_id: string;
}

const ALREADY_ANSWERED = RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged;
/** Longer waits for a rate limit are handed back, so that the reply is tried again later instead. */
const MAX_LIMIT_WAIT_MS = 20_000;

/** DiscordApi is the part of Discord's REST API that is used; discord.js keeps to the rate limits and repeats what failed. */
export class DiscordApi {
	readonly #rest: REST;
	/**
	 * Answers to interactions do not count in the application's limit of 50 calls a second, so they do not wait for it
	 * (https://discord.com/developers/docs/interactions/receiving-and-responding#endpoints).
	 */
	readonly #answers: REST;

	/** For messages that Discord would not recognise when they come again. */
	readonly #once: REST;

	constructor({ token, api }: { token: string; api?: string | undefined }) {
		const options: Partial<RESTOptions> = {
			...(api === undefined ? {} : { api }),
			version: '10',
			rejectOnRateLimit: ({ retryAfter, timeToReset }) => Math.max(retryAfter, timeToReset) > MAX_LIMIT_WAIT_MS,
		};
		this.#rest = new REST(options).setToken(token);
		const unlimited = { ...options, globalRequestsPerSecond: Number.POSITIVE_INFINITY };
		this.#answers = new REST(unlimited);
		this.#once = new REST({ ...unlimited, retries: 0 });
	}

	async application(): Promise<APIApplication> {
		return (await this.#rest.get(Routes.currentApplication())) as APIApplication;
	}

	async commands(application: string): Promise<RESTPutAPIApplicationCommandsJSONBody> {
		return (await this.#rest.get(Routes.applicationCommands(application))) as RESTPutAPIApplicationCommandsJSONBody;
	}

	async putCommands(application: string, body: RESTPutAPIApplicationCommandsJSONBody): Promise<void> {
		await this.#rest.put(Routes.applicationCommands(application), { body });
	}

	async channel(id: string): Promise<APIChannel> {
		return (await this.#rest.get(Routes.channel(id))) as APIChannel;
	}

	async directChannel(user: string): Promise<string> {
		const channel = await this.#rest.post(Routes.userChannels(), { body: { recipient_id: user } });
		return (channel as APIChannel).id;
	}

	async message(channel: string, id: string): Promise<APIMessage> {
		return (await this.#rest.get(Routes.channelMessage(channel, id))) as APIMessage;
	}

	/** Up to a hundred messages after one, oldest first. */
	async messagesAfter(channel: string, after: string): Promise<APIMessage[]> {
		const query = new URLSearchParams({ after, limit: '100' });
		const messages = (await this.#rest.get(Routes.channelMessages(channel), { query })) as APIMessage[];
		return messages.toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
	}

	async send(channel: string, body: RESTPostAPIChannelMessageJSONBody, files: RawFile[] = []): Promise<APIMessage> {
		return (await this.#rest.post(Routes.channelMessages(channel), { body, files })) as APIMessage;
	}

	async edit(channel: string, id: string, body: RESTPatchAPIChannelMessageJSONBody): Promise<void> {
		await this.#rest.patch(Routes.channelMessage(channel, id), { body });
	}

	async remove(channel: string, id: string): Promise<void> {
		await this.#rest.delete(Routes.channelMessage(channel, id));
	}

	/** The new thread has the id of the message. */
	async openThread(channel: string, message: string, name: string): Promise<void> {
		const body = { name, auto_archive_duration: ThreadAutoArchiveDuration.OneDay };
		await this.#rest.post(Routes.threads(channel, message), { body });
	}

	async reopenThread(thread: string): Promise<void> {
		await this.#rest.patch(Routes.channel(thread), { body: { archived: false } });
	}

	async typing(channel: string): Promise<void> {
		await this.#rest.post(Routes.channelTyping(channel));
	}

	/** Answers an interaction, once although the connection may fail; resolves with the message that this made, if it made one. */
	async respond(interaction: AnsweredInteraction, body: APIInteractionResponse): Promise<APIMessage | undefined> {
		try {
			return await this.#respondOnce(interaction, body).catch((error: unknown) => {
				if (error instanceof DiscordAPIError || error instanceof RateLimitError) throw error;
				return this.#respondOnce(interaction, body);
			});
		} catch (error) {
			if (!(error instanceof DiscordAPIError) || error.code !== ALREADY_ANSWERED) throw error;
			// The first attempt took effect, and only its answer was lost.
			const isMessage = body.type === InteractionResponseType.DeferredChannelMessageWithSource;
			return isMessage ? this.#response(interaction) : undefined;
		}
	}

	async #respondOnce(
		{ id, token }: AnsweredInteraction,
		body: APIInteractionResponse,
	): Promise<APIMessage | undefined> {
		const query = new URLSearchParams({ with_response: 'true' });
		const made = await this.#answers.post(Routes.interactionCallback(id, token), { body, query, auth: false });
		return (made as RESTPostAPIInteractionCallbackWithResponseResult | undefined)?.resource?.message;
	}

	async #response({ application_id, token }: AnsweredInteraction): Promise<APIMessage> {
		return (await this.#answers.get(Routes.webhookMessage(application_id, token), { auth: false })) as APIMessage;
	}

	async editResponse(
		application: string,
		token: string,
		body: RESTPatchAPIChannelMessageJSONBody,
		files: RawFile[] = [],
	): Promise<APIMessage> {
		const route = Routes.webhookMessage(application, token, '@original');
		return (await this.#answers.patch(route, { body, files, auth: false })) as APIMessage;
	}

	/** Not repeated when it fails: it has no nonce. */
	async followUp(
		application: string,
		token: string,
		body: RESTPostAPIWebhookWithTokenJSONBody,
		files: RawFile[] = [],
	): Promise<APIMessage> {
		const query = new URLSearchParams({ wait: 'true' });
		return (await this.#once.post(Routes.webhook(application, token), {
			body,
			files,
			query,
			auth: false,
		})) as APIMessage;
	}
}
