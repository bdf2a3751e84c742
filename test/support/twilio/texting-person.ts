import { smsSegments } from '@errand/frontends/sms/segments.ts';

/** ReceivedText is a text on somebody's phone. */
export interface ReceivedText {
	readonly sid: string;
	readonly text: string;
	readonly segments: number;
	readonly mediaUrls: readonly string[];
	readonly at: number;
}

/** SentFile is a picture or file that somebody sends along. */
export interface SentFile {
	readonly type: string;
	readonly content: Uint8Array;
}

/** Webhooks of the stand-in that bring a person's texts to us. */
export interface Carrier {
	send(from: string, words: string, media: readonly SentFile[]): Promise<string>;
}

/** TextingPerson is somebody with a phone. */
export class TextingPerson {
	readonly number: string;
	readonly received: ReceivedText[] = [];
	/** The error code with which each text to them fails. */
	failing: number | undefined;
	readonly #carrier: Carrier;
	readonly #waiting = new Set<() => void>();

	constructor(number: string, carrier: Carrier) {
		this.number = number;
		this.#carrier = carrier;
	}

	/** Texts us; resolves with the text's id once Twilio has brought it to us, or given up. */
	text(words: string, media: readonly SentFile[] = []): Promise<string> {
		return this.#carrier.send(this.number, words, media);
	}

	/** From now on their carrier brings them nothing; 30007 is what filtered texts get. */
	carrierFails(errorCode = 30007): void {
		this.failing = errorCode;
	}

	carrierWorks(): void {
		this.failing = undefined;
	}

	receive(text: ReceivedText): void {
		this.received.push(text);
		for (const look of this.#waiting) look();
	}

	/** Resolves with the first text for which this is true, also one that is there already. */
	gets(isIt: (text: string) => boolean, withinMs = 10_000): Promise<ReceivedText> {
		return new Promise((resolve, reject) => {
			const look = () => {
				const found = this.received.find(({ text }) => isIt(text));
				if (found === undefined) return;
				this.#waiting.delete(look);
				clearTimeout(timer);
				resolve(found);
			};
			const timer = setTimeout(() => {
				this.#waiting.delete(look);
				const got = this.received.map(({ text }) => JSON.stringify(text)).join('\n');
				reject(new Error(`No such text came to ${this.number} within ${withinMs} ms. There came:\n${got}`));
			}, withinMs);
			this.#waiting.add(look);
			look();
		});
	}
}

/** segmentsOf is how many segments a carrier counts. */
export function segmentsOf(text: string): number {
	return smsSegments(text).segments;
}
