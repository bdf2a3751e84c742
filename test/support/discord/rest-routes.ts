import { CallError } from './call-error.ts';
import type { InteractionDesk, Used } from './interaction-desk.ts';
import type { Channel, Wire, WireAttachment, WireMessage, World } from './world.ts';

/** Call is a request as it was read. */
export interface Call {
	readonly method: string;
	readonly path: string;
	readonly query: URLSearchParams;
	readonly body: Wire;
	readonly list: readonly Wire[];
	readonly files: readonly { readonly name: string; readonly type: string; readonly content: Uint8Array }[];
}

type Answer = Wire | readonly Wire[] | undefined;
type Route = readonly [method: string, path: RegExp, answer: (call: Call, ids: readonly string[]) => Answer];

const MAX_TEXT = 2_000;
const MAX_FILE = 10 * 1024 * 1024;
const NONCE_MS = 5 * 60_000;
const EPHEMERAL = 64;

/** RestRoutes are the calls of the API that a bot needs. */
export class RestRoutes {
	readonly #world: World;
	readonly #desk: InteractionDesk;
	readonly #nonces = new Map<string, { message: WireMessage; at: number }>();
	readonly #routes: readonly Route[];
	/** How often the bot showed that it types, by channel. */
	readonly typing = new Map<string, number>();
	/** How often commands were written. */
	commandWrites = 0;

	constructor(world: World, desk: InteractionDesk) {
		this.#world = world;
		this.#desk = desk;
		this.#routes = [
			['GET', /^\/gateway\/bot$/, () => this.#gateway()],
			['GET', /^\/applications\/@me$/, () => this.#application()],
			['GET', /^\/users\/@me$/, () => world.bot],
			['GET', /^\/applications\/(\d+)\/commands$/, () => world.commands],
			['PUT', /^\/applications\/(\d+)\/commands$/, ({ list }) => this.#setCommands(list)],
			['POST', /^\/users\/@me\/channels$/, ({ body }) => this.#openDirect(body)],
			['GET', /^\/channels\/(\d+)$/, (_, [id]) => world.channelPayload(this.#channel(id))],
			['PATCH', /^\/channels\/(\d+)$/, ({ body }, [id]) => this.#changeChannel(id, body)],
			['GET', /^\/channels\/(\d+)\/messages$/, ({ query }, [id]) => this.#history(this.#channel(id), query)],
			['POST', /^\/channels\/(\d+)\/messages$/, (call, [id]) => this.#post(this.#channel(id), call)],
			['GET', /^\/channels\/(\d+)\/messages\/(\d+)$/, (_, [id, message]) => this.#message(id, message)],
			['PATCH', /^\/channels\/(\d+)\/messages\/(\d+)$/, (call, [id, message]) => this.#edit(id, message, call)],
			['DELETE', /^\/channels\/(\d+)\/messages\/(\d+)$/, (_, [id, message]) => this.#remove(id, message)],
			['POST', /^\/channels\/(\d+)\/messages\/(\d+)\/threads$/, ({ body }, ids) => this.#openThread(ids, body)],
			['POST', /^\/channels\/(\d+)\/typing$/, (_, [id]) => this.#showTyping(id)],
			['POST', /^\/interactions\/(\d+)\/([\w-]+)\/callback$/, (call, [, token]) => this.#respond(token, call)],
			['GET', /^\/webhooks\/\d+\/([\w-]+)\/messages\/@original$/, (_, [token]) => this.#original(token)],
			['PATCH', /^\/webhooks\/\d+\/([\w-]+)\/messages\/@original$/, (call, [token]) => this.#editOriginal(token, call)],
			['POST', /^\/webhooks\/\d+\/([\w-]+)$/, (call, [token]) => this.#followUp(token, call)],
		];
	}

	answer(call: Call): Answer {
		for (const [method, path, answer] of this.#routes) {
			const found = method === call.method ? path.exec(call.path) : null;
			if (found !== null) return answer(call, found.slice(1));
		}
		throw new CallError(404, 0, '404: Not Found');
	}

	#gateway(): Wire {
		const limit = { total: 1_000, remaining: 1_000, reset_after: 0, max_concurrency: 16 };
		return { url: `${this.#world.address.replace(/^http/, 'ws')}/gateway`, shards: 1, session_start_limit: limit };
	}

	#application(): Wire {
		const { application, bot, messageContent, claimsMessageContent, interactionsUrl, publicKey } = this.#world;
		return {
			id: application,
			name: 'Errand',
			icon: null,
			description: '',
			bot_public: true,
			bot_require_code_grant: false,
			summary: '',
			verify_key: publicKey,
			team: null,
			flags: (claimsMessageContent ?? messageContent) ? 1 << 19 : 0,
			interactions_endpoint_url: interactionsUrl,
			bot,
		};
	}

	#setCommands(list: readonly Wire[]): readonly Wire[] {
		this.commandWrites += 1;
		const { snowflakes, application } = this.#world;
		this.#world.commands = list.map((command) => ({
			id: snowflakes.next(),
			application_id: application,
			version: snowflakes.next(),
			default_member_permissions: null,
			dm_permission: true,
			nsfw: false,
			integration_types: [0],
			...command,
		}));
		return this.#world.commands;
	}

	#openDirect(body: Wire): Wire {
		const user = this.#world.users.get(String(body['recipient_id']));
		if (user === undefined) throw new CallError(400, 50_033, 'Invalid Recipient(s)');
		return this.#world.channelPayload(this.#world.directChannel(user.id));
	}

	#channel(id = ''): Channel {
		const channel = this.#world.channels.get(id);
		if (channel === undefined) throw new CallError(404, 10_003, 'Unknown Channel');
		if (this.#around(channel).denied.has('view')) throw new CallError(403, 50_001, 'Missing Access');
		return channel;
	}

	/** What is denied in a channel is denied in its threads. */
	#around(channel: Channel): Channel {
		return this.#world.channels.get(channel.parent ?? '') ?? channel;
	}

	#changeChannel(id: string | undefined, body: Wire): Wire {
		const channel = this.#channel(id);
		if (typeof body['archived'] === 'boolean') channel.archived = body['archived'];
		return this.#world.channelPayload(channel);
	}

	#history(channel: Channel, query: URLSearchParams): Wire[] {
		const after = BigInt(query.get('after') ?? '0');
		const limit = Number(query.get('limit') ?? '50');
		const messages = channel.messages.filter(({ id }) => BigInt(id) > after);
		const page = query.has('after') ? messages.slice(0, limit) : messages.slice(-limit);
		return page
			.map((message) => {
				const { guild_id: _, member: __, channel_type: ___, ...rest } = this.#world.messagePayload(channel, message);
				return rest;
			})
			.toReversed();
	}

	#message(channelId: string | undefined, id: string | undefined): WireMessage {
		const message = this.#channel(channelId).messages.find((one) => one.id === id);
		if (message === undefined) throw new CallError(404, 10_008, 'Unknown Message');
		return message;
	}

	#post(channel: Channel, call: Call): Wire {
		const { body } = call;
		if (this.#around(channel).denied.has('send')) throw new CallError(403, 50_013, 'Missing Permissions');
		if (channel.kind === 'dm' && this.#world.users.get(channel.recipient ?? '')?.['closed'] === true) {
			throw new CallError(403, 50_007, 'Cannot send messages to this user');
		}
		const nonce = body['nonce'];
		const key = `${channel.id}:${String(nonce)}`;
		const known = this.#nonces.get(key);
		if (body['enforce_nonce'] === true && known !== undefined && Date.now() - known.at < NONCE_MS) return known.message;
		const fields = this.#fields(call);
		const reference = body['message_reference'] as { message_id: string; fail_if_not_exists?: boolean } | undefined;
		const exists = channel.messages.some(({ id }) => id === reference?.message_id);
		if (reference !== undefined && !exists && reference.fail_if_not_exists !== false) {
			throw new CallError(400, 50_035, 'Invalid Form Body: message_reference: Unknown message');
		}
		const message = this.#world.post(channel, this.#world.bot, {
			...fields,
			...(nonce === undefined ? {} : { nonce }),
			...(reference !== undefined && exists
				? { type: 19, message_reference: { type: 0, message_id: reference.message_id, channel_id: channel.id } }
				: {}),
		});
		if (nonce !== undefined) this.#nonces.set(key, { message, at: Date.now() });
		return message;
	}

	#edit(channelId: string | undefined, id: string | undefined, call: Call): Wire {
		const channel = this.#channel(channelId);
		const message = this.#message(channelId, id);
		if (message.author.id !== this.#world.bot.id)
			throw new CallError(403, 50_005, 'Cannot edit a message authored by another user');
		if (channel.archived) throw new CallError(400, 50_083, 'Thread is archived');
		return this.#change(message, call);
	}

	#change(message: WireMessage, call: Call): Wire {
		const { files } = call;
		if ('content' in call.body || files.length > 0) {
			const fields = this.#fields(call, message);
			message.content = String(fields['content'] ?? '');
			if (files.length > 0) message.attachments = fields['attachments'] as WireAttachment[];
		}
		if (Array.isArray(call.body['components'])) message.components = call.body['components'] as Wire[];
		message.edited_timestamp = new Date().toISOString();
		message['edits'] = Number(message['edits'] ?? 0) + 1;
		return message;
	}

	#remove(channelId: string | undefined, id: string | undefined): undefined {
		const { messages } = this.#channel(channelId);
		messages.splice(messages.indexOf(this.#message(channelId, id)), 1);
	}

	#openThread([channelId, id]: readonly string[], body: Wire): Wire {
		const channel = this.#channel(channelId);
		this.#message(channelId, id);
		if (channel.kind !== 'text') throw new CallError(400, 50_024, 'Cannot execute action on this channel type');
		if (channel.denied.has('threads')) throw new CallError(403, 50_013, 'Missing Permissions');
		if (this.#world.channels.has(id ?? '')) {
			throw new CallError(400, 160_004, 'A thread has already been created for this message');
		}
		const thread = this.#world.addThread(channel, id ?? '', String(body['name']), this.#world.bot.id);
		return this.#world.channelPayload(thread);
	}

	#showTyping(id: string | undefined): undefined {
		const channel = this.#channel(id);
		this.typing.set(channel.id, (this.typing.get(channel.id) ?? 0) + 1);
	}

	#used(token = ''): Used {
		const used = this.#desk.used.get(token);
		if (used === undefined) throw new CallError(404, 10_062, 'Unknown interaction');
		return used;
	}

	#respond(token: string | undefined, { body, query }: Call): Answer {
		const used = this.#used(token);
		if (used.response !== undefined) throw new CallError(400, 40_060, 'Interaction has already been acknowledged.');
		used.response = body;
		used.respondedAfterMs = Date.now() - used.usedAt;
		if (used.respondedAfterMs > 3_000) throw new CallError(404, 10_062, 'Unknown interaction');
		const data = (body['data'] ?? {}) as Wire;
		const type = Number(body['type']);
		if (type === 4 || type === 5)
			used.original = this.#postResponse(used, type === 5 ? { ...data, content: '' } : data);
		if (type === 6 || type === 7) used.original = used.on;
		if (query.get('with_response') !== 'true') return undefined;
		const about = { id: used.id, type: 2, response_message_id: used.original?.id };
		return {
			interaction: about,
			resource: { type, ...(used.original === undefined ? {} : { message: used.original }) },
		};
	}

	#original(token: string | undefined): WireMessage {
		const { original } = this.#used(token);
		if (original === undefined) throw new CallError(404, 10_008, 'Unknown Message');
		return original;
	}

	#editOriginal(token: string | undefined, call: Call): Wire {
		return this.#change(this.#original(token), call);
	}

	#followUp(token: string | undefined, call: Call): Wire {
		const used = this.#used(token);
		if (used.response === undefined) throw new CallError(404, 10_015, 'Unknown Webhook');
		const message = this.#postResponse(used, { ...this.#fields(call), flags: call.body['flags'] ?? 0 });
		used.followUps.push(message);
		return message;
	}

	/** An ephemeral message is seen by one person and is in no channel. */
	#postResponse(used: Used, fields: Wire): WireMessage {
		const { bot, application, snowflakes } = this.#world;
		const metadata = {
			interaction_metadata: { id: used.id, type: 2, user: used.user },
			type: 20,
			application_id: application,
		};
		if ((Number(fields['flags'] ?? 0) & EPHEMERAL) === 0)
			return this.#world.post(used.channel, bot, { ...fields, ...metadata });
		return {
			components: [],
			attachments: [],
			edited_timestamp: null,
			type: 20,
			flags: EPHEMERAL,
			...fields,
			content: String(fields['content'] ?? ''),
			id: snowflakes.next(),
			channel_id: used.channel.id,
			author: bot,
		};
	}

	#fields({ body, files }: Call, before?: WireMessage): Wire {
		const content = String(body['content'] ?? before?.content ?? '');
		const components = (body['components'] ?? []) as Wire[];
		if ([...content].length > MAX_TEXT) {
			throw new CallError(400, 50_035, `Invalid Form Body: content: Must be ${MAX_TEXT} or fewer in length.`);
		}
		if (content === '' && files.length === 0) throw new CallError(400, 50_006, 'Cannot send an empty message');
		if (files.some(({ content: bytes }) => bytes.byteLength > MAX_FILE)) {
			throw new CallError(413, 40_005, 'Request entity too large');
		}
		if (!isDeepEqual(body['allowed_mentions'], { parse: [] })) {
			throw new CallError(400, 50_035, 'allowed_mentions lets somebody be pinged');
		}
		const attachments = files.map(({ name, type, content: bytes }) => this.#world.addFile(name, type, bytes));
		return { content, components, attachments };
	}
}

function isDeepEqual(a: unknown, b: unknown): boolean {
	return JSON.stringify(a) === JSON.stringify(b);
}
