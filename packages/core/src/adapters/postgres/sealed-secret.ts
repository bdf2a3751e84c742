import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MAGIC = 'ERRANDV1';

/** sealSecret encrypts a secret with AES-256-GCM for one name: under another one it does not open. Layout: nonce, tag, ciphertext. */
export function sealSecret(name: string, secret: string, key: Buffer): Buffer {
	const nonce = randomBytes(NONCE_BYTES);
	const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(name));
	const text = Buffer.concat([cipher.update(JSON.stringify(secret), 'utf8'), cipher.final()]);
	return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

/** openSecret is the inverse of `sealSecret`; undefined for another key, another name, or what was changed. */
export function openSecret(name: string, sealed: Buffer, key: Buffer): string | undefined {
	const textAt = NONCE_BYTES + TAG_BYTES;
	if (sealed.length < textAt) return undefined;
	const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES)).setAAD(boundTo(name));
	decipher.setAuthTag(sealed.subarray(NONCE_BYTES, textAt));
	try {
		const text = Buffer.concat([decipher.update(sealed.subarray(textAt)), decipher.final()]).toString('utf8');
		// It was authenticated just now, so it is what `sealSecret` wrote.
		return JSON.parse(text) as string;
	} catch {
		return undefined;
	}
}

function boundTo(name: string): Buffer {
	return Buffer.from(`${MAGIC}\n${name}`);
}
