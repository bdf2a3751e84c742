import { crc32, inflateRawSync } from 'node:zlib';
import { CoreError } from '@errand/core/domain/errors.ts';
import { DOCUMENT_LIMITS } from './parsed-document.ts';

/** ZipEntry is one file of an archive as its directory declares it. */
export interface ZipEntry {
	readonly name: string;
	readonly method: number;
	readonly crc: number;
	readonly compressed: number;
	readonly declared: number;
	readonly offset: number;
}

/** zipEntries reads an archive's directory and refuses one that promises more than fits the limits. Throws `too-large` or `unreadable-document`. */
export function zipEntries(content: Uint8Array): ZipEntry[] {
	const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
	const end = endOfDirectory(view);
	const count = view.getUint16(end + 10, true);
	if (count > DOCUMENT_LIMITS.zipEntries) throw bomb(`its archive has ${count} entries`);
	const entries: ZipEntry[] = [];
	let at = view.getUint32(end + 16, true);
	let total = 0;
	for (let index = 0; index < count; index += 1) {
		if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50) throw broken('its directory is damaged');
		const nameLength = view.getUint16(at + 28, true);
		const entry = {
			name: new TextDecoder().decode(content.subarray(at + 46, at + 46 + nameLength)),
			method: view.getUint16(at + 10, true),
			crc: view.getUint32(at + 16, true),
			compressed: view.getUint32(at + 20, true),
			declared: view.getUint32(at + 24, true),
			offset: view.getUint32(at + 42, true),
		};
		total += entry.declared;
		if (total > DOCUMENT_LIMITS.zipBytes) throw bomb('it would unpack to more than 100 MB');
		if (view.getUint16(at + 8, true) & 1) throw broken('it is protected by a password');
		entries.push(entry);
		at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
	}
	return entries;
}

/**
 * inflateEntry unpacks one entry and stops where it grows beyond `limit`, whatever size its directory declares.
 * Throws `too-large` or `unreadable-document`.
 */
export function inflateEntry(content: Uint8Array, entry: ZipEntry, limit: number): Uint8Array {
	const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
	const { offset, compressed, method } = entry;
	if (offset + 30 > content.length || view.getUint32(offset, true) !== 0x04034b50) throw broken('an entry is damaged');
	const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
	const packed = content.subarray(start, start + compressed);
	if (packed.length < compressed) throw broken('it ends too early');
	if (method !== 0 && method !== 8) throw broken(`it is packed in an unknown way (${method})`);
	const bytes = method === 0 ? packed : inflate(packed, entry, limit);
	if (bytes.length > limit) throw bomb(`${entry.name} is larger than the limit`);
	if (bytes.length !== entry.declared || crc32(bytes) !== entry.crc) throw broken(`${entry.name} is damaged`);
	return bytes;
}

function inflate(packed: Uint8Array, entry: ZipEntry, limit: number): Uint8Array {
	try {
		// One byte more than declared is enough to see that the directory lied.
		return inflateRawSync(packed, { maxOutputLength: Math.max(1, Math.min(limit, entry.declared) + 1) });
	} catch (error) {
		if (error instanceof RangeError) throw bomb(`${entry.name} unpacks to more than it declares`);
		throw broken(`${entry.name} is damaged`, error);
	}
}

function endOfDirectory(view: DataView): number {
	const lowest = Math.max(0, view.byteLength - 22 - 65_535);
	for (let at = view.byteLength - 22; at >= lowest; at -= 1) {
		if (view.getUint32(at, true) === 0x06054b50) return at;
	}
	throw broken('its archive has no directory; the file may be cut off');
}

function bomb(why: string): CoreError {
	return new CoreError('too-large', `Refused to unpack the document: ${why}.`, {
		hint: 'Give a smaller document; this one may be made to exhaust memory.',
	});
}

function broken(why: string, cause?: unknown): CoreError {
	return new CoreError('unreadable-document', `Cannot read the document: ${why}.`, {
		hint: 'Open it in an office program and save it again, or give another copy.',
		...(cause !== undefined && { cause }),
	});
}
