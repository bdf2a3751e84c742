import { hash, randomBytes } from 'node:crypto';
import { asPersonId, type PersonId } from '../../domain/ids.ts';
import { CODE_BYTES, codeFrom } from '../../domain/person/code-words.ts';

/** newCode makes a code that people read out or type: eight characters. */
export function newCode(): string {
	return codeFrom(randomBytes(CODE_BYTES));
}

/** newToken makes an API token that cannot be guessed, and the id by which it is revoked. */
export function newToken(): { readonly id: string; readonly token: string } {
	return { id: `t${randomBytes(6).toString('hex')}`, token: `errand_${randomBytes(32).toString('base64url')}` };
}

/** newPersonId makes an id. All have one length and no hyphen, so that none begins the name of another one's conversation. */
export function newPersonId(): PersonId {
	return asPersonId(`p${randomBytes(8).toString('hex')}`);
}

/** digestOf is what is kept of a code or a token, so that reading history lets nobody in. */
export function digestOf(secret: string): string {
	return hash('sha256', secret, 'base64url');
}
