import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { openBytes, sealBytes } from './sealed-bytes.ts';

/** TextSeal keeps a text from whoever can read where it stands, such as Redis; it opens only under the name that it was sealed with. */
export interface TextSeal {
	seal(name: string, text: string): string;
	/** Undefined for what was sealed with another key or under another name, or was changed. */
	open(name: string, sealed: string): string | undefined;
}

/** textSeal packs before it seals: what browsers remember shrinks to a fraction. In base64. */
export function textSeal(key: Buffer): TextSeal {
	return {
		seal: (name, text) => sealBytes(deflateRawSync(text, { level: 3 }), name, key).toString('base64'),
		open: (name, sealed) => {
			const packed = openBytes(Buffer.from(sealed, 'base64'), name, key);
			return packed && inflateRawSync(packed).toString('utf8');
		},
	};
}
