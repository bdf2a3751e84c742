import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readOrCreateKey } from '@errand/core/adapters/files/key-file.ts';
import { asPersonId, asTaskId, type PersonId, type TaskId } from '@errand/core/domain/ids.ts';

/** SharedLink is what a link shows, to whoever has it, until it is over. */
export interface SharedLink {
	readonly task: TaskId;
	/** Whose task it is; a link ends with them. */
	readonly person: PersonId;
	/** ms since 1970; kept to the minute. */
	readonly expiresAt: number;
}

const MAC_BYTES = 12;
const MINUTE_MS = 60_000;
const HEX = 0x80;
const PURPOSE = 'errand shared link 1\n';

/**
 * LinkSigner makes tokens that need no table: they say what they are good for, and nobody else can make one. They are short,
 * because they go into text messages: 96 bits of HMAC are beyond guessing at a server.
 */
export class LinkSigner {
	readonly #key: Buffer;

	constructor(key: string) {
		this.#key = Buffer.from(key, 'hex');
		if (this.#key.length !== 32) throw new TypeError('The key of links is not 32 bytes in hexadecimal.');
	}

	/** Reads the key, or makes it on first use; without it all links given out are void. */
	static open(path: string): LinkSigner {
		return new LinkSigner(readOrCreateKey(path, () => randomBytes(32).toString('hex')));
	}

	sign({ task, person, expiresAt }: SharedLink): string {
		const minute = Buffer.alloc(4);
		minute.writeUInt32BE(Math.ceil(expiresAt / MINUTE_MS));
		const body = Buffer.concat([minute, taskBytes(task), Buffer.from(person)]);
		return Buffer.concat([this.#mac(body), body]).toString('base64url');
	}

	/** What a token is good for; undefined for one that was not made here. Whether it is over is for the caller to see. */
	read(token: string): SharedLink | undefined {
		if (!/^[\w-]{24,400}$/.test(token)) return undefined;
		const bytes = Buffer.from(token, 'base64url');
		const [mac, body] = [bytes.subarray(0, MAC_BYTES), bytes.subarray(MAC_BYTES)];
		if (body.length < 6 || bytes.toString('base64url') !== token || !timingSafeEqual(mac, this.#mac(body)))
			return undefined;
		const head = body.readUInt8(4);
		const length = head & ~HEX;
		const task = body.subarray(5, 5 + length).toString(head & HEX ? 'hex' : 'utf8');
		const person = body.subarray(5 + length).toString('utf8');
		return { task: asTaskId(task), person: asPersonId(person), expiresAt: body.readUInt32BE(0) * MINUTE_MS };
	}

	#mac(body: Uint8Array): Buffer {
		return createHmac('sha256', this.#key).update(PURPOSE).update(body).digest().subarray(0, MAC_BYTES);
	}
}

/** Length and id; most ids are hexadecimal and then take half the room. */
function taskBytes(task: TaskId): Buffer {
	const isHex = /^(?:[0-9a-f]{2})+$/.test(task);
	const id = Buffer.from(task, isHex ? 'hex' : 'utf8');
	if (id.length >= HEX) throw new RangeError(`The id of task "${task.slice(0, 40)}…" is too long for a link.`);
	return Buffer.concat([Buffer.of(id.length | (isHex ? HEX : 0)), id]);
}
