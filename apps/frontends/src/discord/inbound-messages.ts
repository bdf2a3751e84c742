import { CoreError, isCoreError } from '@errand/core/domain/errors.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { FrontendHost } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { APIMessage } from 'discord.js';
import { BoundedMap } from '../chat/bounded-map.ts';
import { Insistence, type Outcome, RETRY_WAITS_MS } from '../chat/insistence.ts';
import type { ArrivalOrder } from './arrival-order.ts';
import type { ChannelDirectory } from './channel-directory.ts';
import type { IncomingFiles } from './incoming-files.ts';
import { type Me, nameOf, parseMessage, type SaidMessage } from './parse-message.ts';
import { conversationAt, type DiscordPlace } from './places.ts';
import { isReadableMessage } from './readable-events.ts';
import type { Refusals } from './refusals.ts';
import type { SeenMarks } from './seen-marks.ts';
import type { TypingSigns } from './typing-signs.ts';

/** ArrivedMessage is a message as the gateway tells it, or as it is read back; read back it lacks its guild. */
export type ArrivedMessage = APIMessage & { readonly guild_id?: string | undefined };

interface Parts {
	readonly typing: Pick<TypingSigns, 'show'>;
	readonly directory: ChannelDirectory;
	readonly files: Pick<IncomingFiles, 'waiting'>;
	readonly seen: SeenMarks;
	readonly refusals: Refusals;
	readonly host: FrontendHost;
	readonly me: Me;
	/** The root of the conversation in which the bot wrote a message. */
	readonly rootOf: (message: string) => string | undefined;
	/** The text of messages can be read where the bot is not mentioned. */
	readonly readsAll: () => boolean;
	readonly order: ArrivalOrder;
	readonly clock: IClock;
	readonly log: ILogger;
}

const MOST_FAILURES = 5;

/** InboundMessages takes people's messages to the host, in the order of each person in each channel. */
export class InboundMessages {
	readonly #parts: Parts;
	readonly #stop = new AbortController();
	readonly #insistence: Insistence;
	readonly #failures = new BoundedMap<string, number>(1_000);

	constructor(parts: Parts) {
		this.#parts = parts;
		const { clock, log } = parts;
		const stopped = this.#stop.signal;
		this.#insistence = new Insistence({ what: 'discord message', clock, log, waitsMs: RETRY_WAITS_MS, stopped });
	}

	/** Resolves when the message was taken, refused, or left for later. */
	take(message: ArrivedMessage, direct: boolean): Promise<void> {
		const { order } = this.#parts;
		return this.#run(message, (channel, user) => order.afterMissed(channel, user, () => this.#place(message, direct)));
	}

	/** Takes one that is read back: nothing comes before it. */
	again(message: ArrivedMessage, direct: boolean): Promise<void> {
		const { order } = this.#parts;
		return this.#run(message, (channel, user) => order.inChannel(channel, user, () => this.#place(message, direct)));
	}

	stop(): void {
		this.#stop.abort();
	}

	async #run(message: ArrivedMessage, take: (channel: string, user: string) => Promise<void>): Promise<void> {
		const { seen, log } = this.#parts;
		const { id, channel_id: channel } = message;
		if (!isReadableMessage(message)) {
			log.warn('discord message unreadable', { message: String(id).slice(0, 20) });
			return;
		}
		seen.arrived(channel, id);
		try {
			await take(channel, message.author.id);
		} catch (error) {
			log.error('discord message not taken', { message: id, channel, error });
			this.#leave(message);
		}
	}

	/** Where a message belongs and what is done with it there; undefined when it is not meant for the bot. */
	async #place(message: ArrivedMessage, direct: boolean) {
		const { me, seen, directory } = this.#parts;
		const { author, channel_id: channel, id } = message;
		const said = parseMessage(message, me);
		if (said === undefined) return void seen.passed(channel, id);
		if (direct) directory.noteDirect(author.id, channel);
		// Before Discord is asked where it belongs, which may fail: what is meant for the bot is then read back.
		if ((direct || said.addressed) && !seen.begin(channel, direct ? 'dm' : 'shared', id)) return;
		const place: DiscordPlace | undefined = direct
			? { kind: 'dm', user: author.id }
			: await this.#placeOf(message, said);
		if (place === undefined) return void seen.passed(channel, id);
		if (!direct && !said.addressed && !seen.begin(channel, 'shared', id)) return;
		return { conversation: conversationAt(place), work: () => this.#taken(message, said, place) };
	}

	async #taken(message: ArrivedMessage, said: SaidMessage, place: DiscordPlace): Promise<void> {
		const { seen } = this.#parts;
		const { channel_id: channel, id } = message;
		switch (await this.#receive(message, said, place)) {
			case 'taken':
				return seen.done(channel, id);
			case 'refused':
				return seen.refused(channel, id);
			case 'later':
				return seen.leave(channel, id);
		}
	}

	/** It is read back later, but one that breaks something each time must not hold the channel's mark for ever. */
	#leave({ channel_id: channel, id }: ArrivedMessage): void {
		const failures = (this.#failures.get(id) ?? 0) + 1;
		this.#failures.set(id, failures);
		if (failures < MOST_FAILURES) this.#parts.seen.leave(channel, id);
		else this.#parts.seen.refused(channel, id);
	}

	/** The conversation a message in a channel or thread belongs to; undefined when it is not meant for the bot. */
	async #placeOf(message: ArrivedMessage, said: SaidMessage): Promise<DiscordPlace | undefined> {
		const { directory, me, rootOf } = this.#parts;
		const { channel_id: channel, id, author } = message;
		const found = await directory.find(channel);
		if (found?.kind !== 'thread') {
			if (!said.addressed) return undefined;
			const known = said.replyToMessage === undefined ? undefined : rootOf(said.replyToMessage);
			const root = known ?? said.threadedOn ?? id;
			if (root === id) directory.noteStarter(id, author.id, said.text);
			return { kind: 'shared', channel, root, user: author.id };
		}
		const place = { kind: 'shared', channel: found.parent, root: channel, user: author.id } as const;
		if (said.addressed) return place;
		// Only in a thread that was opened for somebody they need not mention the bot.
		if (found.owner !== me.user) return undefined;
		return (await directory.starter(found.parent, channel))?.user === author.id ? place : undefined;
	}

	async #receive(message: ArrivedMessage, said: SaidMessage, place: DiscordPlace): Promise<Outcome['kind']> {
		const { files, host, refusals, clock } = this.#parts;
		const conversation = conversationAt(place);
		const sender = { user: message.author.id, channel: message.channel_id, message: message.id };
		const direct = place.kind === 'dm';
		const outcome = await this.#insistence.attempt(message.id, true, async () => {
			try {
				await host.receive({
					frontend: 'discord',
					conversation,
					identity: `discord:${message.author.id}`,
					name: nameOf(message.author),
					direct,
					platformMessageId: message.id,
					text: this.#textOf(said, place),
					attachments: files.waiting(said.attachments),
					...(said.replyToMessage === undefined ? {} : { replyToMessage: said.replyToMessage }),
					at: Date.parse(message.timestamp) || clock.now(),
				});
			} catch (error) {
				// It lasts until somebody makes room, and whoever wrote should not wait in the dark.
				if (isCoreError(error, 'disk-full')) await refusals.tell(sender, error, direct);
				throw error;
			}
		});
		if (outcome.kind === 'taken') this.#parts.typing.show(message.channel_id);
		if (outcome.kind === 'refused') {
			this.#parts.log.info('discord message refused', { conversation, code: outcome.error.code });
			await refusals.tell(sender, outcome.error, direct);
		}
		return outcome.kind;
	}

	#textOf(said: SaidMessage, place: DiscordPlace): string {
		if (said.text !== '' || said.attachments.length > 0) return said.text;
		if (said.addressed) return '/help';
		if (place.kind === 'shared' && !this.#parts.readsAll()) {
			throw new CoreError('invalid-input', 'I cannot read messages here that do not mention me.', {
				hint: 'Mention me in your message. Whoever runs this can switch on "Message Content Intent" at discord.com/developers/applications, Bot.',
			});
		}
		throw new CoreError('invalid-input', 'There is nothing in this message that I can read.', {
			hint: 'Write what you want, or attach a file.',
		});
	}
}
