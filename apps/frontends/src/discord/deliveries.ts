import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import type { Receipt } from '@errand/core/domain/conversation/reply.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { Reply } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { APIMessage, RawFile, RESTPostAPIChannelMessageJSONBody } from 'discord.js';
import { BoundedMap } from '../chat/bounded-map.ts';
import { toDiscord } from '../chat/discord-markdown.ts';
import type { ChannelDirectory } from './channel-directory.ts';
import { isGone, lacksPermission, placeFor, toDeliveryFailure } from './delivery-errors.ts';
import type { DiscordApi } from './discord-api.ts';
import type { FrontendHealth } from './frontend-health.ts';
import { type LiveInteraction, type LiveInteractions, TAKEN } from './live-interactions.ts';
import { nonceFor } from './nonce.ts';
import type { OutgoingFiles } from './outgoing-files.ts';
import { type DiscordPlace, placeOf } from './places.ts';
import { DISCORD_LIMITS, messageBody, NO_MENTIONS, type RenderedPart, renderMessages } from './render-reply.ts';
import type { SeenMarks } from './seen-marks.ts';
import type { ThreadOpener } from './thread-opener.ts';

interface Parts {
	readonly api: DiscordApi;
	readonly directory: ChannelDirectory;
	readonly live: LiveInteractions;
	readonly threads: ThreadOpener;
	readonly seen: Pick<SeenMarks, 'wrote'>;
	/** Where each message of the bot's was written. */
	readonly channelOf: BoundedMap<string, string>;
	readonly files: OutgoingFiles;
	readonly health: FrontendHealth;
	readonly clock: IClock;
	readonly log: ILogger;
	readonly application: string;
	readonly publicUrl?: string | undefined;
}

/** Where a part of a reply goes. */
interface Target {
	readonly channel: string;
	/** The message it replies to. */
	readonly reference?: string | undefined;
	/** Something to say once in front of it. */
	readonly note?: string | undefined;
}

/** Deliveries sends replies to where their conversations are held. */
export class Deliveries {
	readonly #parts: Parts;
	/** The messages of a reply that went out before one of them failed. */
	readonly #begun = new BoundedMap<string, string[]>(500);
	/** Replies of which the next message may have arrived, where Discord would not recognise it. */
	readonly #doubtful = new BoundedMap<string, true>(500);
	/** The root of the conversation in which a message of the bot's was written. */
	readonly #rootOf = new BoundedMap<string, string>(5_000);

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	async deliver(reply: Reply): Promise<Receipt> {
		const place = placeFor(reply);
		try {
			const rendered = renderMessages(reply, place, this.#parts.publicUrl);
			const live = this.#parts.live.find(reply.conversation, reply.inReplyTo);
			const answered = live === undefined ? undefined : await this.#answerCommand(live, reply, rendered);
			const ids = answered ?? (await this.#send(reply, place, rendered));
			return { platformMessageIds: ids, at: this.#parts.clock.now() };
		} catch (error) {
			throw toDeliveryFailure(error);
		}
	}

	/** The root of the conversation in which the bot wrote a message. */
	rootOf(message: string): string | undefined {
		return this.#rootOf.get(message);
	}

	/** What only one person sees is gone when they look again, so that what is to stay goes out as a message. */
	async #answerCommand(
		live: LiveInteraction,
		reply: Reply,
		rendered: readonly RenderedPart[],
	): Promise<string[] | undefined> {
		if (!(await live.answered)) {
			this.#parts.live.end(live.id);
			return undefined;
		}
		const passing = reply.kind === 'notice' || reply.kind === 'question';
		if (!live.ephemeral || passing) return this.#answer(live, reply, rendered);
		const { api, application, log } = this.#parts;
		if (!live.untouched) return undefined;
		live.untouched = false;
		await api
			.editResponse(application, live.token, { content: TAKEN, allowed_mentions: NO_MENTIONS })
			.catch((error) => {
				log.debug('discord command not answered', { interaction: live.id, error });
			});
		return undefined;
	}

	/** Answers a command where it was used; undefined when Discord does not take that any more. */
	async #answer(live: LiveInteraction, reply: Reply, rendered: readonly RenderedPart[]): Promise<string[] | undefined> {
		const { api, files, application } = this.#parts;
		const ids = this.#begun.get(begunKey(reply)) ?? [];
		this.#begun.set(begunKey(reply), ids);
		try {
			for (const part of rendered.slice(ids.length)) {
				const body = { ...messageBody(part), ...(live.ephemeral ? { flags: EPHEMERAL } : {}) };
				const attached = await files.read(part.files, reply.to);
				const wasUntouched = live.untouched;
				live.untouched = false;
				const { id, channel_id } = wasUntouched
					? await api.editResponse(application, live.token, messageBody(part), attached)
					: await this.#followUp(live.token, reply, body, attached);
				ids.push(id);
				if (!live.ephemeral) this.#parts.seen.wrote(channel_id, placeOf(live.conversation)?.kind ?? 'shared', id);
			}
		} catch (error) {
			if (!isGone(error)) throw error;
			this.#parts.live.end(live.id);
			return undefined;
		}
		this.#begun.delete(begunKey(reply));
		return ids;
	}

	/** Such a message has no nonce: one that may have arrived says so when it is sent again. */
	async #followUp(token: string, reply: Reply, body: FollowUp, attached: RawFile[]): Promise<APIMessage> {
		const { api, application } = this.#parts;
		const key = begunKey(reply);
		const marked = `${REPEATED}\n${body.content ?? ''}`;
		const isMarked = this.#doubtful.get(key) && marked.length <= DISCORD_LIMITS.text;
		try {
			const sent = await api.followUp(application, token, isMarked ? { ...body, content: marked } : body, attached);
			this.#doubtful.delete(key);
			return sent;
		} catch (error) {
			if (isGone(error)) throw error;
			const failed = toDeliveryFailure(error, false);
			if (failed.failure.kind === 'unknown-outcome') this.#doubtful.set(key, true);
			throw failed;
		}
	}

	async #send(reply: Reply, place: DiscordPlace, rendered: readonly RenderedPart[]): Promise<string[]> {
		const { health } = this.#parts;
		const target = await this.#target(reply, place, rendered);
		const ids = this.#begun.get(begunKey(reply)) ?? [];
		this.#begun.set(begunKey(reply), ids);
		for (let index = ids.length; index < rendered.length; index++) {
			const part = rendered[index];
			if (part === undefined) break;
			const { reference } = target;
			const note = index === 0 && target.note !== undefined ? `${target.note}\n` : '';
			const content = note.length + part.content.length > 2_000 ? part.content : note + part.content;
			const body = {
				...messageBody({ ...part, content }),
				nonce: nonceFor(reply, index),
				enforce_nonce: true,
				...(index === 0 && reference !== undefined
					? { message_reference: { message_id: reference, fail_if_not_exists: false } }
					: {}),
			};
			try {
				const { id } = await this.#sendPart(target.channel, body, { part, to: reply.to });
				ids.push(id);
				this.#parts.channelOf.set(id, target.channel);
				this.#parts.seen.wrote(target.channel, place.kind, id);
				if (place.kind === 'shared') this.#rootOf.set(id, place.root);
			} catch (error) {
				if (lacksPermission(error)) raiseNoSending(health, target.channel, error.message);
				throw error;
			}
		}
		health.clear(`send:${target.channel}`);
		this.#begun.delete(begunKey(reply));
		return ids;
	}

	/** Files that Discord will never take are named instead, because the words go out without them. */
	async #sendPart(
		channel: string,
		body: RESTPostAPIChannelMessageJSONBody,
		{ part, to }: { readonly part: RenderedPart; readonly to: Reply['to'] },
	): Promise<APIMessage> {
		const { api, files, log } = this.#parts;
		const attached = await files.read(part.files, to);
		try {
			return await api.send(channel, body, attached);
		} catch (error) {
			const { kind, message } = toDeliveryFailure(error).failure;
			if (attached.length === 0 || kind !== 'permanent') throw error;
			log.warn('discord files refused', { channel, files: attached.length, message });
			const content = withoutFiles(body.content ?? '', part.files);
			return await api.send(channel, { ...body, content }).catch(() => {
				throw error;
			});
		}
	}

	async #target(reply: Reply, place: DiscordPlace, rendered: readonly RenderedPart[]): Promise<Target> {
		const { directory, threads } = this.#parts;
		const { inReplyTo } = reply;
		if (place.kind === 'dm') {
			const channel = await directory.directChannel(place.user);
			return { channel, ...(inReplyTo === undefined ? {} : { reference: inReplyTo }) };
		}
		const found = await directory.find(place.root);
		if (found?.kind === 'thread') return inThread(place.root, inReplyTo);
		if (belongsInThread(reply, rendered)) {
			const opened = await threads.open(place);
			if (opened.thread) return inThread(place.root, inReplyTo);
			return { channel: place.channel, reference: inReplyTo ?? place.root, note: opened.note };
		}
		return { channel: place.channel, reference: inReplyTo ?? place.root };
	}
}

/** The same reply goes to everybody who follows its task. */
function begunKey({ conversation, id }: Reply): string {
	return `${conversation}/${id}`;
}

type FollowUp = Parameters<DiscordApi['followUp']>[2];

const EPHEMERAL = 64;
const REPEATED = '-# You may have this already.';
/** A longer answer gets a thread of its own. */
const LONG_ANSWER = 1_200;

function withoutFiles(content: string, files: readonly ArtifactRef[]): string {
	const names = toDiscord(files.map(({ name }) => name).join(', '));
	const note = `-# Discord did not take: ${names}. The page of the task has it.`;
	return [content, note]
		.filter((line) => line !== '')
		.join('\n')
		.slice(0, DISCORD_LIMITS.text);
}

/** The message a thread grew from is not in it, and can't be replied to from there. */
function inThread(thread: string, inReplyTo: string | undefined): Target {
	return { channel: thread, ...(inReplyTo === undefined || inReplyTo === thread ? {} : { reference: inReplyTo }) };
}

/** A quick answer stays in the channel; whatever takes time, asks, or is long gets a thread. */
function belongsInThread({ kind, taskId }: Reply, rendered: readonly RenderedPart[]): boolean {
	if (taskId === undefined || kind === 'notice') return false;
	if (kind === 'progress' || kind === 'question') return true;
	return rendered.length > 1 || rendered.some(({ content, files }) => files.length > 0 || content.length > LONG_ANSWER);
}

function raiseNoSending(health: FrontendHealth, channel: string, seen: string): void {
	health.raise(`send:${channel}`, {
		message: `Discord did not let us write in channel ${channel}: ${seen}.`,
		hint: 'Give the bot’s role "View Channel", "Send Messages", "Send Messages in Threads", "Attach Files" and "Read Message History" there (channel settings, Permissions).',
	});
}
