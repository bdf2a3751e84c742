import type { ConversationId } from '@errand/core/domain/ids.ts';
import { asConversationId } from '@errand/core/domain/ids.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { Update, UserFromGetMe } from 'grammy/types';
import type { Insistence } from '../chat/insistence.ts';
import type { Lanes } from '../chat/lanes.ts';
import { mergeAlbum } from './merge-album.ts';
import { type IncomingMessage, parseUpdate } from './parse-update.ts';
import type { TelegramMemory } from './telegram-memory.ts';

interface AlbumsParts {
	readonly me: UserFromGetMe;
	readonly memory: TelegramMemory;
	readonly lines: Lanes;
	readonly insistence: Insistence;
	readonly clock: IClock;
	readonly log: ILogger;
	/** Takes the album as one message, insisting; false when it has to wait for another start. */
	receive(conversation: ConversationId, message: IncomingMessage): Promise<boolean>;
}

/** How long after its latest picture an album is complete, ms. */
const COMPLETE_AFTER_MS = 500;
const MOST_OPEN = 200;
const MOST_FINISHED = 300;

/**
 * Albums collects the pictures of an album, which arrive as messages of their own, into one message. Each picture is
 * durable in the frontend's memory before it is confirmed; an album is closed there before it is received, so that after a
 * crash it is received again with just the same pictures (and recognised), and one that comes late makes a message of its
 * own instead of being lost. All methods run in the line of their conversation.
 */
export class Albums {
	readonly #parts: AlbumsParts;
	readonly #timers = new Map<string, () => void>();

	constructor(parts: AlbumsParts) {
		this.#parts = parts;
	}

	/** Takes up what a crash left behind. */
	resume(): void {
		for (const conversation of Object.keys(this.#open)) this.#schedule(asConversationId(conversation));
	}

	stop(): void {
		for (const callOff of this.#timers.values()) callOff();
		this.#timers.clear();
	}

	/** True once the picture is durable; false when it has to be sent again. */
	async add(conversation: ConversationId, update: Update, picture: IncomingMessage, insist: boolean): Promise<boolean> {
		if (this.#parts.memory.remembered.finished.includes(nameOf(conversation, picture))) return true;
		const open = this.#open[conversation];
		const joins = open !== undefined && open.group === picture.album && !open.closed;
		if (!joins) {
			if (!picture.addressed) return true;
			if (!(await this.flush(conversation))) return false;
			if (Object.keys(this.#open).length >= MOST_OPEN) return this.#parts.receive(conversation, picture);
		}
		const album = joins ? open : { group: picture.album ?? '', closed: false, updates: [] };
		this.#open[conversation] = album;
		if (!album.updates.some(({ update_id }) => update_id === update.update_id)) album.updates.push(update);
		this.#schedule(conversation);
		// A picture that could not be stored stays in the album in memory, and is not confirmed.
		const kept = await this.#parts.insistence.attempt(`${update.update_id}`, insist, () => this.#parts.memory.keep());
		return kept.kind !== 'later';
	}

	/** Receives the open album of a conversation, if there is one, before anything that came after it. */
	async flush(conversation: ConversationId): Promise<boolean> {
		const album = this.#open[conversation];
		if (album === undefined) return true;
		this.#timers.get(conversation)?.();
		this.#timers.delete(conversation);
		const { insistence, memory, me, log } = this.#parts;
		if (!album.closed) {
			album.closed = true;
			const closed = await insistence.attempt(`${conversation}/${album.group}`, true, () => memory.keep());
			if (closed.kind === 'later') return false;
		}
		const pictures = album.updates
			.map((update) => parseUpdate(update, me))
			.filter((incoming) => incoming.kind === 'message');
		const merged = mergeAlbum(pictures);
		if (merged !== undefined && !(await this.#parts.receive(conversation, merged))) return false;
		delete this.#open[conversation];
		const { finished } = memory.remembered;
		finished.push(...pictures.map((picture) => nameOf(conversation, picture)));
		finished.splice(0, finished.length - MOST_FINISHED);
		// Without it the album is received once more after a crash, and recognised.
		await memory.keep().catch((error: unknown) => log.warn('telegram memory not kept', { error }));
		return true;
	}

	get #open() {
		return this.#parts.memory.remembered.albums;
	}

	#schedule(conversation: ConversationId): void {
		const { clock, lines, log } = this.#parts;
		this.#timers.get(conversation)?.();
		const due = () => {
			this.#timers.delete(conversation);
			lines
				.run(conversation, () => this.flush(conversation))
				.catch((error: unknown) => log.error('telegram album failed', { conversation, error }));
		};
		this.#timers.set(conversation, clock.after(COMPLETE_AFTER_MS, due));
	}
}

function nameOf(conversation: ConversationId, { album, messageId }: IncomingMessage): string {
	return `${conversation}/${album}/${messageId}`;
}
