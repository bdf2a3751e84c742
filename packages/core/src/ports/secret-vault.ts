/**
 * ISecretVault keeps small secrets encrypted at rest. `put` twice replaces; `get` of an unknown name is undefined; names
 * begin with the person they belong to (`<person>/…`), so that `deleteUnder` can forget all of theirs.
 */
export interface ISecretVault {
	put(name: string, secret: string): Promise<void>;
	get(name: string): Promise<string | undefined>;
	/** Deletes every secret whose name begins with the prefix; none is nothing. */
	deleteUnder(prefix: string): Promise<void>;
}
