import { DeliveryFailure } from '@errand/core/domain/conversation/delivery-failure.ts';
import type { Receipt } from '@errand/core/domain/conversation/reply.ts';
import { describeError } from '@errand/core/domain/errors.ts';
import type { PersonId, TaskId } from '@errand/core/domain/ids.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { Reply } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { BoundedMap } from '../chat/bounded-map.ts';
import { Lanes } from '../chat/lanes.ts';
import type { QuickAnswers } from './quick-answers.ts';
import { renderSms } from './render-sms.ts';
import { smsSegments } from './segments.ts';
import { numberOf } from './sms-address.ts';
import type { SmsNotes } from './sms-notes.ts';
import type { OutboundSms, TwilioClient } from './twilio-client.ts';
import { failureOf, isOptedOut, mayHaveBeenSent } from './twilio-failure.ts';
import { STATUS_PATH } from './webhook-paths.ts';

/** OutboxParts is what replies are sent with. */
export interface OutboxParts {
	readonly client: TwilioClient;
	readonly notes: SmsNotes;
	readonly quick: QuickAnswers;
	readonly publicUrl: string | undefined;
	/** A signed page that shows a task to whoever has the link. */
	linkTo(task: TaskId, person: PersonId | undefined): string | undefined;
	/** Whether this number takes pictures from ours. */
	takesPictures(number: string): boolean;
	/** Told when a call to Twilio fails. */
	failed(error: unknown): void;
	readonly clock: IClock;
	readonly log: ILogger;
}

const MAX_PICTURES = 10;
const MAX_PICTURE_BYTES = 5_000_000;
/** So long after a start a text with the same words may be one of before it, by clocks that differ (ms). */
const DOUBT_MS = 2 * 60_000;
/** How long the core may take to note a receipt before a report about it is passed on. */
const NOTING_MS = 1_000;

/** SmsOutbox sends replies through Twilio's API, and knows which of them are so fresh that nobody has noted them yet. */
export class SmsOutbox {
	readonly #parts: OutboxParts;
	readonly #lanes = new Lanes();
	readonly #sending = new Map<string, Set<Promise<unknown>>>();
	/** When a text was taken by Twilio. */
	readonly #taken = new BoundedMap<string, number>(1_000);

	/** Texts that went out before this start; undefined where Twilio did not say. */
	readonly #before: Promise<readonly string[] | undefined>;
	readonly #openedAt: number;

	constructor(parts: OutboxParts) {
		this.#parts = parts;
		this.#openedAt = parts.clock.now();
		this.#before = parts.client.sentSince(this.#openedAt).catch((error: unknown) => {
			parts.log.warn('sms sent before not looked up', { error: describeError(error) });
			return undefined;
		});
	}

	deliver(reply: Reply, sending?: () => Promise<void>): Promise<Receipt> {
		const to = numberOf(reply.conversation);
		if (to === undefined) return Promise.reject(nowhere(reply.conversation));
		if (this.#parts.notes.optedOut(to)) return Promise.reject(optedOut());
		// One after the other, so that a text under way is never taken for another with the same words.
		const sent = this.#lanes.run(to, () => this.#deliver(to, reply, sending));
		const others = this.#sending.get(to) ?? new Set();
		this.#sending.set(to, others.add(sent));
		const done = () => {
			others.delete(sent);
			if (others.size === 0 && this.#sending.get(to) === others) this.#sending.delete(to);
		};
		sent.then(done, done);
		return sent;
	}

	/** Resolves once the receipt of a text is surely noted: a report can come before the answer that names the text. */
	async noted(to: string, messageSid: string): Promise<void> {
		await Promise.allSettled(this.#sending.get(to) ?? []);
		const at = this.#taken.get(messageSid);
		if (at === undefined) return;
		const { clock } = this.#parts;
		const waitMs = at + NOTING_MS - clock.now();
		if (waitMs > 0) await new Promise<void>((resolve) => void clock.after(waitMs, resolve));
	}

	async #deliver(to: string, reply: Reply, sending?: () => Promise<void>): Promise<Receipt> {
		const { publicUrl, clock, quick, log } = this.#parts;
		const link = reply.taskId === undefined ? undefined : this.#parts.linkTo(reply.taskId, reply.to);
		const mediaUrls = link === undefined || !this.#parts.takesPictures(to) ? [] : pictures(reply, link);
		const body = renderSms(reply, { link: link ?? publicUrl, pictures: mediaUrls.length });
		const statusCallback = publicUrl === undefined ? undefined : `${publicUrl}${STATUS_PATH}`;
		await this.#before;
		await sending?.();
		const messageSid = await this.#send({ to, body, mediaUrls, statusCallback });
		const at = clock.now();
		this.#taken.set(messageSid, at);
		quick.sent(to, at);
		log.debug('sms sent', { messageSid, replyId: reply.id, segments: smsSegments(body).segments });
		const receipt = { platformMessageIds: [messageSid], at };
		return statusCallback === undefined ? receipt : { ...receipt, awaitsReport: true };
	}

	async #send(sms: OutboundSms): Promise<string> {
		const { client, notes, clock, failed } = this.#parts;
		const since = clock.now();
		try {
			return await client.send(sms);
		} catch (error) {
			const trouble = client.trouble(error);
			failed(error);
			if (isOptedOut(trouble)) await notes.optOut(sms.to, clock.now());
			const found = mayHaveBeenSent(trouble) ? await this.#find(sms, since) : 'unknown';
			if (found === 'none' && trouble.status !== undefined) throw failureOf({ ...trouble, status: 503 });
			if (found === 'none' || found === 'unknown') throw failureOf(trouble);
			return found;
		}
	}

	/**
	 * Asks Twilio whether a text whose answer was lost went out after all. One with the same words that went out earlier, even
	 * before this start, is not it.
	 */
	async #find({ to, body }: OutboundSms, since: number): Promise<string> {
		const { client, log } = this.#parts;
		const before = await this.#before;
		if (before === undefined && since < this.#openedAt + DOUBT_MS) return 'unknown';
		try {
			const known = new Set([...(before ?? []), ...this.#taken.keys()]);
			const messageSid = await client.findSent({ to, body, since, known });
			log.info('sms whose answer was lost looked up', { found: messageSid !== undefined, messageSid });
			return messageSid ?? 'none';
		} catch {
			return 'unknown';
		}
	}
}

/** Twilio reads the pictures from the signed page; carriers show no other kinds. */
function pictures({ artifacts = [] }: Reply, link: string): string[] {
	let bytes = 0;
	return artifacts
		.filter((artifact) => {
			if (!/^image\/(?:jpeg|png|gif)$/.test(artifact.type) || bytes + artifact.bytes > MAX_PICTURE_BYTES) return false;
			bytes += artifact.bytes;
			return true;
		})
		.slice(0, MAX_PICTURES)
		.map(({ id }) => `${link}/files/${encodeURIComponent(id)}`);
}

function nowhere(conversation: string): DeliveryFailure {
	const message = `"${conversation}" is no conversation with a phone number.`;
	return new DeliveryFailure({ kind: 'permanent', code: 'no-number', message });
}

function optedOut(): DeliveryFailure {
	return new DeliveryFailure({
		kind: 'permanent',
		code: 'opted-out',
		message: 'The number wants no texts: STOP came from it.',
		hint: 'They can text START to get them again.',
	});
}
