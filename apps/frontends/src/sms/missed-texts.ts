import { describeError } from '@errand/core/domain/errors.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { SmsInbox } from './sms-inbox.ts';
import type { SmsNotes } from './sms-notes.ts';
import type { TwilioClient } from './twilio-client.ts';

/** MissedTextsParts is where texts are looked for and who takes them. */
export interface MissedTextsParts {
	readonly client: Pick<TwilioClient, 'receivedSince' | 'send'>;
	readonly inbox: Pick<SmsInbox, 'take'>;
	readonly notes: SmsNotes;
	/** How often to look, ms. */
	readonly everyMs: number;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** Twilio dates texts by the second and by its own clock, and lists one a moment after it came. */
const OVERLAP_MS = 60_000;
const AGAIN_MS = 15_000;
const PATIENCE_MS = 5_000;
const MOST_REMEMBERED = 2_000;

/**
 * MissedTexts fetches what Twilio’s webhook could not bring, because this server or its address was down: Twilio tries a few
 * times within seconds, and then never again. A text that did come is recognised by its id.
 */
export class MissedTexts {
	readonly #parts: MissedTextsParts;
	/** Texts that were dealt with; oldest first. */
	readonly #known = new Set<string>();
	#looking: Promise<void> | undefined;
	#callOff = () => {};
	#stopped = false;

	constructor(parts: MissedTextsParts) {
		this.#parts = parts;
	}

	/** Looks now, and then every so often; again soon when it did not work out. */
	look(): Promise<void> {
		this.#looking ??= this.#look().finally(() => {
			this.#looking = undefined;
		});
		return this.#looking;
	}

	/** Resolves once nothing older is being taken, or after a few seconds, because Twilio waits no longer. */
	async caughtUp(): Promise<void> {
		if (this.#looking === undefined) return;
		let callOff = () => {};
		const patience = new Promise<void>((resolve) => {
			callOff = this.#parts.clock.after(PATIENCE_MS, resolve);
		});
		await Promise.race([this.#looking, patience]);
		callOff();
	}

	/** Says that a text was dealt with, or that one was not and is to be looked for. */
	heard(messageSid: string, taken: boolean): void {
		if (!taken) return this.#later(AGAIN_MS);
		this.#known.add(messageSid);
		const [oldest] = this.#known;
		if (this.#known.size > MOST_REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
	}

	stop(): void {
		this.#stopped = true;
		this.#callOff();
	}

	async #look(): Promise<void> {
		const { notes, everyMs, clock, log } = this.#parts;
		const { checkedAt } = notes;
		const startedAt = clock.now();
		try {
			// What came before the very first start is none of ours.
			const all = checkedAt === undefined || (await this.#takeSince(checkedAt - OVERLAP_MS));
			if (all) await notes.checked(startedAt);
			this.#later(all ? everyMs : AGAIN_MS);
		} catch (error) {
			log.warn('missed sms not looked for', { error: describeError(error) });
			this.#later(AGAIN_MS);
		}
	}

	/** Whether every one of them was taken. */
	async #takeSince(since: number): Promise<boolean> {
		const { client, inbox, log } = this.#parts;
		const texts = await client.receivedSince(since, this.#known);
		for (const sms of texts) {
			if (this.#known.has(sms.messageSid)) continue;
			if (this.#stopped) return false;
			const { taken, said } = await inbox.take(sms, 'looked-up');
			if (!taken) return false;
			this.heard(sms.messageSid, true);
			log.info('sms looked up', { messageSid: sms.messageSid });
			if (said !== undefined) await client.send({ to: sms.from, body: said, mediaUrls: [] });
		}
		return true;
	}

	#later(delayMs: number): void {
		this.#callOff();
		if (!this.#stopped) this.#callOff = this.#parts.clock.after(delayMs, () => void this.look());
	}
}
