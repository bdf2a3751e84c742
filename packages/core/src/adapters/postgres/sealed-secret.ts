import { openBytes, sealBytes } from '../sealing/sealed-bytes.ts';

/** sealSecret seals a secret for one name: under another one it does not open. */
export function sealSecret(name: string, secret: string, key: Buffer): Buffer {
	return sealBytes(Buffer.from(JSON.stringify(secret)), boundTo(name), key);
}

/** openSecret is the inverse of `sealSecret`; undefined for another key, another name, or what was changed. */
export function openSecret(name: string, sealed: Buffer, key: Buffer): string | undefined {
	const text = openBytes(sealed, boundTo(name), key);
	// It was authenticated just now, so it is what `sealSecret` wrote.
	return text && (JSON.parse(text.toString('utf8')) as string);
}

function boundTo(name: string): string {
	return `ERRANDV1\n${name}`;
}
