import { open } from 'node:fs/promises';
import { CoreError, describeError } from '../../domain/errors.ts';

/** GgufValue is one value of a model file's head; arrays are not kept, only how long they are. */
export type GgufValue = string | number | bigint | boolean | { readonly length: number };

/** GgufHeader is what stands at the head of a model file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). */
export interface GgufHeader {
	readonly version: number;
	readonly tensors: number;
	readonly values: ReadonlyMap<string, GgufValue>;
}

/** GgufFacts is what Errand wants to know of a model before it is loaded. */
export interface GgufFacts {
	readonly architecture: string;
	readonly title: string | undefined;
	/** What it was trained to hold, in tokens. */
	readonly contextTokens: number | undefined;
	/** It makes vectors and does not chat. */
	readonly embedding: boolean;
}

/** readGgufHeader reads the head of a model file; rejects with CoreError `unsupported-type` for a file that is none. */
export async function readGgufHeader(file: string): Promise<GgufHeader> {
	const handle = await open(file, 'r').catch((cause: unknown) => {
		throw unusable(file, `cannot be opened: ${describeError(cause)}`, cause);
	});
	try {
		const { size } = await handle.stat();
		for (let bytes = FIRST_BYTES; ; bytes *= 4) {
			const length = Math.min(bytes, size);
			const buffer = Buffer.alloc(length);
			await handle.read(buffer, 0, length, 0);
			try {
				return parseGgufHeader(buffer);
			} catch (error) {
				// The head may be longer than what was read of it.
				const goesOn = error instanceof RangeError && length < size && bytes < MAX_BYTES;
				if (!goesOn) throw unusable(file, `is no model file: ${describeError(error)}`, error);
			}
		}
	} finally {
		await handle.close();
	}
}

/** parseGgufHeader reads the head from a file's first bytes; a RangeError says that there are too few of them. */
export function parseGgufHeader(bytes: Buffer): GgufHeader {
	const cursor = new Cursor(bytes);
	if (cursor.text(4) !== 'GGUF') throw new Error('it does not begin with GGUF');
	const version = cursor.u32();
	if (version < 2 || version > 3) throw new Error(`it is of version ${version}, and only 2 and 3 are known`);
	const tensors = cursor.count();
	const entries = cursor.count();
	const values = new Map<string, GgufValue>();
	for (let left = entries; left > 0; left -= 1) {
		const key = cursor.string();
		values.set(key, cursor.value(cursor.u32()));
	}
	return { version, tensors, values };
}

/** ggufFacts picks out of a head what Errand wants to know. */
export function ggufFacts({ values }: GgufHeader): GgufFacts {
	const text = (key: string) => {
		const value = values.get(key);
		return typeof value === 'string' ? value : undefined;
	};
	const architecture = text('general.architecture') ?? 'unknown';
	const context = values.get(`${architecture}.context_length`);
	const chats = text('tokenizer.chat_template') !== undefined;
	return {
		architecture,
		title: text('general.name'),
		contextTokens: typeof context === 'number' && context > 0 ? context : undefined,
		// Encoders, and decoders that were made to pool their states into one vector.
		embedding: /bert|embed|t5encoder/i.test(architecture) || (!chats && values.has(`${architecture}.pooling_type`)),
	};
}

const FIRST_BYTES = 1 << 20;
const MAX_BYTES = 256e6;
/** More than any real file has; what is above is damage. */
const MAX_COUNT = 10_000_000;

/** Width in bytes of each type of value that has one. */
const WIDTHS: Readonly<Record<number, number>> = {
	0: 1,
	1: 1,
	2: 2,
	3: 2,
	4: 4,
	5: 4,
	6: 4,
	7: 1,
	10: 8,
	11: 8,
	12: 8,
};
const STRING = 8;
const ARRAY = 9;

class Cursor {
	readonly #bytes: Buffer;
	#at = 0;

	constructor(bytes: Buffer) {
		this.#bytes = bytes;
	}

	text(length: number): string {
		return this.#take(length).toString('utf8');
	}

	u32(): number {
		return this.#take(4).readUInt32LE();
	}

	count(): number {
		const count = Number(this.#take(8).readBigUInt64LE());
		if (count > MAX_COUNT) throw new Error('it is damaged');
		return count;
	}

	string(): string {
		return this.text(this.count());
	}

	value(type: number): GgufValue {
		if (type === STRING) return this.string();
		if (type === ARRAY) return this.#array();
		const bytes = this.#take(widthOf(type));
		switch (type) {
			case 0:
				return bytes.readUInt8();
			case 1:
				return bytes.readInt8();
			case 2:
				return bytes.readUInt16LE();
			case 3:
				return bytes.readInt16LE();
			case 4:
				return bytes.readUInt32LE();
			case 5:
				return bytes.readInt32LE();
			case 6:
				return bytes.readFloatLE();
			case 7:
				return bytes.readUInt8() !== 0;
			case 10:
				return bytes.readBigUInt64LE();
			case 11:
				return bytes.readBigInt64LE();
			default:
				return bytes.readDoubleLE();
		}
	}

	#array(): { readonly length: number } {
		const type = this.u32();
		const length = this.count();
		if (type === ARRAY) throw new Error('it has arrays of arrays');
		if (type === STRING) for (let left = length; left > 0; left -= 1) this.#take(this.count());
		else this.#take(length * widthOf(type));
		return { length };
	}

	#take(length: number): Buffer {
		const end = this.#at + length;
		if (end > this.#bytes.length) throw new RangeError('it ends in the middle of its head');
		const taken = this.#bytes.subarray(this.#at, end);
		this.#at = end;
		return taken;
	}
}

function widthOf(type: number): number {
	const width = WIDTHS[type];
	if (width === undefined) throw new Error(`it has a value of an unknown type ${type}`);
	return width;
}

function unusable(file: string, seen: string, cause: unknown): CoreError {
	return new CoreError('unsupported-type', `“${file}” ${seen}.`, {
		hint: 'Give the path of a model in GGUF form, whose name usually ends in .gguf.',
		cause,
	});
}
