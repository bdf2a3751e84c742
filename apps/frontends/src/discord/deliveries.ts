import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import { DeliveryFailure } from '@errand/core/domain/conversation/delivery-failure.ts';
import type { Receipt } from '@errand/core/domain/conversation/reply.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { Reply } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { type APIMessage, RESTJSONErrorCodes, type RESTPostAPIChannelMessageJSONBody } from 'discord.js';
import { BoundedMap } from '../chat/bounded-map.ts';
import { toDiscord } from '../chat/discord-markdown.ts';
import { Lanes } from '../chat/lanes.ts';
import type { ChannelDirectory } from './channel-directory.ts';
import { isDiscordError, isGone, lacksPermission, toDeliveryFailure } from './delivery-errors.ts';
import type { DiscordApi } from './discord-api.ts';
import type { FrontendHealth } from './frontend-health.ts';
import { type LiveInteraction, type LiveInteractions, TAKEN } from './live-interactions.ts';
import { nonceFor } from './nonce.ts';
import type { OutgoingFiles } from './outgoing-files.ts';
import { type DiscordPlace, placeOf } from './places.ts';
import { DISCORD_LIMITS, type RenderedPart, renderProgress, renderReply } from './render-reply.ts';
import type { SeenMarks } from './seen-marks.ts';
import type { ThreadOpener } from './thread-opener.ts';

interface Parts {
	readonly api: DiscordApi;
	readonly directory: ChannelDirectory;
	readonly live: LiveInteractions;
	readonly threads: ThreadOpener;
	readonly seen: Pick<SeenMarks, 'wrote'>;
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

const NO_MENTIONS = { parse: [] };

/** Deliveries sends replies to where their conversations are held, and edits them there. */
export class Deliveries {
	readonly #parts: Parts;
	/** The messages of a reply that went out before one of them failed. */
	readonly #begun = new BoundedMap<string, string[]>(500);
	readonly #channelOf = new BoundedMap<string, string>(5_000);
	/** The root of the conversation in which a message of the bot's was written. */
	readonly #rootOf = new BoundedMap<string, string>(5_000);
	readonly #edits = new Lanes();
	readonly #latestEdit = new BoundedMap<string, Reply>(1_000);

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	async deliver(reply: Reply): Promise<Receipt> {
		const place = this.#placeOf(reply);
		try {
			const rendered = this.#render(reply, place);
			const live = this.#parts.live.find(reply.conversation, reply.inReplyTo);
			const answered = live === undefined ? undefined : await this.#answerCommand(live, reply, rendered);
			const ids = answered ?? (await this.#send(reply, place, rendered));
			return { platformMessageIds: ids, at: this.#parts.clock.now() };
		} catch (error) {
			throw toDeliveryFailure(error);
		}
	}

	/** Edits in the order they were asked for; one that was overtaken while it waited is left out. A message that is gone needs none. */
	async revise(receipt: Receipt, reply: Reply): Promise<void> {
		const [first] = receipt.platformMessageIds;
		if (first === undefined) return;
		this.#latestEdit.set(first, reply);
		await this.#edits.run(first, async () => {
			if (this.#latestEdit.get(first) !== reply) return;
			this.#latestEdit.delete(first);
			try {
				await this.#edit(receipt.platformMessageIds, reply);
			} catch (error) {
				if (!isGone(error)) throw toDeliveryFailure(error);
			}
		});
	}

	/** The root of the conversation in which the bot wrote a message. */
	rootOf(message: string): string | undefined {
		return this.#rootOf.get(message);
	}

	#placeOf(reply: Reply): DiscordPlace {
		const place = placeOf(reply.conversation);
		if (place !== undefined) return place;
		throw new DeliveryFailure({
			kind: 'permanent',
			code: 'no-such-place',
			message: `There is no place on Discord called "${reply.conversation}".`,
		});
	}

	#render(reply: Reply, place: DiscordPlace): RenderedPart[] {
		if (reply.kind === 'progress') return [{ content: renderProgress(reply), rows: [], files: [] }];
		return renderReply(reply, place, this.#parts.publicUrl);
	}

	/** What only one person sees is gone when they look again, so that what is to stay goes out as a message. */
	async #answerCommand(
		live: LiveInteraction,
		reply: Reply,
		rendered: readonly RenderedPart[],
	): Promise<string[] | undefined> {
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
				const body = { ...bodyOf(part), ...(live.ephemeral ? { flags: EPHEMERAL } : {}) };
				const attached = await files.read(part.files);
				const wasUntouched = live.untouched;
				live.untouched = false;
				const { id, channel_id } = wasUntouched
					? await api.editResponse(application, live.token, bodyOf(part), attached)
					: await api.followUp(application, live.token, body, attached);
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
				...bodyOf({ ...part, content }),
				nonce: nonceFor(reply, index),
				enforce_nonce: true,
				...(index === 0 && reference !== undefined
					? { message_reference: { message_id: reference, fail_if_not_exists: false } }
					: {}),
			};
			try {
				const { id } = await this.#sendPart(target.channel, body, part);
				ids.push(id);
				this.#channelOf.set(id, target.channel);
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
	async #sendPart(channel: string, body: RESTPostAPIChannelMessageJSONBody, part: RenderedPart): Promise<APIMessage> {
		const { api, files, log } = this.#parts;
		const attached = await files.read(part.files);
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

	async #edit(ids: readonly string[], reply: Reply): Promise<void> {
		const place = this.#placeOf(reply);
		const rendered = this.#render(reply, place);
		for (const [index, id] of ids.entries()) {
			const part = rendered[index];
			const body = part === undefined ? undefined : { ...bodyOf(part), components: [...part.rows] };
			for (const channel of await this.#channelsOf(id, place)) {
				try {
					if (body === undefined) await this.#parts.api.remove(channel, id);
					else await this.#editThere(channel, id, body);
					this.#channelOf.set(id, channel);
					break;
				} catch (error) {
					if (!isGone(error)) throw error;
				}
			}
		}
	}

	async #editThere(channel: string, id: string, body: ReturnType<typeof bodyOf>): Promise<void> {
		const { api } = this.#parts;
		try {
			await api.edit(channel, id, body);
		} catch (error) {
			if (!isDiscordError(error, RESTJSONErrorCodes.InvalidActionOnArchivedThread)) throw error;
			await api.reopenThread(channel);
			await api.edit(channel, id, body);
		}
	}

	/** Where a message may be: known, or after a restart in the thread if there is one, else in its channel. */
	async #channelsOf(id: string, place: DiscordPlace): Promise<string[]> {
		const known = this.#channelOf.get(id);
		if (known !== undefined) return [known];
		const { directory } = this.#parts;
		if (place.kind === 'dm') return [await directory.directChannel(place.user)];
		const found = await directory.find(place.root);
		return found?.kind === 'thread' ? [place.root, place.channel] : [place.channel];
	}
}

/** The same reply goes to everybody who follows its task. */
function begunKey({ conversation, id }: Reply): string {
	return `${conversation}/${id}`;
}

const EPHEMERAL = 64;
/** A longer answer gets a thread of its own. */
const LONG_ANSWER = 1_200;

function bodyOf({ content, rows }: Pick<RenderedPart, 'content' | 'rows'>) {
	return {
		content,
		allowed_mentions: NO_MENTIONS,
		...(rows.length === 0 ? {} : { components: [...rows] }),
	};
}

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
