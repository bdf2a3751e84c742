import { type CoreError, isCoreError } from '@errand/core/domain/errors.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { FrontendHost } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { BoundedMap } from '../chat/bounded-map.ts';
import { factsOfRefusal } from '../chat/facts-of-refusal.ts';
import { Lanes } from '../chat/lanes.ts';
import { toPlainText } from '../chat/plain-markdown.ts';
import { SenderNotices } from '../chat/sender-notices.ts';
import { isWelcomeAgain } from '../chat/welcome-again.ts';
import type { MediaFetcher } from './fetch-media.ts';
import { fitSms } from './fit-sms.ts';
import type { InboundSms } from './inbound-sms.ts';
import { readSms, SMS_HELP, SMS_STARTED, SMS_STOPPED } from './keywords.ts';
import type { QuickAnswers } from './quick-answers.ts';
import { MAX_SMS_LENGTH } from './render-sms.ts';
import { isPhoneNumber, smsConversation } from './sms-address.ts';
import type { SmsNotes } from './sms-notes.ts';

/** InboxParts is what texts are taken with. */
export interface InboxParts {
	readonly host: Pick<FrontendHost, 'receive'>;
	readonly ownNumber: string;
	readonly notes: SmsNotes;
	readonly quick: QuickAnswers;
	readonly media: MediaFetcher;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** Hearing is what became of a text: whether it is dealt with for good, and what is said at once. */
export interface Hearing {
	readonly taken: boolean;
	readonly said?: string | undefined;
}

/** SmsInbox takes the texts that came in, those of one sender in the order in which they came. */
export class SmsInbox {
	readonly #parts: InboxParts;
	readonly #notices = new SenderNotices();
	readonly #lanes = new Lanes();
	/** Texts that were counted as answers to ours; one that Twilio brings again is none. */
	readonly #counted = new BoundedMap<string, true>(5_000);

	constructor(parts: InboxParts) {
		this.#parts = parts;
	}

	/** Never rejects; the same text again changes nothing. One that was looked up says nothing about how quick its sender is. */
	async take(sms: InboundSms, how: 'brought' | 'looked-up' = 'brought'): Promise<Hearing> {
		const { log, ownNumber } = this.#parts;
		const { from, messageSid } = sms;
		if (from === ownNumber || !isPhoneNumber(from)) {
			log.warn('sms of an unfit sender ignored', { from: from.slice(0, 40), messageSid });
			return { taken: true };
		}
		return this.#lanes.run(from, () => this.#answer(sms, how));
	}

	async #answer(sms: InboundSms, how: 'brought' | 'looked-up'): Promise<Hearing> {
		const { log, notes, quick, clock } = this.#parts;
		try {
			const said = await this.#react(sms, how);
			if (said === undefined || (notes.optedOut(sms.from) && said !== SMS_STOPPED)) return { taken: true };
			quick.sent(sms.from, clock.now());
			return { taken: true, said };
		} catch (error) {
			log.warn('sms not taken', { messageSid: sms.messageSid, error });
			return { taken: false };
		}
	}

	/** What is said at once, if anything; throws what Twilio may bring again. */
	async #react(sms: InboundSms, how: 'brought' | 'looked-up'): Promise<string | undefined> {
		const { notes, clock, log } = this.#parts;
		const { from, messageSid, optOutType } = sms;
		if (notes.isSettled(messageSid)) return undefined;
		const wasOut = notes.optedOut(from);
		const word = readSms(sms.body, { optedOut: wasOut, optOutType });
		// Twilio's advanced opt-out has answered the keywords it names.
		const unanswered = (text: string) => (optOutType === undefined ? text : undefined);
		if (word.kind === 'stop') {
			await notes.optOut(from, clock.now());
			await notes.settle(messageSid);
			log.info('sms opted out', { from, messageSid });
			return wasOut ? undefined : unanswered(SMS_STOPPED);
		}
		if (word.kind === 'start') {
			await notes.optIn(from);
			await notes.settle(messageSid);
			log.info('sms opted in', { from, messageSid });
			return unanswered(wasOut ? SMS_STARTED : SMS_HELP);
		}
		const verdict = this.#verdict(sms, how);
		if (verdict !== 'take') {
			// Who is muted is forgotten with this process, but what they said must not run in the next one.
			await notes.settle(messageSid);
			if (verdict === 'ignore') return undefined;
			log.warn('sms sender muted: it answers each text at once', { from, messageSid });
			return MUTED;
		}
		if (word.kind === 'text') return this.#receive(sms, word.text);
		await notes.settle(messageSid);
		return unanswered(SMS_HELP);
	}

	#verdict({ from, messageSid }: InboundSms, how: 'brought' | 'looked-up'): 'take' | 'mute' | 'ignore' {
		const { quick, clock } = this.#parts;
		const now = clock.now();
		if (how === 'looked-up' || this.#counted.get(messageSid) === true)
			return quick.isMuted(from, now) ? 'ignore' : 'take';
		this.#counted.set(messageSid, true);
		return quick.received(from, now);
	}

	async #receive(sms: InboundSms, text: string): Promise<string | undefined> {
		const { host, media, notes, clock, log } = this.#parts;
		const { from, messageSid } = sms;
		const files = media.filesOf(sms);
		const receive = async () => {
			if (text.trim() === '' && sms.media.length > 0 && files.left().length === 0) return;
			await host.receive({
				frontend: 'sms',
				conversation: smsConversation(from),
				identity: `sms:${from}`,
				direct: true,
				platformMessageId: messageSid,
				text,
				attachments: files.left(),
				at: clock.now(),
			});
		};
		try {
			await receive().catch(async (error: unknown) => {
				// What could not be fetched is left out, and its sender told, rather than the whole text lost.
				if (!isCoreError(error, 'fetch-failed') || (await files.missing()) === 0) throw error;
				await receive();
			});
		} catch (error) {
			if (!isCoreError(error) || isWelcomeAgain(error)) throw error;
			await notes.settle(messageSid);
			log.info('sms refused', { from, messageSid, code: error.code });
			return this.#notices.due(from, error.code, clock.now()) ? noticeOf(error) : undefined;
		}
		const missing = await files.missing();
		return missing === 0 ? undefined : missingFiles(missing);
	}
}

/** A person who was only quick should know; a machine answers this as well, and is not heard. */
const MUTED =
	'Ten texts in a row came within two seconds of mine, as from a machine. For an hour I do not read texts from this number.';

function noticeOf(error: CoreError): string {
	const text = toPlainText(factsOfRefusal(error));
	return fitSms(text, { maxSegments: 3, maxLength: MAX_SMS_LENGTH, more: '…' });
}

function missingFiles(missing: number): string {
	const files = missing === 1 ? '1 file' : `${missing} files`;
	return `${files} of your text could not be fetched. At most 10 of 5 MB each are taken; please send them again.`;
}
