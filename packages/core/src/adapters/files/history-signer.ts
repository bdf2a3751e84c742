import {
	createPrivateKey,
	createPublicKey,
	generateKeyPairSync,
	hash,
	type KeyObject,
	sign,
	verify,
} from 'node:crypto';
import { CoreError } from '../../domain/errors.ts';
import type { HistoryCrypto } from '../../domain/history/export-chain.ts';
import type { IHistorySigner } from '../../ports/history-signer.ts';
import { readOrCreateKey } from './key-file.ts';

/** openHistorySigner reads the Ed25519 key that signs history (PEM), or makes it on first use. */
export function openHistorySigner(path: string): IHistorySigner {
	return signerOf(parseKey(path, readOrCreateKey(path, newPem)));
}

/** seededHistorySigner signs with the key that a seed of 32 bytes stands for, the same in every process that has it. */
export function seededHistorySigner(seed: Buffer): IHistorySigner {
	// RFC 8410: the seed is all there is to an Ed25519 private key; before it stands its algorithm in DER.
	const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
	return signerOf(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
}

/** newHistorySigner makes a key that is not kept: for histories in memory. */
export function newHistorySigner(): IHistorySigner {
	return signerOf(generateKeyPairSync('ed25519').privateKey);
}

/** historyCrypto is what `verifyExport` needs, by Node's own library. */
export const historyCrypto: HistoryCrypto = {
	sha256: (text) => hash('sha256', text, 'hex'),
	verifySignature: (text, signature, publicKey) => {
		const raw = Buffer.from(publicKey, 'base64');
		if (raw.length !== 32) return false;
		const key = createPublicKey({
			key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') },
			format: 'jwk',
		});
		return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'));
	},
};

function signerOf(key: KeyObject): IHistorySigner {
	const jwk = createPublicKey(key).export({ format: 'jwk' });
	const publicKey = Buffer.from(jwk.x ?? '', 'base64url').toString('base64');
	return {
		publicKey,
		sign: (text) => sign(null, Buffer.from(text), key).toString('base64'),
		verify: (text, signature) => historyCrypto.verifySignature(text, signature, publicKey),
	};
}

function newPem(): string {
	return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function parseKey(path: string, pem: string): KeyObject {
	try {
		const key = createPrivateKey(pem);
		if (key.asymmetricKeyType === 'ed25519') return key;
	} catch {
		// Told below, with what to do.
	}
	throw new CoreError('store-corrupt', `Cannot use the key in ${path}: it is not an Ed25519 key.`, {
		hint: 'Restore the file from a backup. Nothing was changed.',
	});
}
