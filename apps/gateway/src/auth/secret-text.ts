import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** newSecret makes an unguessable text of 256 bits that fits in headers, cookies and links. */
export function newSecret(): string {
	return randomBytes(32).toString('base64url');
}

/** digestOf is what is stored or compared in place of a secret. */
export function digestOf(secret: string): string {
	return createHash('sha256').update(secret).digest('base64url');
}

/** sameDigest compares two digests in constant time. */
export function sameDigest(one: string, other: string): boolean {
	return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
