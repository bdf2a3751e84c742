import { crc32 } from 'node:zlib';

interface ZipEntry {
	readonly name: string;
	readonly content: Uint8Array;
	/** Stored as it is when left out. */
	readonly deflate?: (content: Uint8Array) => Uint8Array;
}

/** zipOf writes a zip file (PKWARE APPNOTE 4.3), without any of the care that keeps bombs from being made. */
export function zipOf(entries: readonly ZipEntry[]): Uint8Array {
	const locals: Buffer[] = [];
	const central: Buffer[] = [];
	let offset = 0;
	for (const { name, content, deflate } of entries) {
		const data = deflate === undefined ? content : deflate(content);
		const fields = Buffer.alloc(26);
		fields.writeUInt16LE(20, 0);
		fields.writeUInt16LE(deflate === undefined ? 0 : 8, 4);
		fields.writeUInt32LE(crc32(content), 10);
		fields.writeUInt32LE(data.byteLength, 14);
		fields.writeUInt32LE(content.byteLength, 18);
		fields.writeUInt16LE(Buffer.byteLength(name), 22);
		const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name), data]);
		const tail = Buffer.alloc(14);
		tail.writeUInt32LE(offset, 10);
		central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, tail, Buffer.from(name)]));
		locals.push(local);
		offset += local.byteLength;
	}
	const directory = Buffer.concat(central);
	const end = Buffer.alloc(22);
	end.write('PK\x05\x06', 0, 'latin1');
	end.writeUInt16LE(entries.length, 8);
	end.writeUInt16LE(entries.length, 10);
	end.writeUInt32LE(directory.byteLength, 12);
	end.writeUInt32LE(offset, 16);
	return Buffer.concat([...locals, directory, end]);
}
