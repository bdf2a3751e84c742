import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** TextSeal keeps a text from whoever can read Redis; it opens only under the name that it was sealed with. */
export interface TextSeal {
	seal(name: string, text: string): string;
	/** Undefined for what was sealed with another key or under another name, or was changed. */
	open(name: string, sealed: string): string | undefined;
}

/** textSeal seals with AES-256-GCM, packed before: what browsers remember shrinks to a fraction. Layout: nonce, tag, ciphertext, in base64. */
export function textSeal(key: Buffer): TextSeal {
	return {
		seal: (name, text) => {
			const nonce = randomBytes(NONCE_BYTES);
			const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
			const sealed = [cipher.update(deflateRawSync(text, { level: 3 })), cipher.final()];
			return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]).toString('base64');
		},
		open: (name, sealed) => {
			const bytes = Buffer.from(sealed, 'base64');
			const textAt = NONCE_BYTES + TAG_BYTES;
			if (bytes.length < textAt) return undefined;
			try {
				const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
					.setAAD(Buffer.from(name))
					.setAuthTag(bytes.subarray(NONCE_BYTES, textAt));
				return inflateRawSync(Buffer.concat([decipher.update(bytes.subarray(textAt)), decipher.final()])).toString(
					'utf8',
				);
			} catch {
				return undefined;
			}
		},
	};
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
