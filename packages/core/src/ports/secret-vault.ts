/** ISecretVault keeps small secrets encrypted at rest. `put` twice replaces; `get` of an unknown name is undefined; `delete` of one is nothing. */
export interface ISecretVault {
	put(name: string, secret: string): Promise<void>;
	get(name: string): Promise<string | undefined>;
	delete(name: string): Promise<void>;
}
