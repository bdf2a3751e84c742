import { createPublicKey, type KeyObject, verify } from 'node:crypto';

/** SignedRequest is a call that claims to be Discord's. */
interface SignedRequest {
	readonly signature: string | undefined;
	readonly timestamp: string | undefined;
	readonly body: Uint8Array;
}

/** A call that was signed longer ago, or that long ahead, is a replay. */
const MAX_AGE_MS = 5 * 60_000;

/** InteractionSignature tells calls of Discord from forged, altered and replayed ones: Ed25519 over timestamp and body. */
export class InteractionSignature {
	readonly #key: KeyObject;

	constructor(publicKeyHex: string) {
		const x = Buffer.from(publicKeyHex, 'hex').toString('base64url');
		this.#key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
	}

	isGenuine({ signature, timestamp, body }: SignedRequest, now: number): boolean {
		if (!/^[\da-f]{128}$/i.test(signature ?? '') || !/^\d{1,12}$/.test(timestamp ?? '')) return false;
		if (Math.abs(now - Number(timestamp) * 1_000) > MAX_AGE_MS) return false;
		const signed = Buffer.concat([Buffer.from(timestamp ?? ''), body]);
		return verify(null, signed, this.#key, Buffer.from(signature ?? '', 'hex'));
	}
}
