import type { PersonId } from '../ids.ts';

/** KeyringCommand asks for a change of the keys whose workflows somebody takes in. */
export interface KeyringCommand {
	readonly type: 'TrustKey';
	readonly at: number;
	readonly person: PersonId;
	/** Ed25519, base64. */
	readonly key: string;
}

/** KeyringFact is what happened to a keyring. */
export interface KeyringFact {
	readonly type: 'WorkflowKeyTrusted';
	readonly v: 1;
	readonly data: { readonly person: PersonId; readonly key: string };
}
/** RecordedKeyringFact is such a fact with its place and time. */
export type RecordedKeyringFact = KeyringFact & { readonly seq: number; readonly at: number };

/** Keyring is the keys that somebody said they know. */
export interface Keyring {
	readonly person: PersonId;
	readonly keys: readonly string[];
	readonly seq: number;
	readonly at: number;
}

/** Changes with every change of this fold. */
export const KEYRING_EVOLVE_VERSION = '1';

/** decideKeyring adds a key once. */
export function decideKeyring(state: Keyring | undefined, { person, key }: KeyringCommand): readonly KeyringFact[] {
	if (state?.keys.includes(key) === true) return [];
	return [{ type: 'WorkflowKeyTrusted', v: 1, data: { person, key } }];
}

/** evolveKeyring folds one fact into a keyring. */
export function evolveKeyring(state: Keyring | undefined, fact: RecordedKeyringFact): Keyring | undefined {
	const { seq, at } = fact;
	if (fact.type !== 'WorkflowKeyTrusted') return state === undefined ? undefined : { ...(state as Keyring), seq, at };
	const { person, key } = fact.data;
	return { person, keys: [...(state?.keys ?? []), key], seq, at };
}
