import { hash, randomBytes } from 'node:crypto';

const saltLength = 24;

/** hashPayload is what a seal covers of a salted payload. The salt is erased with it, so that short payloads cannot be guessed from their hash. */
export function hashPayload(salted: string): string {
	return hash('sha256', salted, 'base64');
}

/** withoutSalt is the JSON text in a stored payload. */
export function withoutSalt(salted: string): string {
	return salted.slice(saltLength);
}

/** SaltSource gives 144 random bits at a time as base64, drawn in blocks because drawing is slow. */
export class SaltSource {
	#block = '';
	#offset = 0;

	next(): string {
		if (this.#offset >= this.#block.length) {
			// Three bytes are four characters, so that every block divides into whole salts.
			this.#block = randomBytes(512 * saltLength * 0.75).toString('base64');
			this.#offset = 0;
		}
		const salt = this.#block.slice(this.#offset, this.#offset + saltLength);
		this.#offset += saltLength;
		return salt;
	}
}
