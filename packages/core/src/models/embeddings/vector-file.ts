import { type FileHandle, open, rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { describeError } from '../../domain/errors.ts';
import type { ILogger } from '../../ports/logger.ts';

interface VectorFileOptions {
	readonly path: string;
	readonly log: ILogger;
	/** How much of the disk it may take. */
	readonly maxBytes?: number | undefined;
}

const MAX_BYTES = 32 * 1024 * 1024;
/** The longest vector a record holds; longer ones are not kept. */
const MAX_DIMENSIONS = 4_096;
const KEY_BYTES = 16;
/** Key, number of dimensions, checksum over both and the vector. */
const HEAD_BYTES = KEY_BYTES + 8;
/** A record begins at a multiple of this. */
const UNIT = 256;

interface Place {
	readonly offset: number;
	readonly bytes: number;
}

/**
 * VectorFile keeps vectors by key in one file of bounded size: records one behind the other, and once it is full from the
 * beginning again, over the oldest. Nothing is synced: a record that a crash left damaged fails its checksum and is not there.
 * Whatever is wrong with the file, the answer is that nothing is kept.
 */
export class VectorFile {
	readonly #path: string;
	readonly #log: ILogger;
	readonly #maxBytes: number;
	readonly #places = new Map<string, Place>();
	#file: Promise<FileHandle | undefined> | undefined;
	#next = 0;
	#turn: Promise<unknown> = Promise.resolve();

	constructor({ path, log, maxBytes = MAX_BYTES }: VectorFileOptions) {
		this.#path = path;
		this.#log = log;
		this.#maxBytes = maxBytes;
	}

	/** `key` is 32 hexadecimal digits, here and below. */
	get(key: string): Promise<Float32Array | undefined> {
		return this.#inTurn(async (file) => {
			const place = this.#places.get(key);
			if (place === undefined) return undefined;
			const record = Buffer.alloc(place.bytes);
			await file.read(record, 0, place.bytes, place.offset);
			return keyOf(record) === key ? vectorOf(record) : undefined;
		});
	}

	async put(key: string, vector: Float32Array): Promise<void> {
		if (vector.length > MAX_DIMENSIONS) return;
		await this.#inTurn(async (file) => {
			if (this.#places.has(key)) return;
			const record = recordOf(key, vector);
			if (this.#next + record.length > this.#maxBytes) this.#next = 0;
			const end = this.#next + record.length;
			for (const [other, { offset, bytes }] of this.#places) {
				if (offset < end && offset + bytes > this.#next) this.#places.delete(other);
			}
			await file.write(record, 0, record.length, this.#next);
			this.#places.set(key, { offset: this.#next, bytes: record.length });
			this.#next = end;
		});
	}

	/** Overwrites it, so that nothing of it stays on the disk. */
	async delete(key: string): Promise<void> {
		await this.#inTurn(async (file) => {
			const place = this.#places.get(key);
			if (place === undefined) return;
			this.#places.delete(key);
			await file.write(Buffer.alloc(place.bytes), 0, place.bytes, place.offset);
			await file.datasync();
		});
	}

	async clear(): Promise<void> {
		await this.close();
		this.#places.clear();
		this.#next = 0;
		await rm(this.#path, { force: true });
	}

	/** It opens again by itself. */
	async close(): Promise<void> {
		await this.#turn;
		const file = await this.#file;
		this.#file = undefined;
		await file?.close();
	}

	#inTurn<Result>(work: (file: FileHandle) => Promise<Result>): Promise<Result | undefined> {
		const mine = this.#turn.then(async () => {
			try {
				this.#file ??= this.#open();
				const file = await this.#file;
				return file === undefined ? undefined : await work(file);
			} catch (error) {
				this.#log.warn('vectors not kept', { error: describeError(error) });
				return undefined;
			}
		});
		this.#turn = mine;
		return mine;
	}

	async #open(): Promise<FileHandle | undefined> {
		const file = await open(this.#path, 'a+', 0o600).then(async (made) => {
			await made.close();
			return open(this.#path, 'r+');
		});
		await this.#load(file);
		return file;
	}

	/** Reads what is there; writing goes on at the end, or where the file is full, from the beginning. */
	async #load(file: FileHandle): Promise<void> {
		const { size } = await file.stat();
		const head = Buffer.alloc(HEAD_BYTES);
		let offset = 0;
		while (offset + UNIT <= Math.min(size, this.#maxBytes)) {
			await file.read(head, 0, HEAD_BYTES, offset);
			const dimensions = head.readUInt32LE(KEY_BYTES);
			if (dimensions === 0 || dimensions > MAX_DIMENSIONS) {
				offset += UNIT;
				continue;
			}
			const bytes = bytesOf(dimensions);
			this.#places.set(keyOf(head), { offset, bytes });
			offset += bytes;
		}
		this.#next = offset + UNIT > this.#maxBytes ? 0 : offset;
	}
}

function recordOf(key: string, vector: Float32Array): Buffer {
	const record = Buffer.alloc(bytesOf(vector.length));
	record.write(key, 0, 'hex');
	record.writeUInt32LE(vector.length, KEY_BYTES);
	for (const [index, value] of vector.entries()) record.writeFloatLE(value, HEAD_BYTES + index * 4);
	record.writeUInt32LE(checksumOf(record), KEY_BYTES + 4);
	return record;
}

function vectorOf(record: Buffer): Float32Array | undefined {
	const dimensions = record.readUInt32LE(KEY_BYTES);
	if (bytesOf(dimensions) !== record.length || checksumOf(record) !== record.readUInt32LE(KEY_BYTES + 4))
		return undefined;
	return Float32Array.from({ length: dimensions }, (_, index) => record.readFloatLE(HEAD_BYTES + index * 4));
}

function keyOf(record: Buffer): string {
	return record.toString('hex', 0, KEY_BYTES);
}

function checksumOf(record: Buffer): number {
	return crc32(record.subarray(HEAD_BYTES), crc32(record.subarray(0, KEY_BYTES + 4)));
}

function bytesOf(dimensions: number): number {
	return Math.ceil((HEAD_BYTES + dimensions * 4) / UNIT) * UNIT;
}
