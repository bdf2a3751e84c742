import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** SEAL_KEY_BYTES is how long a key is that seals. */
export const SEAL_KEY_BYTES = 32;

/** sealBytes encrypts with AES-256-GCM, bound to a text: under another one it does not open. Layout: nonce, tag, ciphertext. */
export function sealBytes(bytes: Buffer, boundTo: string, key: Buffer): Buffer {
	const nonce = randomBytes(NONCE_BYTES);
	const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(boundTo));
	const sealed = [cipher.update(bytes), cipher.final()];
	return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]);
}

/** openBytes is the inverse of `sealBytes`; undefined for another key, another text, or what was changed. */
export function openBytes(sealed: Buffer, boundTo: string, key: Buffer): Buffer | undefined {
	const textAt = NONCE_BYTES + TAG_BYTES;
	if (sealed.length < textAt) return undefined;
	const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES))
		.setAAD(Buffer.from(boundTo))
		.setAuthTag(sealed.subarray(NONCE_BYTES, textAt));
	try {
		return Buffer.concat([decipher.update(sealed.subarray(textAt)), decipher.final()]);
	} catch {
		return undefined;
	}
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
